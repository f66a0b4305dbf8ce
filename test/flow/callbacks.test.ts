/** Funders calling in: late, twice, out of order, about nothing of ours, and forged. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeWorld } from '../world.ts';
import { attempts, cancels, decides, eventsOf, funder, knowsNot, offerOf, person, scripted, state, type ScriptedWorld } from './scripted.ts';

const TWO = [funder('one', 1), funder('two', 2)];
const callbacks = (world: ScriptedWorld): { state: string; detail: string | null; attempt_id: string | null }[] =>
  world.db.all(sql`SELECT state, detail, attempt_id FROM callbacks ORDER BY rowid`);
const approval = { status: 'approved', offer: offerOf() };

/** One application that waits for `fnd_one`. */
async function waiting(): Promise<{ world: ScriptedWorld; id: string; ref: string }> {
  const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'cancel' ? cancels(ask) : decides(ask)) });
  const id = (await world.apply(person(1))).json['id'] as string;
  return { world, id, ref: world.service.deps.store.dispatch.ofApplication(id)[0]!.id };
}

describe('a callback', () => {
  it('is stored before it is acknowledged, and then applied', async () => {
    const { world, id, ref } = await waiting();
    const acknowledged = world.callBack('fnd_one', ref, approval);
    expect([(await acknowledged).status, (await acknowledged).json]).toEqual([200, { received: true }]);
    await world.settle();
    expect([callbacks(world), state(world, id)]).toEqual([[{ state: 'processed', detail: 'applied', attempt_id: ref }], 'offered']);
    // What was said is kept sealed: nothing of it can be read in the table.
    const [raw] = world.db.all<{ raw_sealed: Uint8Array }>(sql`SELECT raw_sealed FROM callbacks`);
    expect(Buffer.from(raw!.raw_sealed).toString('latin1')).not.toContain(ref);
    await world.close();
  });

  it('that we died after storing is taken up by its timer', async () => {
    const { world, id, ref } = await waiting();
    const { deps } = world.service;
    // The effect is lost as in a crash; the row and its timer are not.
    const act = deps.act;
    Object.assign(deps, { act: () => undefined });
    await world.callBack('fnd_one', ref, approval);
    Object.assign(deps, { act });
    await world.settle();
    expect([callbacks(world).map((row) => row.state), state(world, id)]).toEqual([['received'], 'pending']);
    await world.settle(21_000);
    expect([callbacks(world).map((row) => row.state), state(world, id)]).toEqual([['processed'], 'offered']);
    await world.close();
  });

  it('sent three times is applied once, by its message id or, where it has none, by its bytes', async () => {
    const { world, id, ref } = await waiting();
    const atMs = world.clock.nowMs();
    for (let n = 0; n < 3; n += 1) {
      expect((await world.callBack('fnd_one', ref, approval, { messageId: 'same', atMs })).status).toBe(200);
      await world.settle(100);
    }
    expect(callbacks(world)).toHaveLength(1);
    expect(eventsOf(world, id).filter((type) => type === 'offer.created')).toHaveLength(1);
    // Two at once, too.
    await Promise.all([1, 2].map(() => world.callBack('fnd_one', ref, approval, { messageId: 'other', atMs })));
    await world.settle();
    expect(callbacks(world).map(({ detail }) => detail)).toEqual(['applied', 'stale']);
    await world.close();
  });

  it('older than what is known changes nothing: by its own time, not by its arrival', async () => {
    const { world, id, ref } = await waiting();
    const atMs = world.clock.nowMs();
    await world.callBack('fnd_one', ref, { status: 'declined', decline: { code: 'credit_score' } }, { messageId: 'newer', atMs: atMs + 2_000 });
    await world.settle();
    expect(attempts(world, id)).toEqual([
      ['one', 'declined'],
      ['two', 'approved'],
    ]);
    await world.callBack('fnd_one', ref, { status: 'reviewing' }, { messageId: 'older', atMs: atMs + 1_000 });
    await world.callBack('fnd_one', ref, approval, { messageId: 'oldest', atMs });
    await world.settle();
    expect([attempts(world, id), callbacks(world).map(({ detail }) => detail)]).toEqual([
      [
        ['one', 'declined'],
        ['two', 'approved'],
      ],
      ['applied', 'stale', 'stale'],
    ]);
    await world.close();
  });

  it('that overtakes the reply to the submit is not undone by it', async () => {
    const world = await scripted(TWO);
    world.scripts['fnd_one'] = (ask) => {
      if (ask.kind !== 'submit') return knowsNot();
      void world.callBack('fnd_one', ask.ref, approval, { atMs: ask.atMs + 5 });
      return 'hang';
    };
    const made = await world.apply(person(1));
    expect(made.json['status']).toBe('offered');
    await world.settle(60_000);
    expect(attempts(world, made.json['id'])).toEqual([['one', 'approved']]);
    await world.close();
  });

  it('about no order, or about another funder’s, is kept as unmatched and acknowledged', async () => {
    const { world, id, ref } = await waiting();
    expect((await world.callBack('fnd_one', 'att_0000000000000000000000', approval)).status).toBe(200);
    expect((await world.callBack('fnd_two', ref, approval)).status).toBe(200);
    await world.settle();
    expect([callbacks(world).map((row) => [row.state, row.detail]), attempts(world, id)]).toEqual([
      [
        ['unmatched', 'no such order'],
        ['unmatched', 'no such order'],
      ],
      [['one', 'pending']],
    ]);
    expect(world.logged.filter(({ event }) => event === 'callback.not_applied')).toHaveLength(2);
    await world.close();
  });

  it('with a wrong signature is recorded, refused and changes nothing; the right one after it does', async () => {
    const { world, id, ref } = await waiting();
    const forged = await world.callBack('fnd_one', ref, approval, { forged: true });
    expect([forged.status, state(world, id), callbacks(world)]).toEqual([
      401,
      'pending',
      [{ state: 'forged', detail: 'wrong signature', attempt_id: null }],
    ]);
    expect(world.logged.find(({ event }) => event === 'callback.forged')?.fields).toEqual({ funder: 'fnd_one', why: 'wrong signature' });
    expect((await world.callBack('fnd_one', ref, approval)).status).toBe(200);
    await world.settle();
    expect(state(world, id)).toBe('offered');
    expect((await world.callBack('fnd_nobody', ref, approval)).status).toBe(404);
    await world.close();
  });

  it('in words nobody knows leaves it pending, and loud', async () => {
    const { world, id, ref } = await waiting();
    await world.callBack('fnd_one', ref, { status: 'contemplating' });
    await world.settle();
    expect(attempts(world, id)).toEqual([['one', 'pending']]);
    expect(world.service.deps.store.feed.eventsOf(id, 0).at(-1)).toMatchObject({
      type: 'attempt.alarm',
      data: { alarm: 'unrecognised_status', detail: 'contemplating' },
    });
    await world.close();
  });

  it('after the borrower was erased leaves no word of it behind', async () => {
    const { world, id, ref } = await waiting();
    expect((await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: id } })).status).toBe(201);
    await world.callBack('fnd_one', ref, approval);
    await world.settle(1_000);
    expect(state(world, id)).toBe('erased');
    expect(world.db.all(sql`SELECT count(*) AS n FROM callbacks WHERE raw_sealed IS NOT NULL AND attempt_id IS NOT NULL`)).toEqual([{ n: 0 }]);
    expect(world.db.all(sql`SELECT count(*) AS n FROM offers WHERE state = 'open'`)).toEqual([{ n: 0 }]);
    await world.close();
  });
});

describe('the sandbox’s own callbacks', () => {
  it.each([
    { how: 'three times and out of order', phone: '13800000005' },
    { how: 'forged first', phone: '13800000008' },
  ])('$how: one offer', async ({ phone }) => {
    const world = await makeWorld();
    const made = await world.apply({ phone });
    await world.settle(10_000);
    expect(world.service.deps.store.applications.byId(made.json['id'])!.state).toBe('offered');
    expect(world.service.deps.store.offers.ofApplication(made.json['id'])).toHaveLength(1);
    await world.close();
  });
});
