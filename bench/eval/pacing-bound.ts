/**
 * The most a day can be worth to anyone who knows all its applications beforehand, their likelihoods but not the answers: the linear programme
 * over every plan of every application under the targets, from above, by its dual. For any prices
 *
 *     sum over applications of the best plan's value at those prices  +  sum over targets of price x volume
 *
 * is an upper bound; it is convex in the prices, and its least is the programme's value.
 */
import { chooseAtMost } from '../../src/routing/choose.ts';
import type { VolumeTarget } from '../../src/routing/dual-price.ts';
import { localTime } from '../../src/routing/local-time.ts';
import { boxOf, byIndex } from '../../src/routing/order.ts';
import { POLICY, ZONE, lenders } from './pacing-world.ts';
import type { Application } from './pacing-world.ts';

export interface Bound {
  readonly valueFen: number;
  /** By target, fen per unit, negative for a promise. */
  readonly prices: Readonly<Record<string, number>>;
}

/** Minimised by subgradients, on a sample first. Any number of steps gives a valid bound; more give a tighter one. */
export function hindsightBound(applications: readonly Application[], targets: readonly VolumeTarget[], steps: number): Bound {
  const every = Math.max(1, Math.floor(applications.length / SAMPLE));
  const sample = applications.filter((_, index) => index % every === 0);
  const rough = descend(
    sample,
    applications.length / sample.length,
    targets,
    targets.map(() => 0),
    { steps: 3 * steps, first: 0.2 },
  );
  const { valueFen, prices } = descend(applications, 1, targets, rough.prices, { steps, first: 0.03 });
  return { valueFen, prices: Object.fromEntries(targets.map(({ id }, index) => [id, prices[index]!])) };
}

const SAMPLE = 1_500;

interface Descent {
  readonly steps: number;
  /** The first step of a price, in its scale, for a use that is off by all of its volume. */
  readonly first: number;
}

function descend(
  applications: readonly Application[],
  weight: number,
  targets: readonly VolumeTarget[],
  from: readonly number[],
  { steps, first }: Descent,
): { valueFen: number; prices: number[] } {
  let prices = [...from];
  let best = { valueFen: Infinity, prices };
  for (let step = 0; step < steps; step += 1) {
    const used = targets.map(() => 0);
    let valueFen = 0;
    for (const application of applications) valueFen += weight * bestPlan(application, targets, prices, used, weight);
    targets.forEach(({ volume }, index) => (valueFen += prices[index]! * volume));
    if (valueFen < best.valueFen) best = { valueFen, prices };
    const size = (10 * first) / Math.sqrt(10 + step);
    prices = prices.map((price, index) => {
      const { volume, scaleFen, kind } = targets[index]!;
      const off = Math.max(-1, Math.min(1, (used[index]! - volume) / volume));
      const moved = price + size * scaleFen * off;
      return kind === 'cap' ? Math.max(0, moved) : Math.min(0, moved);
    });
  }
  return best;
}

/** The value at these prices of the best plan of an application; adds to `used` what the plan is expected to use. */
function bestPlan(application: Application, targets: readonly VolumeTarget[], prices: readonly number[], used: number[], weight: number): number {
  const hour = localTime(application.atMs, ZONE)!.hour;
  const onValue = lenders.map(() => 0);
  const onCost = lenders.map(() => 0);
  targets.forEach(({ funderId, of, unit }, index) => {
    const price = prices[index]! * (unit === 'count' ? 1 : application.facts.amount_fen);
    (of === 'approval' ? onValue : onCost)[places.get(funderId)!]! += price;
  });
  const boxes = lenders.flatMap(({ funder }, lender) => {
    if (hour < funder.hours[0] || hour >= funder.hours[1]) return [];
    const { valueFen, costFen, patience } = application.worths[lender]!;
    return [boxOf(funder.id, funder.tier, application.likelihoods[lender]!, valueFen - onValue[lender]!, costFen + onCost[lender]!, patience)];
  });
  let [there, value] = [1, 0];
  for (const box of chooseAtMost(boxes.sort(byIndex), POLICY.max_attempts, 0)) {
    targets.forEach(({ funderId, of, unit }, index) => {
      if (funderId !== box.funderId) return;
      used[index]! += weight * there * (of === 'approval' ? box.p : 1) * (unit === 'count' ? 1 : application.facts.amount_fen);
    });
    value += there * box.gain;
    there *= box.stay;
  }
  return value;
}

const places = new Map(lenders.map(({ funder }, index) => [funder.id, index]));
