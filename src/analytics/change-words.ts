/** A change in words, Chinese and English: what moved, how sure that is, how much of it is the traffic's and how much the funder's. Numbers alone, nobody's data. */
import { unreachable, type Bilingual } from '../domain/failures.ts';
import type { Change } from './change-watch.ts';

/** The kinds of alarm that a change raises. */
export const CHANGE_KINDS = [
  'approval_down',
  'approval_up',
  'amount_down',
  'amount_up',
  'slower',
  'errors_up',
  'traffic_worse',
  'traffic_better',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** An alarm as operators and webhooks get it. */
export interface ChangeAlarm {
  /** `funder/<id>`, with `/channel/<id>` or `/band/<name>` behind it for a part. */
  readonly subject: string;
  readonly kind: ChangeKind;
  readonly words: Bilingual;
}

/** However sure: with enough applications the smallest thing is, and a rate at its very edge (all approved) always a little off its reference. */
const LEAST_SHARE = 0.02;

/** The alarms of these changes. A part of a funder is left out where the whole of it stands for the same reason. */
export function changeAlarms(changes: readonly Change[]): readonly ChangeAlarm[] {
  const whole = new Set(changes.filter(({ segment }) => segment === '').map(({ funderId, figure }) => `${funderId} ${figure}`));
  return changes
    .filter(({ funderId, figure, segment }) => segment === '' || !whole.has(`${funderId} ${figure}`))
    .filter((change) => Math.abs(change.figure === 'traffic' ? change.byTraffic : change.byFunder) >= LEAST_SHARE)
    .map((change) => ({
      subject: ['funder', change.funderId, ...(change.segment === '' ? [] : [change.segment])].join('/'),
      kind: kindOf(change),
      words: wordsOf(change),
    }));
}

export function wordsOf(change: Change): Bilingual {
  const { before, now, n } = change;
  const figure = FIGURES[change.figure];
  const limit =
    change.limitMs === null ? { zh: '', en: '' } : { zh: `（超过${minutes(change.limitMs)}分钟）`, en: ` (over ${minutes(change.limitMs)} min)` };
  const { zh, en } = splitOf(change);
  return {
    zh: `${figure.zh}${limit.zh}由${percent(before)}变为${percent(now)}（最近${n}笔），有变化的把握${sure(change.sure)}。${zh}`,
    en: `${figure.en}${limit.en} went from ${percent(before)} to ${percent(now)} over the last ${n}, ${sure(change.sure)} sure that something changed. ${en}`,
  };
}

const FIGURES: Readonly<Record<Change['figure'], Bilingual>> = {
  approval: { zh: '通过率', en: 'Approval rate' },
  amount: { zh: '批核额度占申请额度', en: 'Amount granted over asked' },
  latency: { zh: '慢审批占比', en: 'Share of slow decisions' },
  errors: { zh: '接口异常占比', en: 'Share of errors' },
  traffic: { zh: '通过率', en: 'Approval rate' },
};

function splitOf(change: Change): Bilingual {
  const { now, before, byTraffic, byFunder, error, others } = change;
  const zh = `${points(now - before)}中，客群结构${points(byTraffic)}，资金方${points(byFunder)}（±${points(error, false)}）。`;
  const en = `Of ${points(now - before)} points, ${points(byTraffic)} are the traffic mix and ${points(byFunder)} the funder (±${points(error, false)}).`;
  if (change.figure === 'traffic') return { zh: `${zh}是客群变了，资金方没有变。`, en: `${en} It is the traffic mix, not the funder.` };
  if (others === null) return { zh: `${zh}是资金方变了。`, en: `${en} It is the funder.` };
  const ratio = percent(others);
  return change.cause === 'traffic'
    ? {
        zh: `${zh}但同样的人在其他资金方也只有预期的${ratio}：多半是客群有看不见的变化。`,
        en: `${en} But the others, too, are at ${ratio} of what was expected of them: rather the traffic, in something that is not seen.`,
      }
    : {
        zh: `${zh}其他资金方为预期的${ratio}：是资金方变了。`,
        en: `${en} The others are at ${ratio} of what was expected of them: it is the funder.`,
      };
}

function kindOf({ figure, direction }: Change): ChangeKind {
  switch (figure) {
    case 'approval':
      return direction === 'down' ? 'approval_down' : 'approval_up';
    case 'amount':
      return direction === 'down' ? 'amount_down' : 'amount_up';
    case 'latency':
      return 'slower';
    case 'errors':
      return 'errors_up';
    case 'traffic':
      return direction === 'down' ? 'traffic_worse' : 'traffic_better';
    default:
      return unreachable(figure);
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function points(share: number, signed = true): string {
  const text = Math.abs(share * 100).toFixed(1);
  return !signed || text === '0.0' ? text : `${share < 0 ? '−' : '+'}${text}`;
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(1);
}

/** Never a hundred. */
function sure(probability: number): string {
  return `${Math.min(99.9, probability * 100).toFixed(1)}%`;
}
