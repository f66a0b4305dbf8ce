/** Plays the drift test: phases of rounds, the rates of the arms changing from one phase to the next without notice. */
import { generator } from '../../src/routing/draw.ts';
import type { Arm } from './arms.ts';
import type { Bandit } from './bandits.ts';

export interface Game {
  readonly roundsPerPhase: number;
  /** Rounds between a choice and the arrival of its answer. */
  readonly delay: number;
}

const YEAR_MS = 365.25 * 86_400_000;
/** More rounds than a run has, so that no two runs share a round's seed. */
const STRIDE = 1_000_000;

/**
 * Expected regret per 1,000 rounds: the best arm's rate of that phase less the chosen one's. A phase is a year and its rounds are spread
 * evenly over it. In one run every bandit meets the same luck: in a round each arm approves when its rate is above the same number.
 */
export function regretPer1000(arms: readonly Arm[], bandit: Bandit, { roundsPerPhase, delay }: Game, run: number): number {
  const phases = arms[0]!.rates.length;
  const luck = generator(run, 'answers');
  const waiting: { readonly arm: number; readonly approved: boolean }[] = [];
  let regret = 0;
  for (let round = 0; round < phases * roundsPerPhase; round += 1) {
    const phase = Math.floor(round / roundsPerPhase);
    const atMs = (round / roundsPerPhase) * YEAR_MS;
    const arm = bandit.choose({ seed: run * STRIDE + round, atMs });
    const best = Math.max(...arms.map((one) => one.rates[phase]!));
    regret += best - arms[arm]!.rates[phase]!;
    waiting.push({ arm, approved: luck() < arms[arm]!.rates[phase]! });
    if (round >= delay) {
      const { arm: of, approved } = waiting[round - delay]!;
      bandit.learn(of, approved, atMs);
    }
  }
  return (1_000 * regret) / (phases * roundsPerPhase);
}

/** Mean and its standard error. */
export function summary(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, error: Math.sqrt(spread / values.length) };
}
