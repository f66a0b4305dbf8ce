/** Plain monitors of a raw approval rate, to set ours beside: a threshold on the last outcomes, an EWMA, and our own evidence against the live model's word. */
import { noEvidence, strength, weigh } from '../../src/analytics/change-detector.ts';

/** One funder's chart. */
export interface Plain {
  /** Takes in an outcome and what the live model had said; true when it raises an alarm. */
  take(approved: boolean, said: number): boolean;
}

/** Outcomes seen before a chart speaks, and after an alarm before it speaks again. */
const QUIET = 1_000;
const WINDOW = 200;
const LAMBDA = 0.02;

/** Each with its settings, the most sensitive first: the first with few enough false alarms is the one to compare with. */
export const PLAIN: Readonly<Record<string, { readonly settings: readonly number[]; make(setting: number): Plain }>> = {
  'window of 200': { settings: range(0.7, 0.3, 0.025), make: windowed },
  'EWMA 0.02': { settings: range(-2.8, -4.6, 0.1), make: ewma },
  'against the live model': { settings: [50_000, 200_000], make: live },
};

/** Alarms when the rate of the last 200 is under `factor` times the rate of all before them. */
function windowed(factor: number): Plain {
  const last: number[] = [];
  let [inside, seen, sum] = [0, 0, 0];
  let rest = QUIET;
  return {
    take(approved) {
      const x = approved ? 1 : 0;
      last.push(x);
      inside += x;
      if (last.length <= WINDOW) return false;
      const old = last.shift()!;
      inside -= old;
      sum += old;
      seen += 1;
      rest -= 1;
      if (rest > 0 || inside / WINDOW >= (factor * sum) / seen) return false;
      rest = QUIET;
      return true;
    },
  };
}

/** Alarms when the exponentially weighted rate is so many of its standard deviations under the rate so far. */
function ewma(limit: number): Plain {
  let [level, seen, sum] = [0.2, 0, 0];
  let rest = QUIET;
  return {
    take(approved) {
      const x = approved ? 1 : 0;
      seen += 1;
      sum += x;
      level += LAMBDA * (x - level);
      rest -= 1;
      const rate = sum / seen;
      if (rest > 0 || level - rate >= limit * Math.sqrt((rate * (1 - rate) * LAMBDA) / (2 - LAMBDA))) return false;
      rest = QUIET;
      return true;
    },
  };
}

/** Ours, but expecting what the model that learns the funder's rate expects. */
function live(most: number): Plain {
  let evidence = noEvidence();
  let rest = QUIET;
  return {
    take(approved, said) {
      rest -= 1;
      if (rest > 0) return false;
      const x = approved ? 1 : 0;
      weigh(evidence, 'down', { x, e: said, outcome: x, likely: said, atMs: 0 }, 0);
      if (strength(evidence) < most) return false;
      evidence = noEvidence();
      rest = QUIET;
      return true;
    },
  };
}

function range(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.round(Math.abs(to - from) / by) + 1 }, (_, index) => from + Math.sign(to - from) * by * index);
}
