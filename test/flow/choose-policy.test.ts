import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyInForce } from '../../src/domain/desk.ts';
import { Segment } from '../../src/domain/segment.ts';
import { armOf, choosePolicy, policyOf } from '../../src/flow/choose-policy.ts';
import { facts, policy } from '../routing/world.ts';

const inForce = (...ids: string[]): Map<string, PolicyInForce> => new Map(ids.map((id) => [id, { policy: policy({ id }), version: 1 }]));
const segment = (over: object): Segment => Segment.parse({ id: 'all', name: 'All', rule: true, order: 9, champion: 'pol_a', ...over });
const desk = (segments: Segment[], policies = inForce('pol_a', 'pol_b', 'pol_c')) => ({
  policy: policies.get('pol_a')!.policy,
  policyVersion: 1,
  policies,
  segments,
});
const borrowers = Array.from({ length: 20_000 }, (_, at) => `bor_${at.toString(36)}`);

describe('the policy of an application', () => {
  const young = segment({ id: 'young', rule: { '<': [{ var: 'age' }, 30] }, order: 1, champion: 'pol_b' });
  const shop = segment({ id: 'shop', rule: { '==': [{ var: 'channel' }, 'shop'] }, order: 2, champion: 'pol_c' });
  const all = [young, shop, segment({})];
  const of = (over: Parameters<typeof facts>[0]) => choosePolicy(desk(all), facts(over), 'bor_1');

  it('is that of the first segment whose rule holds, the channel among the facts', () => {
    expect(of({ age: 25, channel: 'shop' })).toEqual({ policyId: 'pol_b', segmentId: 'young', arm: 'champion' });
    expect(of({ age: 40, channel: 'shop' })).toEqual({ policyId: 'pol_c', segmentId: 'shop', arm: 'champion' });
    expect(of({ age: 40 })).toEqual({ policyId: 'pol_a', segmentId: 'all', arm: 'champion' });
  });

  it('is that of the last for one without facts, and of the desk where there is no segment', () => {
    expect(choosePolicy(desk(all), null, 'bor_1').segmentId).toBe('all');
    expect(choosePolicy(desk([]), facts(), 'bor_1')).toEqual({ policyId: 'pol_a', segmentId: null, arm: null });
  });

  it('that is no longer in force is the desk’s', () => {
    const without = desk(all, inForce('pol_a'));
    expect(policyOf(without, { policyId: 'pol_b' }).id).toBe('pol_a');
    expect(policyOf(desk(all), { policyId: 'pol_b' }).id).toBe('pol_b');
    expect(choosePolicy(without, facts({ age: 20 }), 'bor_1')).toMatchObject({ policyId: 'pol_a', segmentId: 'all' });
  });
});

describe('an experiment', () => {
  const arms = (id: string, share: number) =>
    new Map(borrowers.map((borrower) => [borrower, armOf({ id, challenger: { policy: 'pol_b', share } }, borrower)]));
  const shareOf = (of: ReadonlyMap<string, string>): number => [...of.values()].filter((arm) => arm === 'challenger').length / of.size;

  it.each([0.01, 0.1, 0.5, 0.9])('gives the challenger its share: %s', (share) => {
    expect(Math.abs(shareOf(arms('all', share)) - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / borrowers.length));
  });

  it('gives the challenger nobody, or everybody, at the ends', () => {
    expect([shareOf(arms('all', 0)), shareOf(arms('all', 1))]).toEqual([0, 1]);
  });

  it('keeps a borrower on one arm, and on the challenger’s when its share grows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...borrowers),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (borrower, one, other) => {
          const at = (share: number) => armOf({ id: 'all', challenger: { policy: 'pol_b', share } }, borrower);
          expect(at(one)).toBe(at(one));
          if (at(Math.min(one, other)) === 'challenger') expect(at(Math.max(one, other))).toBe('challenger');
        },
      ),
    );
  });

  it('in one segment says nothing about the arm in another', () => {
    const [one, other] = [arms('all', 0.5), arms('young', 0.5)];
    const both = borrowers.filter((id) => one.get(id) === 'challenger' && other.get(id) === 'challenger').length;
    expect(Math.abs(both / borrowers.length - 0.25)).toBeLessThan(0.015);
  });
});
