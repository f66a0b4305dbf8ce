/** How good probabilities are, given what came. */
export interface Scores {
  /** Probability that an approved application was rated above a declined one; ties count half. */
  readonly auc: number;
  readonly log_loss: number;
  readonly brier: number;
  /** Expected calibration error over ten equal bins of probability: the mean distance of the rate said from the rate seen, weighted by rows. */
  readonly ece: number;
}

/** One bin of a reliability table. */
export interface Bin {
  readonly rows: number;
  readonly said: number;
  readonly seen: number;
}

/** A prediction and its outcome. */
export interface Scored {
  readonly p: number;
  readonly approved: boolean;
}

const BINS = 10;
const LEAST = 1e-9;

export function scoresOf(scored: readonly Scored[]): Scores {
  let [loss, brier] = [0, 0];
  for (const { p, approved } of scored) {
    loss -= Math.log(Math.max(LEAST, approved ? p : 1 - p));
    brier += (p - (approved ? 1 : 0)) ** 2;
  }
  const ece = reliability(scored).reduce((sum, { rows, said, seen }) => sum + rows * Math.abs(said - seen), 0);
  return { auc: aucOf(scored), log_loss: loss / scored.length, brier: brier / scored.length, ece: ece / scored.length };
}

/** Ten bins of equal width; an empty one has zeros. */
export function reliability(scored: readonly Scored[]): readonly Bin[] {
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, said: 0, seen: 0 }));
  for (const { p, approved } of scored) {
    const bin = bins[Math.min(BINS - 1, Math.floor(p * BINS))]!;
    bin.rows += 1;
    bin.said += p;
    bin.seen += approved ? 1 : 0;
  }
  return bins.map(({ rows, said, seen }) => (rows === 0 ? { rows, said, seen } : { rows, said: said / rows, seen: seen / rows }));
}

/** Mean of each figure over runs. */
export function meanScores(all: readonly Scores[]): Scores {
  const mean = (of: (one: Scores) => number): number => all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return { auc: mean((one) => one.auc), log_loss: mean((one) => one.log_loss), brier: mean((one) => one.brier), ece: mean((one) => one.ece) };
}

/** By ranks (Mann and Whitney); NaN when all outcomes are alike. */
function aucOf(scored: readonly Scored[]): number {
  const sorted = scored.toSorted((left, right) => left.p - right.p);
  let [ranks, approvals] = [0, 0];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to]!.p === sorted[from]!.p) to += 1;
    const yes = sorted.slice(from, to).filter((one) => one.approved).length;
    ranks += yes * ((from + 1 + to) / 2);
    approvals += yes;
  }
  return (ranks - (approvals * (approvals + 1)) / 2) / (approvals * (sorted.length - approvals));
}
