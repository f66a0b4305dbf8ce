/** The one schedule: nothing due waits for the next look, nothing that fails is lost, and stopping means stopping. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createDrain } from '../../src/flow/drain-timers.ts';
import { decides, funder, person, reply, scripted, state, type ScriptedWorld } from './scripted.ts';

const ONE = [funder('one', 1)];
const overdue = (world: ScriptedWorld): number =>
  world.db.get<{ n: number }>(sql`SELECT count(*) AS n FROM timers WHERE kind = 'application' AND due_at_ms <= ${world.clock.nowMs()}`)!.n;

describe('the drain', () => {
  it('works off a backlog of any size at once, not a batch a second', async () => {
    const world = await scripted(ONE);
    // Of applications that are not there, so that each is only looked at and cleared.
    await world.service.deps.commit((tx) => {
      for (let n = 0; n < 3_000; n += 1) tx.feed.setTimer('application', `app_${n}`, world.clock.nowMs() + 5_000);
    });
    await world.settle(4_999);
    expect(overdue(world)).toBe(0);
    await world.settle(1);
    await world.settle(50);
    expect([overdue(world), world.db.get(sql`SELECT count(*) AS n FROM timers WHERE ref LIKE 'app\\_%' ESCAPE '\\'`)]).toEqual([0, { n: 0 }]);
    await world.close();
  });

  it('pushes back what throws, ever further, tells of it without its words, and goes on with the rest', async () => {
    let broken = true;
    const world = await scripted(
      ONE,
      {},
      {
        receive: () => {
          if (broken) throw new Error('13800000001 is a phone');
          return reply(204, '');
        },
      },
    );
    const endpoint = await world.call('POST', '/v1/webhook-endpoints', {
      key: world.roleKeys.operator,
      json: { url: 'https://hooks.example/', types: ['application.submitted'] },
    });
    const made = await world.apply(person(1));
    expect(state(world, made.json['id'])).toBe('offered');
    const failures = (): unknown[] => world.logged.filter(({ event }) => event === 'timer.failed').map(({ fields }) => fields['tries']);
    await world.settle(20_100);
    expect(failures()).toEqual([0]);
    await world.settle(5_100);
    expect(failures()).toEqual([0, 1]);
    await world.settle(9_000);
    expect(failures()).toEqual([0, 1]);
    await world.settle(1_100);
    expect(failures()).toEqual([0, 1, 2]);
    expect(JSON.stringify(world.logged)).not.toContain('13800000001 is');
    broken = false;
    await world.settle(25_000);
    expect(world.service.deps.store.feed.deliveriesOf({ endpointId: endpoint.json['id'], limit: 9 }).map((row) => row.state)).toEqual(['delivered']);
    await world.close();
  });

  it('stopped takes up nothing; started again takes up what fell due meanwhile', async () => {
    const world = await scripted(ONE, { fnd_one: decides });
    const made = await world.apply(person(1));
    await world.service.drain.stop();
    const asked = world.asks.length;
    await world.clock.advance(3_600_000);
    expect([world.asks.length, state(world, made.json['id'])]).toEqual([asked, 'pending']);
    await world.service.drain.start();
    await world.settle(1_000);
    expect(state(world, made.json['id'])).toBe('expired');
    await world.close();
  });

  it('started twice, or by two at once, does nothing twice', async () => {
    const world = await scripted(ONE, { fnd_one: decides });
    const second = createDrain(() => world.service.deps);
    await Promise.all([world.service.drain.start(), second.start()]);
    await world.apply(person(1));
    await world.settle(10_000);
    const { store } = world.service.deps;
    expect(store.feed.eventsSince(0, 100).filter(({ type }) => type === 'attempt.pending')).toHaveLength(1);
    expect(world.db.all(sql`SELECT kind FROM timers WHERE kind IN ('housekeeping', 'learn') ORDER BY kind`)).toEqual([
      { kind: 'housekeeping' },
      { kind: 'learn' },
      { kind: 'learn' },
    ]);
    await second.stop();
    await world.close();
  });
});

describe('housekeeping', () => {
  it('drops replies after a week, verifications after two days and unclaimed photos after one; photos in use stay', async () => {
    const world = await scripted(ONE);
    const { store, objects } = world.service.deps;
    await world.apply(person(1));
    await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone: person(2).phone } });
    const form = new FormData();
    form.set('kind', 'id_front');
    form.set('file', new Blob([new Uint8Array([0xff, 0xd8, 0xff])]));
    const request = new Request('http://millrace.test/v1/documents', {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${world.keys.secret}` },
    });
    const { id } = (await (await world.app.request(request)).json()) as { id: string };
    const counts = (): unknown =>
      world.db.get(
        sql`SELECT (SELECT count(*) FROM idempotency) AS replies, (SELECT count(*) FROM phone_verifications) AS codes, (SELECT count(*) FROM documents) AS photos`,
      );
    expect([counts(), await objects.get(id)]).toEqual([{ replies: 1, codes: 1, photos: 3 }, expect.any(Uint8Array)]);
    await world.leap(24 * 3_600_000 + 700_000);
    expect([counts(), await objects.get(id), store.intake.document(id)]).toEqual([{ replies: 1, codes: 1, photos: 2 }, null, undefined]);
    await world.leap(24 * 3_600_000);
    expect(counts()).toEqual({ replies: 1, codes: 0, photos: 2 });
    await world.leap(5 * 24 * 3_600_000);
    expect(counts()).toEqual({ replies: 0, codes: 0, photos: 2 });
    await world.close();
  });
});
