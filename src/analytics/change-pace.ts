/** What counts as slow at a funder: longer than about three quarters of its decisions took when it was first followed. */

/** Changed in place. */
export interface Pace {
  /** Milliseconds; null while it is being found. */
  limitMs: number | null;
  /** Decisions by half powers of two of their milliseconds, until it is found. */
  seen: Record<string, number>;
}

const NEEDED = 200;
const SLOW_SHARE = 0.25;

/** 1: slow, 0: not, null: counted, for the limit is not known yet. */
export function isSlow(pace: Pace, ms: number): 0 | 1 | null {
  if (pace.limitMs !== null) return ms > pace.limitMs ? 1 : 0;
  const step = `${Math.round(2 * Math.log2(Math.max(1, ms)))}`;
  pace.seen[step] = (pace.seen[step] ?? 0) + 1;
  return null;
}

/** Sets the limit once enough was seen, at the step with the share above it nearest to a quarter. */
export function chooseLimit(pace: Pace): void {
  if (pace.limitMs !== null) return;
  const steps = Object.entries(pace.seen)
    .map(([step, count]) => [Number(step), count] as const)
    .toSorted(([left], [right]) => left - right);
  const total = steps.reduce((sum, [, count]) => sum + count, 0);
  if (total < NEEDED) return;
  let above = total;
  let best = { step: 0, off: Number.POSITIVE_INFINITY };
  for (const [step, count] of steps) {
    above -= count;
    const off = Math.abs(above / total - SLOW_SHARE);
    if (off < best.off) best = { step, off };
  }
  pace.limitMs = Math.round(2 ** ((best.step + 0.5) / 2));
  pace.seen = {};
}
