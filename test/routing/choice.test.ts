/** A policy that tries everybody: its plan rests on the funders' records, and on nothing that is learnt, measured or priced. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/routing/plan.ts';
import { byId, funder, inputs, policy, state } from './world.ts';

const IDS = ['fnd_a', 'fnd_b', 'fnd_c', 'fnd_d'];
const funders = byId(...IDS.map((id, at) => funder(id, { tier: 4 - at })));
const strictFirst = IDS.toReversed();
const plan = (over: Record<string, unknown>, states = IDS.map((id) => state(id)), more: object = {}) =>
  makePlan(inputs(states, more), policy({ choice: 'all', tier_order: 'strict_first', ...over }), funders);
const order = ({ steps }: ReturnType<typeof plan>): string[] => steps.map(({ funderId }) => funderId);

describe('everybody', () => {
  it('is tried in order of tiers, whatever is believed, explored or priced', () => {
    const belief = fc.record({ alpha: fc.double({ min: 0.01, max: 50, noNaN: true }), beta: fc.double({ min: 0.01, max: 50, noNaN: true }) });
    const price = fc.record({ approvalFen: fc.integer({ min: -20_000, max: 20_000 }), attemptFen: fc.integer({ min: 0, max: 20_000 }) });
    fc.assert(
      fc.property(
        fc.array(belief, { minLength: 4, maxLength: 4 }),
        fc.array(price, { minLength: 4, maxLength: 4 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (beliefs, prices, seed, share) => {
          const states = IDS.map((id, at) => state(id, { likelihood: beliefs[at]!, latencyMs: at * 500 }));
          const priced = { seed, prices: Object.fromEntries(IDS.map((id, at) => [id, prices[at]!])) };
          expect(order(plan({ exploration_share: share, partner_offer_value_fen: 5_000 }, states, priced))).toEqual(strictFirst);
        },
      ),
    );
  });

  it('who is not worth it would be left out otherwise', () => {
    const hopeless = IDS.map((id) => state(id, { likelihood: { alpha: 0.01, beta: 50 } }));
    expect(order(plan({ partner_offer_value_fen: 5_000 }, hopeless))).toEqual(strictFirst);
    expect(order(plan({ choice: 'worthwhile', partner_offer_value_fen: 5_000 }, hopeless))).toEqual([]);
  });

  it('ends with the attempts, and those left out are told so', () => {
    const { steps, excluded } = plan({ max_attempts: 2, partner_offer_value_fen: 1_000_000 });
    expect(steps.map(({ funderId }) => funderId)).toEqual(strictFirst.slice(0, 2));
    expect(excluded.map(({ funderId, code }) => [funderId, code])).toEqual([
      ['fnd_a', 'beyond_max_attempts'],
      ['fnd_b', 'beyond_max_attempts'],
    ]);
    expect(order(plan({}, undefined, { attemptsUsed: 9 }))).toEqual([]);
  });

  it('goes in waves within a tier, or all at once in a rate table', () => {
    const waves = (strategy: string, over: object = {}) => plan({ strategy, wave_size: 3, ...over }).steps.map(({ wave }) => wave);
    expect(waves('wave', { tier_order: 'index' })).toEqual([0, 0, 0, 1]);
    expect(waves('wave')).toEqual([0, 1, 2, 3]);
    expect(waves('rate_table')).toEqual([0, 0, 0, 0]);
  });

  it('does not go to who may not be asked', () => {
    const states = IDS.map((id) => state(id, { attempted: id === 'fnd_d', breakerOpen: id === 'fnd_b' }));
    expect(order(plan({}, states))).toEqual(['fnd_c', 'fnd_a']);
  });
});
