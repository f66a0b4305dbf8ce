/** P5 within one service: a funder that hangs holds up only those who wait for it, and only as many as it may. */
import { describe, expect, it } from 'vitest';
import { makeWorld } from '../world.ts';
import { attempts, funder, knowsNot, person, scripted, state, type ScriptedWorld } from './scripted.ts';

const submits = (world: ScriptedWorld, funderId: string): number =>
  world.asks.filter((ask) => ask.funderId === funderId && ask.kind === 'submit').length;
/** `small` sums go to the one that hangs, large ones do not fit it. */
const hung = funder('hung', 1, { max_concurrent: 2, product: { max_amount_fen: 1_000_000 } });

describe('one funder hung', () => {
  it('the others’ applications are decided at once, however many wait for it', async () => {
    const world = await scripted([hung, funder('well', 2)], { fnd_hung: () => 'hang' });
    const startMs = world.clock.nowMs();
    const small = await Promise.all(Array.from({ length: 30 }, (_, n) => world.apply(person(n), { amount_fen: 500_000 })));
    const large = await Promise.all(Array.from({ length: 50 }, (_, n) => world.apply(person(100 + n))));
    await world.settle();
    expect(world.clock.nowMs()).toBe(startMs);
    expect(large.map(({ json }) => state(world, json['id']))).toEqual(large.map(() => 'offered'));
    // Two calls hang, eight wait for a place, and the twenty beyond that went on to the next funder without waiting.
    expect(submits(world, 'fnd_hung')).toBe(2);
    const states = small.map(({ json }) => attempts(world, json['id']));
    expect(states.filter(([first]) => first![1] === 'submitting')).toHaveLength(10);
    expect(states.filter((each) => each.length === 2 && each[0]![1] === 'failed' && each[1]![1] === 'approved')).toHaveLength(20);

    // Those who waited are let go when their time is up: nothing was sent of them, so they may go on at once.
    await world.settle(4_100);
    const later = small.map(({ json }) => attempts(world, json['id']));
    expect(later.filter(([first]) => first![1] === 'unknown')).toHaveLength(2);
    expect(submits(world, 'fnd_hung')).toBeLessThanOrEqual(4);
    await world.settle(4_100);
    const open = small.filter(({ json }) => state(world, json['id']) !== 'offered');
    expect(open.map(({ json }) => attempts(world, json['id']))).toEqual(open.map(() => [['hung', 'unknown']]));
    expect(open.length).toBe(submits(world, 'fnd_hung'));
    await world.close();
  });

  it('in the end every borrower is somewhere, and the funder was asked little', async () => {
    const world = await scripted([hung, funder('well', 2)], { fnd_hung: (ask) => (ask.kind === 'submit' ? 'hang' : knowsNot()) });
    const made = await Promise.all(Array.from({ length: 40 }, (_, n) => world.apply(person(n), { amount_fen: 500_000 })));
    await world.settle(120_000);
    expect(made.map(({ json }) => state(world, json['id']))).toEqual(made.map(() => 'offered'));
    expect(world.service.busy()).toBe(0);
    expect(world.service.deps.lines.of(hung).state(world.clock.nowMs())).toMatchObject({ kind: 'closed' });
    await world.close();
  });

  it('queries of a hung funder are few: retries keep to a tenth of the traffic', async () => {
    const world = await scripted([funder('hung', 1, { max_concurrent: 100, timeouts: { decision_ms: 600_000 } })], {
      fnd_hung: ({ kind }) => (kind === 'submit' ? { kind: 'lost', why: 'reset' } : 'hang'),
    });
    await Promise.all(Array.from({ length: 60 }, (_, n) => world.apply(person(n))));
    await world.settle(60_000);
    const queries = world.asks.filter(({ kind }) => kind === 'query');
    // The breaker opened on the submits: most queries are not even tried.
    expect(queries.length).toBeLessThan(60);
    expect(submits(world, 'fnd_hung')).toBeLessThanOrEqual(60);
    await world.close();
  });
});

describe('in the sandbox', () => {
  it('a borrower for whom every funder hangs leaves everybody else’s way free', async () => {
    const world = await makeWorld();
    const stuck = await world.apply({ phone: '13800000007' });
    const free = await world.apply({ phone: '13800000001' });
    expect([stuck.json['status'], free.json['status']]).toEqual(['routing', 'offered']);
    await world.settle(200_000);
    expect(world.service.deps.store.applications.byId(stuck.json['id'])!.state).toMatch(/expired|declined|offered/);
    await world.close();
  });
});
