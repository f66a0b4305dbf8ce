/** Whether the likelihood that plans went by came true at a funder: what was predicted against what came, of attempts old enough to have been decided. */
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { DAY_MS } from '../../domain/rollups.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';

const USUAL_DAYS = 30;
/** Newest attempts at all funders that are looked at. */
const MOST_ATTEMPTS = 200_000;

/** Sums, so that those of several cells can be added up. */
export interface FunderReliability {
  readonly funder: string;
  readonly from: string;
  /** Younger attempts may not be decided yet and are in no band: of them only the quick answers would be known. */
  readonly to: string;
  readonly bands: readonly {
    /** `0` to `9`: likelihoods of 0 to 10%, and so on. */
    readonly id: string;
    readonly decided: number;
    readonly approved: number;
    /** The likelihoods of those decided, added up: the approvals that were expected. */
    readonly expected: number;
    /** Sent, and never decided: failed, expired or taken back. */
    readonly undecided: number;
  }[];
}

export function showFunderReliability(
  deps: Pick<Deps, 'desk' | 'store' | 'clock'>,
  id: string,
  wish: { readonly from: string | undefined; readonly to: string | undefined },
): FunderReliability | Problem {
  const funder = deps.desk.snapshot().funders.get(id);
  if (funder === undefined) return problem('not_found', '没有这个资金方', 'there is no such funder');
  const matureMs = deps.clock.nowMs() - funder.timeouts.decision_ms;
  const toMs = Math.min(matureMs, wish.to === undefined ? matureMs : Date.parse(wish.to));
  const fromMs = wish.from === undefined ? toMs - USUAL_DAYS * DAY_MS : Date.parse(wish.from);
  if (fromMs >= toMs)
    return problem('invalid_request', '查询参数有误', 'the query parameters have faults; see errors', {
      faults: [fault('?from', 'out_of_range', '须早于 to 与可以判断的时间', 'must be before `to`, and before what can be judged yet')],
    });
  const bands = deps.store.traffic.outcomes(id, fromMs, toMs, MOST_ATTEMPTS).map(({ band, approved, declined, likelihoodPpm, undecided }) => ({
    id: String(band),
    decided: approved + declined,
    approved,
    expected: likelihoodPpm / 1e6,
    undecided,
  }));
  return { funder: id, from: iso(fromMs), to: iso(toMs), bands };
}
