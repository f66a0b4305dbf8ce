/** From a submit to its end, whatever the funder does: silence, lateness, loss, offers that cannot be shown or are not taken. */
import { describe, expect, it } from 'vitest';
import {
  approves,
  attempts,
  cancels,
  change,
  DAY,
  decides,
  declines,
  eventsOf,
  funder,
  garbage,
  HOUR,
  knowsNot,
  lost,
  MINUTE,
  order,
  person,
  policy,
  scripted,
  state,
  tooLate,
  type Script,
  type ScriptedWorld,
} from './scripted.ts';

const TWO = [funder('one', 1), funder('two', 2)];
const kinds = (world: ScriptedWorld, funderId = 'fnd_one'): string[] => world.asks.filter((ask) => ask.funderId === funderId).map(({ kind }) => kind);
const offers = (world: ScriptedWorld, id: unknown): [string, string][] =>
  world.service.deps.store.offers
    .ofApplication(id as string)
    .map((offer): [string, string] => [offer.funderId.slice(4), offer.state])
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
const leased = (world: ScriptedWorld, key: string): number | undefined => world.service.deps.store.dispatch.lease(key)?.used;

describe('a reply that cannot be read', () => {
  it('is kept sealed, alarmed once for the same bytes, and decides nothing; it goes with its borrower', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'submit' ? decides(ask) : garbage()) });
    const id = (await world.apply(person(1))).json['id'] as string;
    await world.settle(30_000);
    expect([state(world, id), attempts(world, id)]).toEqual(['pending', [['one', 'pending']]]);
    expect(kinds(world).filter((kind) => kind === 'query').length).toBeGreaterThan(2);
    const { dispatch } = world.service.deps.store;
    const kept = () => dispatch.callbacksOf(dispatch.ofApplication(id)[0]!.id);
    expect(kept().map((row) => [row.state, row.detail, row.rawSealed === null])).toEqual([['ignored', 'unreadable reply to query', false]]);
    expect(kept()[0]!.rawSealed!.includes('<html>')).toBe(false);
    expect(dispatch.recentCallbacks('fnd_one', 10)).toEqual([]);
    expect(eventsOf(world, id).filter((type) => type === 'attempt.alarm')).toHaveLength(1);
    await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: id } });
    expect(kept()[0]!.rawSealed).toBeNull();
    await world.close();
  });

  it('to the submit itself leaves the attempt unknown until the funder has said, and is alarmed as well', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'submit' ? garbage() : approves(ask)) });
    const id = (await world.apply(person(1))).json['id'] as string;
    await world.settle(10_000);
    expect([state(world, id), attempts(world, id)]).toEqual(['offered', [['one', 'approved']]]);
    expect(eventsOf(world, id)).toEqual(expect.arrayContaining(['attempt.alarm', 'attempt.unknown', 'attempt.approved']));
    await world.close();
  });
});

describe('a funder that does not decide in time', () => {
  it('is asked to forget it, and the next is asked', async () => {
    const world = await scripted([funder('one', 1, { caps: [{ id: 'all', unit: 'count', window: 'total', limit: 5 }] }), funder('two', 2)], {
      fnd_one: (ask) => (ask.kind === 'cancel' ? cancels(ask) : decides(ask)),
    });
    const made = await world.apply(person(1));
    await world.settle(59_000);
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual(['pending', [['one', 'pending']]]);
    expect(kinds(world)).not.toContain('cancel');
    expect(leased(world, 'fnd_one/all/total')).toBe(1);
    await world.settle(2_000);
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual([
      'offered',
      [
        ['one', 'cancelled'],
        ['two', 'approved'],
      ],
    ]);
    expect(kinds(world).at(-1)).toBe('cancel');
    expect(leased(world, 'fnd_one/all/total')).toBe(0);
    expect(eventsOf(world, made.json['id']).filter((type) => type.startsWith('attempt.'))).toEqual([
      'attempt.submitted',
      'attempt.pending',
      'attempt.cancelled',
      'attempt.submitted',
      'attempt.approved',
    ]);
    await world.close();
  });

  it('that is too far along to forget it keeps the borrower, until it has decided', async () => {
    const script: Script = (ask) =>
      ask.kind === 'cancel' ? tooLate() : ask.kind === 'query' && ask.atMs - world.asks[0]!.atMs > 90_000 ? declines(ask) : decides(ask);
    const world = await scripted(TWO, { fnd_one: (ask) => script(ask) });
    const made = await world.apply(person(1));
    await world.settle(75_000);
    expect(kinds(world)).toContain('cancel');
    expect(attempts(world, made.json['id'])).toEqual([['one', 'pending']]);
    await world.settle(60_000);
    expect(attempts(world, made.json['id'])).toEqual([
      ['one', 'declined'],
      ['two', 'approved'],
    ]);
    await world.close();
  });

  it('is polled ever less often, and what it decides is found without a callback', async () => {
    const world = await scripted([funder('one', 1, { timeouts: { decision_ms: HOUR } })], { fnd_one: decides });
    await policy(world, { deadlines: { application_s: 7_200 } });
    const made = await world.apply(person(1));
    await world.settle(10 * MINUTE);
    const at = world.asks.filter(({ kind }) => kind === 'query').map(({ atMs }) => atMs);
    const gaps = at.slice(1).map((ms, index) => ms - at[index]!);
    expect(at.length).toBeLessThan(14);
    // One comes early: when "no such order" begins to count. From then on they only grow.
    const settled = gaps.slice(5);
    for (const [index, gap] of settled.slice(1).entries()) expect(gap).toBeGreaterThanOrEqual(settled[index]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(300_000);
    world.scripts['fnd_one'] = approves;
    await world.settle(10 * MINUTE);
    expect(state(world, made.json['id'])).toBe('offered');
    await world.close();
  });
});

describe('a submit whose answer was lost', () => {
  it('is settled by query when it did arrive; nobody else is asked meanwhile', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'submit' ? lost : ask.before < 3 ? lost : approves(ask)) });
    const made = await world.apply(person(1));
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual(['pending', [['one', 'unknown']]]);
    await world.settle(2 * MINUTE);
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual(['offered', [['one', 'approved']]]);
    expect([kinds(world).filter((kind) => kind === 'submit').length, kinds(world, 'fnd_two')]).toEqual([1, []]);
    expect(eventsOf(world, made.json['id'])).toContain('attempt.unknown');
    await world.close();
  });

  it('frees the borrower only when the funder says it has nothing, and has had time for it to arrive', async () => {
    const world = await scripted(TWO, { fnd_one: ({ kind }) => (kind === 'submit' ? lost : knowsNot()) });
    const made = await world.apply(person(1));
    // It says so at once, but the message may still be on its way: submit timeout 4 s + 30 s.
    await world.settle(33_000);
    expect(kinds(world).filter((kind) => kind === 'query').length).toBeGreaterThan(1);
    expect([attempts(world, made.json['id']), kinds(world, 'fnd_two')]).toEqual([[['one', 'unknown']], []]);
    await world.settle(1_500);
    expect(attempts(world, made.json['id'])).toEqual([
      ['one', 'failed'],
      ['two', 'approved'],
    ]);
    await world.close();
  });

  it('is never sent on while the funder is dark, however long; the application’s deadline ends it', async () => {
    const world = await scripted(TWO, { fnd_one: () => lost });
    const made = await world.apply(person(1));
    await world.settle(4 * MINUTE);
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual(['expired', [['one', 'unknown']]]);
    expect(kinds(world, 'fnd_two')).toEqual([]);
    // Back in the light it says that it approved: told to forget it, and nothing is offered.
    world.scripts['fnd_one'] = (ask) => (ask.kind === 'cancel' ? cancels(ask) : approves(ask));
    await world.leap(HOUR);
    await world.settle(10_000);
    expect([attempts(world, made.json['id']), offers(world, made.json['id'])]).toEqual([[['one', 'cancelled']], []]);
    await world.close();
  });

  it('of a funder that hangs is unknown after its submit timeout, not before', async () => {
    const world = await scripted(TWO, { fnd_one: ({ kind }) => (kind === 'submit' ? 'hang' : knowsNot()) });
    const made = await world.apply(person(1));
    await world.settle(3_900);
    expect(attempts(world, made.json['id'])).toEqual([['one', 'submitting']]);
    await world.settle(200);
    expect(attempts(world, made.json['id'])).toEqual([['one', 'unknown']]);
    await world.close();
  });

  it('after a crash during the call is found by its timer and queried, not sent again', async () => {
    const world = await scripted([funder('one', 1, { timeouts: { submit_ms: 60_000 } }), funder('two', 2)], {
      fnd_one: (ask) => (ask.kind === 'submit' ? 'hang' : approves(ask)),
    });
    await policy(world, { deadlines: { application_s: 3_600 } });
    const made = await world.apply(person(1));
    const [attempt] = world.service.deps.store.dispatch.ofApplication(made.json['id']);
    // As if the process that made the call were gone: its timer comes due while nothing was committed.
    await world.service.deps.commit((tx) => tx.feed.setTimer('attempt', attempt!.id, world.clock.nowMs()));
    await world.settle(3_000);
    expect(attempts(world, made.json['id'])).toEqual([['one', 'approved']]);
    expect(kinds(world).filter((kind) => kind === 'submit')).toHaveLength(1);
    await world.settle(HOUR / 2);
    expect(attempts(world, made.json['id'])).toEqual([['one', 'approved']]);
    await world.close();
  });
});

describe('an approval that comes too late', () => {
  it('for an expired application is cancelled at the funder and offered to nobody', async () => {
    const world = await scripted([funder('one', 1, { timeouts: { decision_ms: DAY } })], { fnd_one: decides });
    const made = await world.apply(person(1));
    world.scripts['fnd_one'] = (ask) => (ask.kind === 'cancel' && ask.before > 0 ? cancels(ask) : ask.kind === 'cancel' ? tooLate() : decides(ask));
    await world.settle(181_000);
    expect(state(world, made.json['id'])).toBe('expired');
    const [attempt] = world.service.deps.store.dispatch.ofApplication(made.json['id']);
    await world.callBack('fnd_one', attempt!.id, {
      status: 'approved',
      offer: {
        amount_fen: 100,
        term_months: 1,
        quoted_apr_bps: 0,
        instalments: [{ due_in_months: 1, principal_fen: 100, interest_fen: 0, fee_fen: 0 }],
      },
    });
    await world.settle(10_000);
    expect([state(world, made.json['id']), attempts(world, made.json['id']), offers(world, made.json['id'])]).toEqual([
      'expired',
      [['one', 'cancelled']],
      [['one', 'cancelled']],
    ]);
    expect(kinds(world).filter((kind) => kind === 'cancel').length).toBeGreaterThan(1);
    await world.close();
  });

  it('after its attempt was taken back raises an alarm and is cancelled once more', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'cancel' ? cancels(ask) : decides(ask)) });
    const made = await world.apply(person(1));
    await world.settle(61_000);
    expect(attempts(world, made.json['id'])).toEqual([
      ['one', 'cancelled'],
      ['two', 'approved'],
    ]);
    const [attempt] = world.service.deps.store.dispatch.ofApplication(made.json['id']);
    await world.callBack('fnd_one', attempt!.id, {
      status: 'approved',
      offer: {
        amount_fen: 100,
        term_months: 1,
        quoted_apr_bps: 0,
        instalments: [{ due_in_months: 1, principal_fen: 100, interest_fen: 0, fee_fen: 0 }],
      },
    });
    await world.settle();
    expect(eventsOf(world, made.json['id']).at(-1)).toBe('attempt.alarm');
    expect(kinds(world).filter((kind) => kind === 'cancel')).toHaveLength(2);
    expect(offers(world, made.json['id'])).toEqual([['two', 'open']]);
    await world.close();
  });
});

describe('an offer', () => {
  it('that runs out sends the borrower on to the next funder', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => approves(ask, { expiresAtMs: ask.atMs + MINUTE }) });
    await policy(world, { deadlines: { application_s: 3_600 } });
    const made = await world.apply(person(1));
    await world.settle(59_000);
    expect(offers(world, made.json['id'])).toEqual([['one', 'open']]);
    await world.settle(1_500);
    expect([state(world, made.json['id']), attempts(world, made.json['id']), offers(world, made.json['id'])]).toEqual([
      'offered',
      [
        ['one', 'expired'],
        ['two', 'approved'],
      ],
      [
        ['one', 'expired'],
        ['two', 'open'],
      ],
    ]);
    expect(eventsOf(world, made.json['id'])).toContain('offer.expired');
    await world.close();
  });

  it('that runs out beside another leaves that one open, until its own time', async () => {
    const world = await scripted(TWO, {
      fnd_one: (ask) => approves(ask, { expiresAtMs: ask.atMs + MINUTE }),
      fnd_two: (ask) => approves(ask, { expiresAtMs: ask.atMs + 2 * MINUTE }),
    });
    await policy(world, { strategy: 'rate_table' });
    const made = await world.apply(person(1));
    await world.settle(MINUTE);
    expect([state(world, made.json['id']), offers(world, made.json['id'])]).toEqual([
      'offered',
      [
        ['one', 'expired'],
        ['two', 'open'],
      ],
    ]);
    await world.settle(MINUTE);
    expect([state(world, made.json['id']), offers(world, made.json['id'])]).toEqual([
      'declined',
      [
        ['one', 'expired'],
        ['two', 'expired'],
      ],
    ]);
    await world.close();
  });

  it('that runs out after the application’s own time ends it', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => approves(ask, { expiresAtMs: ask.atMs + 5 * MINUTE }) });
    const made = await world.apply(person(1));
    await world.settle(4 * MINUTE);
    // Past its deadline of 3 minutes, but what is offered may still be taken.
    expect(state(world, made.json['id'])).toBe('offered');
    await world.settle(2 * MINUTE);
    expect([state(world, made.json['id']), kinds(world, 'fnd_two')]).toEqual(['expired', []]);
    const view = await world.call('GET', `/v1/applications/${made.json['id']}`, { key: world.keys.secret });
    expect(view.json).toMatchObject({ status: 'expired', reasons: [{ code: 'deadline' }], offers: [{ status: 'expired' }] });
    await world.close();
  });

  it.each([
    ['a fee', { aprBps: 2_000, feeFen: 200_000 }],
    ['its rate', { aprBps: 2_500 }],
  ] as const)('above the cost cap because of %s is kept from the borrower, taken back, and the next funder is asked', async (_, terms) => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'cancel' ? cancels(ask) : approves(ask, terms)) });
    const made = await world.apply(person(1));
    await world.settle(1_000);
    expect([offers(world, made.json['id']), kinds(world)]).toEqual([
      [
        ['one', 'blocked'],
        ['two', 'open'],
      ],
      ['submit', 'cancel'],
    ]);
    expect(world.service.deps.store.feed.eventsOf(made.json['id'], 0).find(({ type }) => type === 'offer.blocked')?.data).toMatchObject({
      why: 'above_cost_cap',
    });
    expect([state(world, made.json['id']), attempts(world, made.json['id']).at(-1)]).toEqual(['offered', ['two', 'approved']]);
    const view = await world.call('GET', `/v1/applications/${made.json['id']}`, { key: world.keys.secret });
    expect((view.json['offers'] as unknown as { funder: { id: string } }[]).map((offer) => offer.funder.id)).toEqual(['fnd_two']);
    await world.close();
  });

  it('that cannot be priced is none: the approval waits, loud, until it can be read', async () => {
    const short = {
      amount_fen: 2_000_000,
      term_months: 1,
      quoted_apr_bps: 1_000,
      instalments: [{ due_in_months: 1, principal_fen: 1_000_000, interest_fen: 0, fee_fen: 0 }],
    };
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.before < 2 ? order(ask, { status: 'approved', offer: short }) : approves(ask)) });
    const made = await world.apply(person(1));
    expect([attempts(world, made.json['id']), offers(world, made.json['id'])]).toEqual([[['one', 'pending']], []]);
    expect(world.service.deps.store.feed.eventsOf(made.json['id'], 0).find(({ type }) => type === 'attempt.alarm')?.data).toMatchObject({
      alarm: 'unrecognised_status',
      detail: 'approved_without_readable_offer',
    });
    await world.settle(20_000);
    expect(offers(world, made.json['id'])).toEqual([['one', 'open']]);
    await world.close();
  });

  it('within the cap for its funder’s type and date is open: caps are records, and another day another cap', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'cancel' ? cancels(ask) : approves(ask, { aprBps: 1_900 })) });
    expect(offers(world, (await world.apply(person(1))).json['id'])).toEqual([['one', 'open']]);
    await change(world, 'cost_cap', 'cn-bank-2025', (body) => ({ ...body, id: 'cn-bank-2025', max_apr_bps: 1_800 }));
    expect(offers(world, (await world.apply(person(2))).json['id'])).toEqual([
      ['one', 'blocked'],
      ['two', 'open'],
    ]);
    await world.close();
  });
});
