/** Objects that are evicted in the middle of their work, cannot read what is theirs, cannot start, or have no desk: in workerd, with its storage and its alarms. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alarmOf, cell, desk, NEVER, ring, run, startService, until, type EdgeService } from './world.ts';

/** All funders say yes to the first, and no to the other. */
const [APPROVED, DECLINED] = ['13800000001', '13800000003'];
/** Beyond the six failures after which the platform calls no more. */
const MANY = 8;
/** A submit's own time and the grace of an effect are over, and what the funder does not know may still be on its way. */
const INTERRUPTED_MS = 25_000;

let service: EdgeService;
beforeEach(() => {
  service = startService();
});
afterEach(() => service.close());

describe('a cell evicted between handing over and the answer', () => {
  /** Applies, lets the first submit go as far as told, and ends the cell there. Resolves once it has come back by its own alarm, and asked. */
  async function interrupted(
    phone: string,
    submit: (goOn: () => Promise<Response>) => Promise<unknown>,
  ): Promise<{ readonly id: unknown; readonly first: string }> {
    let first: string | null = null;
    let handed = false;
    service.state.watch = (sent, goOn) => {
      if (first !== null) return null;
      first = sent.funder;
      return submit(goOn).then(() => {
        handed = true;
        return NEVER;
      });
    };
    const { status, json } = await service.apply(phone);
    expect(status).toBe(201);
    await until('it is handed over', () => handed);
    expect(await run(cell(), 'SELECT state FROM attempts')).toEqual([{ state: 'submitting' }]);
    service.leap(INTERRUPTED_MS);
    await service.alarmNow(cell(), true);
    // Nobody asks after it: the platform's alarm wakes it.
    await until('it has asked', () => service.sent.length > 1);
    expect(service.sent.map(({ funder, method }) => [funder, method])).toEqual([
      [first, 'POST'],
      [first, 'GET'],
    ]);
    return { id: json['id'], first: first! };
  }
  const asked = (): (string | null)[] => service.sent.map(({ funder }) => funder);
  const submitsTo = (funder: string): number => service.sent.filter((sent) => sent.funder === funder && sent.method === 'POST').length;

  it('hears of the approval, and has asked nobody twice and nobody else', async () => {
    const { id, first } = await interrupted(APPROVED!, (goOn) => goOn());
    const { json } = await service.reached(id, 'offered');
    expect((json['attempts'] as unknown[]).length).toBe(1);
    expect([submitsTo(first), new Set(asked())]).toEqual([1, new Set([first])]);
  });

  it('hears that it was declined, and only then asks another', async () => {
    const { first } = await interrupted(DECLINED!, (goOn) => goOn());
    await until('another is asked', () => asked().some((funder) => funder !== first));
    expect(submitsTo(first)).toBe(1);
  });

  it('asks another when it is sure that the first never had it, and not before', async () => {
    const { id, first } = await interrupted(APPROVED!, async () => undefined);
    await until('the answer is in', async () => (await run<{ polls: number }>(cell(), 'SELECT polls FROM attempts'))[0]!.polls > 0);
    expect(new Set(asked())).toEqual(new Set([first]));
    service.leap(15_000);
    await ring(cell());
    const { json } = await service.reached(id, 'offered');
    expect((json['attempts'] as { status: string }[]).map(({ status }) => status)).toEqual(['failed', 'approved']);
    expect(submitsTo(first)).toBe(1);
  });
});

describe('an alarm', () => {
  it('that cannot read the timers goes off again and again, and once it can the work is done', async () => {
    const { json } = await service.apply(APPROVED!);
    await service.reached(json['id'], 'offered');
    await run(cell(), 'ALTER TABLE timers RENAME TO hidden');
    for (let round = 0; round < MANY; round += 1) {
      await service.alarmNow(cell());
      await until('the platform called', async () => ((await alarmOf(cell())) ?? 0) > Date.now() + 10_000);
    }
    await run(cell(), 'ALTER TABLE hidden RENAME TO timers', `UPDATE timers SET due_at_ms = 1 WHERE kind = 'desk' AND ref = 'ship'`);
    await service.alarmNow(cell());
    const of = `application_id = '${json['id'] as string}'`;
    const told = await run(cell(), `SELECT type, application_seq FROM events WHERE ${of} ORDER BY seq`);
    expect(told.length).toBeGreaterThan(3);
    await until('the desk has it', async () => (await run(desk(), `SELECT 1 FROM events WHERE ${of}`)).length === told.length);
    expect(await run(desk(), `SELECT type, application_seq FROM events WHERE ${of} ORDER BY seq`)).toEqual(told);
  });

  it('whose work throws has it done once the fault is gone', async () => {
    let up = false;
    service.state.watch = ({ url }) => (url.host === 'receiver.test' ? Promise.resolve(new Response(null, { status: up ? 204 : 500 })) : null);
    const endpoint = { url: 'https://receiver.test/hook', types: ['application.offered'] };
    expect((await service.call('POST', '/v1/webhook-endpoints', service.keys.operator, endpoint)).status).toBe(201);
    const { json } = await service.apply(APPROVED!);
    await service.reached(json['id'], 'offered');
    const delivery = async () =>
      (await run<{ tries: number; due_at_ms: number }>(cell(), `SELECT tries, due_at_ms FROM timers WHERE kind = 'delivery'`))[0];
    await until('it was tried in vain', async () => (await run(cell(), `SELECT 1 FROM deliveries WHERE tries > 0`)).length > 0);
    await run(cell(), 'ALTER TABLE deliveries RENAME TO hidden');
    for (let round = 0; round < MANY; round += 1) {
      const { tries } = (await delivery())!;
      await run(cell(), `UPDATE timers SET due_at_ms = 1 WHERE kind = 'delivery'`);
      await service.alarmNow(cell());
      await until('it was pushed back', async () => (await delivery())!.tries > tries);
      expect(await alarmOf(cell())).toBeGreaterThan(Date.now());
    }
    // Not as often as a machine can, by now.
    expect((await delivery())!.due_at_ms - Date.now()).toBeGreaterThan(60_000);
    await run(cell(), 'ALTER TABLE hidden RENAME TO deliveries');
    up = true;
    await run(cell(), `UPDATE timers SET due_at_ms = 1 WHERE kind = 'delivery'`);
    await service.alarmNow(cell());
    await until('it is delivered', async () => (await run(cell(), `SELECT 1 FROM deliveries WHERE state = 'delivered'`)).length === 1);
    expect(await delivery()).toBeUndefined();
  });
});

/** As a deployment finds it that brings two migrations, the first of them wrong: its first statements go through, a later one does not. */
const BROKEN = [`DELETE FROM migrations WHERE name >= '0011'`, 'DROP TABLE feed_segments', 'ALTER TABLE funnel_rollups DROP COLUMN reloan'];
const NEW = 2;
const LATER = ['applications_quarantined', 'applications_state', 'applications_channel', 'attempts_state', 'deliveries_open'];
const MENDED = ['DROP TABLE channel_spend', ...LATER.map((index) => `DROP INDEX ${index}`)];
const tablesOf = (object: unknown): Promise<unknown[]> =>
  run(object, `SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`);

describe('an object that cannot start', () => {
  it('says so, keeps what it has and its alarm, and starts once its migration is mended', async () => {
    const { json } = await service.apply(APPROVED!);
    await service.reached(json['id'], 'offered');
    const whole = await tablesOf(cell());
    const applied = await run(cell(), 'SELECT name, applied_at_ms FROM migrations ORDER BY name');
    await run(cell(), ...BROKEN);
    const [before, kept] = [await tablesOf(cell()), await run(cell(), 'SELECT * FROM applications')];
    for (let round = 0; round < MANY; round += 1) {
      await service.alarmNow(cell(), round % 4 === 0);
      await until('the platform called', async () => ((await alarmOf(cell())) ?? 0) > Date.now() + 10_000);
      const reply = await service.view(json['id']);
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
    }
    expect([await tablesOf(cell()), await run(cell(), 'SELECT * FROM applications')]).toEqual([before, kept]);
    await run(cell(), ...MENDED);
    await service.alarmNow(cell());
    expect((await service.reached(json['id'], 'offered')).status).toBe(200);
    const now = await run<{ name: string; applied_at_ms: number }>(cell(), 'SELECT name, applied_at_ms FROM migrations ORDER BY name');
    expect([await tablesOf(cell()), now.map(({ name }) => name), now.slice(0, -NEW)]).toEqual([
      whole,
      (applied as typeof now).map(({ name }) => name),
      applied.slice(0, -NEW),
    ]);
  });
});

describe.each<[string, () => void | Promise<void>, () => void | Promise<void>]>([
  [
    'throws',
    () => {
      service.state.deskAway = true;
    },
    () => {
      service.state.deskAway = false;
    },
  ],
  [
    'cannot start',
    async () => {
      await run(desk(), ...BROKEN);
      await service.alarmNow(desk(), true);
    },
    async () => {
      await run(desk(), ...MENDED);
      await ring(desk());
    },
  ],
])('a desk that %s', (_, away, back) => {
  it('keeps no borrower from an offer out of the quota that is lent, only operators from what is theirs', async () => {
    const offered = async (): Promise<unknown> => {
      const { status, json } = await service.apply(APPROVED!);
      expect(status).toBe(201);
      const reached = await service.reached(json['id'], 'offered');
      expect((reached.json['attempts'] as { funder: { id: string } }[]).map(({ funder }) => funder.id)).toEqual(['fnd_river']);
      return json['id'];
    };
    const lease = async () =>
      (await run<{ leased: number; used: number }>(cell(), `SELECT leased, used FROM cap_leases WHERE funder_id = 'fnd_river'`))[0]!;
    const records = (): Promise<{ readonly status: number; readonly headers: Headers }> =>
      service.call('GET', '/v1/desk/records/funder/fnd_river', service.keys.operator);
    await offered();
    expect((await records()).status).toBe(200);
    const { leased } = await lease();
    await away();
    // The copy has grown so old that a request would rather wait for a newer one.
    service.leap(11_000);
    const ids = [await offered(), await offered()];
    expect(await lease()).toEqual({ leased, used: 3 });
    const refused = await records();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    const of = `application_id IN ('${ids.join(`', '`)}')`;
    const told = await run(cell(), `SELECT type, application_id, application_seq FROM events WHERE ${of} ORDER BY seq`);
    expect([told.length > 6, await run(desk(), `SELECT 1 FROM events WHERE ${of}`)]).toEqual([true, []]);
    await back();
    service.leap(31_000);
    await ring(cell());
    await until('the desk has them', async () => (await run(desk(), `SELECT 1 FROM events WHERE ${of}`)).length === told.length);
    expect(await run(desk(), `SELECT type, application_id, application_seq FROM events WHERE ${of} ORDER BY seq`)).toEqual(told);
    expect((await records()).status).toBe(200);
  });
});
