/** Who chooses an arm in the drift test. Each draws its luck from the round's seed alone. */
import { drawLikelihood, generator } from '../../src/routing/draw.ts';
import { emptyModel, learn } from '../../src/routing/model/model.ts';
import { betaOf, predictor } from '../../src/routing/model/predict.ts';
import { encode, schemaOf } from '../../src/routing/model/schema.ts';
import type { Arm } from './arms.ts';

/** A moment of the test. */
export interface Round {
  /** Seed of this round's luck. */
  readonly seed: number;
  readonly atMs: number;
}

/** Chooses arms by number and is told, sooner or later, whether the one chosen approved. */
export interface Bandit {
  choose(round: Round): number;
  learn(arm: number, approved: boolean, atMs: number): void;
}

export type MakeBandit = (arms: readonly Arm[]) => Bandit;

const WINDOW = 125;
const HEDGE = 0.05;
const DISCOUNT = 0.999;

export const BANDITS: Readonly<Record<string, MakeBandit>> = {
  ours,
  random: (arms) => ({ choose: ({ seed }) => anyOf(arms, seed), learn: () => undefined }),
  static: (arms) => ({ choose: () => best(arms, (arm) => arm.rates[0]!), learn: () => undefined }),
  window_125_hedge: windowWithHedge,
  window_125_beta: (arms) => {
    const windows = arms.map((): boolean[] => []);
    return {
      choose: ({ seed }) => best(windows, (window, arm) => drawFrom(seed, arm, count(window), window.length)),
      learn: (arm, approved) => slide(windows[arm]!, approved),
    };
  },
  thompson: (arms) => discounted(arms, 1),
  discounted_thompson: (arms) => discounted(arms, DISCOUNT),
};

/** The code that routes: the likelihood model without a feature, its Beta, and the planner's draw from it. */
function ours(arms: readonly Arm[]): Bandit {
  const schema = schemaOf([]);
  const levels = encode(schema, []);
  const asked = arms.map((_, arm) => ({ funderId: `${arm}`, kind: new Int32Array() }));
  let model = emptyModel(schema);
  return {
    choose({ seed, atMs }) {
      const of = predictor(model, levels, atMs);
      return best(asked, (one) => drawLikelihood(seed, one.funderId, betaOf(of(one))));
    },
    learn(arm, approved, atMs) {
      model = learn(model, [{ funderId: `${arm}`, levels, approved, atMs, weight: 1 }]);
    },
  };
}

/** The best rate of the last 125 outcomes, and one choice in twenty at random. An arm that nobody knows is tried first. */
function windowWithHedge(arms: readonly Arm[]): Bandit {
  const windows = arms.map((): boolean[] => []);
  return {
    choose({ seed }) {
      if (generator(seed, 'hedge')() < HEDGE) return anyOf(arms, seed);
      return best(windows, (window) => (window.length === 0 ? 1 : count(window) / window.length));
    },
    learn: (arm, approved) => slide(windows[arm]!, approved),
  };
}

/** Draws from Beta posteriors over counts that fade by `keep` with every outcome of any arm. */
function discounted(arms: readonly Arm[], keep: number): Bandit {
  const cells = arms.map(() => ({ yes: 0, all: 0 }));
  return {
    choose: ({ seed }) => best(cells, ({ yes, all }, arm) => drawFrom(seed, arm, yes, all)),
    learn(arm, approved) {
      for (const cell of cells) {
        cell.yes *= keep;
        cell.all *= keep;
      }
      cells[arm]!.yes += approved ? 1 : 0;
      cells[arm]!.all += 1;
    },
  };
}

function drawFrom(seed: number, arm: number, yes: number, all: number): number {
  return drawLikelihood(seed, `${arm}`, { alpha: 1 + yes, beta: 1 + all - yes });
}

function anyOf(arms: readonly Arm[], seed: number): number {
  return Math.floor(generator(seed, 'any')() * arms.length);
}

/** The number of the item that is worth most; of equals the first. */
function best<T>(items: readonly T[], worth: (item: T, index: number) => number): number {
  let [at, most] = [0, -Infinity];
  for (const [index, item] of items.entries()) {
    const value = worth(item, index);
    if (value > most) [at, most] = [index, value];
  }
  return at;
}

function slide(window: boolean[], approved: boolean): void {
  window.push(approved);
  if (window.length > WINDOW) window.shift();
}

function count(window: readonly boolean[]): number {
  return window.reduce((sum, approved) => sum + (approved ? 1 : 0), 0);
}
