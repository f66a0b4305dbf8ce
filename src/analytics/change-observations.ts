/** What an event of the feed says about a figure of a funder: approval, amount granted, time to decide, errors. Pure; reads ids, codes and sums. */
import type { Levels } from './change-reference.ts';

export const FIGURES = ['approval', 'amount', 'latency', 'errors'] as const;
export type Figure = (typeof FIGURES)[number];

/** One outcome of one figure; of `latency` the value is milliseconds, otherwise within [0, 1]. */
export interface Observation {
  readonly figure: Figure;
  readonly funderId: string;
  readonly levels: Levels;
  readonly value: number;
}

/** The part of an event that is read. */
export interface ChangeEvent {
  readonly type: string;
  readonly channelId: string | null;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The types that say anything; others need not be handed in. */
export const OBSERVED = ['attempt.approved', 'attempt.declined', 'attempt.submitted', 'attempt.unknown', 'attempt.failed', 'offer.created'] as const;

/** Upper bounds of the sizes asked for, fen: what is granted of a small sum and of a large one differs by itself. */
const SIZES = [500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000];

export function observationsOf({ type, channelId, data }: ChangeEvent): readonly Observation[] {
  const funderId = data['funder_id'];
  if (typeof funderId !== 'string') return [];
  const band = typeof data['band'] === 'string' ? data['band'] : '';
  const channel = channelId ?? '';
  switch (type) {
    case 'attempt.approved':
    case 'attempt.declined': {
      const approved = type === 'attempt.approved';
      const decided: Observation = { figure: 'approval', funderId, levels: [band, channel, taughtBy(data)], value: approved ? 1 : 0 };
      const ms = data['latency_ms'];
      if (typeof ms !== 'number') return [decided];
      // A yes and a no take their own time: a change in their shares is no change of pace.
      return [decided, { figure: 'latency', funderId, levels: [band, channel, approved ? 'yes' : 'no'], value: ms }];
    }
    case 'offer.created': {
      const [granted, asked] = [data['amount_fen'], data['asked_fen']];
      if (typeof granted !== 'number' || typeof asked !== 'number' || asked <= 0) return [];
      const size = SIZES.filter((bound) => asked > bound).length;
      return [{ figure: 'amount', funderId, levels: [band, channel, `${size}`], value: Math.min(1, Math.max(0, granted / asked)) }];
    }
    case 'attempt.submitted':
      return [{ figure: 'errors', funderId, levels: ['', channel, ''], value: 0 }];
    case 'attempt.unknown':
    case 'attempt.failed':
      return [{ figure: 'errors', funderId, levels: ['', channel, ''], value: 1 }];
    default:
      return [];
  }
}

/**
 * How much earlier declines had taken from the likelihood: a funder that is asked second is sent other people than one that is asked first. It is
 * the difference of two likelihoods of one model, so what that model has learnt of the funder meanwhile drops out.
 */
function taughtBy(data: ChangeEvent['data']): string {
  const [prior, mean] = [data['prior_ppm'], data['mean_ppm']];
  if (typeof prior !== 'number' || typeof mean !== 'number') return '0';
  const taken = logOdds(prior) - logOdds(mean);
  return taken < 0.1 ? '0' : taken < 0.7 ? '1' : '2';
}

function logOdds(ppm: number): number {
  const p = Math.min(999_999, Math.max(1, ppm)) / 1e6;
  return Math.log(p / (1 - p));
}
