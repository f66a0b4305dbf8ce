import type { Policy } from '../domain/policy.ts';
import { chooseAtMost } from './choose.ts';
import { contenders } from './contenders.ts';
import { byIndex, byTierThenIndex } from './order.ts';
import type { Box } from './order.ts';
import { chooseWave } from './wave.ts';

/** What a choice may use up, and what follows when it fails. */
export interface Limits {
  readonly attempts: number;
  /** Partner-offer value, fen. */
  readonly lastBox: number;
}

/**
 * Orders the boxes by the policy and chooses which to try, as waves of boxes asked at once. Waterfall: the exact choice, one box a wave.
 * Wave: greedy waves, never across tiers when the strict go first. Rate table: every box worth more than the last box, best first, at once.
 * With the choice `all` nothing is weighed: whoever comes first in order is tried first, until the attempts are used up.
 */
export function chooseByStrategy<B extends Box>(boxes: readonly B[], policy: Policy, limits: Limits): B[][] {
  if (policy.choice === 'all') return allInOrder(sorted(boxes, policy).slice(0, Math.max(0, limits.attempts)), policy);
  switch (policy.strategy) {
    case 'waterfall': {
      // Where the tiers give the order, a box cannot take the place of any other.
      const free = policy.tier_order === 'index' ? contenders(boxes, limits.attempts, limits.lastBox) : boxes;
      return chooseAtMost(sorted(free, policy), limits.attempts, limits.lastBox).map((box) => [box]);
    }
    case 'wave':
      return chooseWaves(sorted(boxes, policy), policy, limits);
    case 'rate_table': {
      const worthwhile = boxes
        .filter((box) => box.index > limits.lastBox)
        .toSorted(byIndex)
        .slice(0, Math.max(0, limits.attempts));
      return worthwhile.length === 0 ? [] : [worthwhile];
    }
  }
}

function sorted<B extends Box>(boxes: readonly B[], policy: Policy): B[] {
  return boxes.toSorted(policy.tier_order === 'strict_first' ? byTierThenIndex : byIndex);
}

function allInOrder<B extends Box>(ordered: readonly B[], policy: Policy): B[][] {
  if (policy.strategy === 'rate_table') return ordered.length === 0 ? [] : [[...ordered]];
  const size = policy.strategy === 'wave' ? policy.wave_size : 1;
  const groups = policy.tier_order === 'strict_first' ? tiersOf(ordered) : [ordered];
  return groups.flatMap((group) => Array.from({ length: Math.ceil(group.length / size) }, (_, at) => group.slice(at * size, (at + 1) * size)));
}

function chooseWaves<B extends Box>(ordered: readonly B[], policy: Policy, limits: Limits): B[][] {
  const waves: B[][] = [];
  let left = limits.attempts;
  for (const group of policy.tier_order === 'strict_first' ? tiersOf(ordered) : [ordered]) {
    let rest = group;
    while (left > 0 && rest.length > 0) {
      const wave = chooseWave(rest, Math.min(policy.wave_size, left), limits.lastBox);
      if (wave.length === 0) break;
      waves.push(wave);
      left -= wave.length;
      rest = rest.filter((box) => !wave.includes(box));
    }
  }
  return waves;
}

/** Splits boxes that are sorted by tier into one group per tier. */
function tiersOf<B extends Box>(ordered: readonly B[]): B[][] {
  const groups: B[][] = [];
  for (const box of ordered) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]!.tier === box.tier) last.push(box);
    else groups.push([box]);
  }
  return groups;
}
