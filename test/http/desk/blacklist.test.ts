import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeWorld, type Reply, type World } from '../../world.ts';

const PHONE = '13911112222';
const ID_NUMBER = '110105199003072338';

const add = (world: World, entries: readonly object[]): Promise<Reply> =>
  world.call('POST', '/v1/desk/blacklist', { key: world.roleKeys.risk, json: { entries } });
const addCsv = (world: World, body: string | Uint8Array): Promise<Reply> =>
  world.call('POST', '/v1/desk/blacklist', { key: world.roleKeys.risk, body, headers: { 'content-type': 'text/csv; charset=utf-8' } });
const list = (world: World): Promise<Reply> => world.call('GET', '/v1/desk/blacklist', { key: world.roleKeys.risk });
const faultsOf = (reply: Reply): [string, string][] =>
  (reply.json['errors'] as unknown as { pointer: string; code: string }[]).map((each) => [each.pointer, each.code]);
const count = (world: World): number => world.db.all<{ n: number }>(sql`SELECT count(*) AS n FROM blacklist`)[0]!.n;

describe('the blacklist', () => {
  it('refuses the listed by phone, ID number or device, in whatever way the value was written, from the next application on', async () => {
    for (const [kind, value, applicant, more] of [
      ['phone', '+86 139-1111-2222', { phone: PHONE }, {}],
      ['id_number', '１１０１０５１９９００３０７２３３８', {}, {}],
      ['device', ' dev-1 ', {}, { visit: { device_id: 'dev-1' } }],
    ] as const) {
      const world = await makeWorld();
      expect((await add(world, [{ kind, value, reason: 'fraud' }])).json).toEqual({ added: 1, known: 0 });
      const view = await world.apply(applicant, {}, more);
      expect(view.json['status']).toBe('refused');
      // The borrower is not told that there is a list; the operator is told which entry it was.
      expect((view.json['reasons'] as unknown as { code: string }[]).map(({ code }) => code)).toEqual(['operator_rule']);
      const seen = await world.call('GET', `/v1/desk/applications/${view.json['id']}`, { key: world.roleKeys.risk });
      expect(seen.json['reasons']).toEqual([{ code: 'blacklisted', detail: `by ${kind}: fraud` }]);
    }
  });

  it('lists marks and no values, and keeps values nowhere', async () => {
    const world = await makeWorld();
    await add(world, [
      { kind: 'phone', value: PHONE, reason: 'fraud' },
      { kind: 'id_number', value: ID_NUMBER, reason: 'court order' },
    ]);
    const listed = await list(world);
    expect(
      (listed.json['data'] as unknown as { kind: string; reason: string; author: string }[])
        .map(({ kind, reason, author }) => [kind, reason, author].join())
        .toSorted(),
    ).toEqual(['id_number,court order,key_risk', 'phone,fraud,key_risk']);
    const audit = await world.call('GET', '/v1/desk/audit', { key: world.roleKeys.risk });
    const stored = JSON.stringify([
      world.db.all(sql`SELECT * FROM blacklist`),
      world.db.all(sql`SELECT * FROM audit`),
      audit.text,
      listed.text,
      world.logged,
    ]);
    expect(stored).not.toContain(PHONE);
    expect(stored).not.toContain(ID_NUMBER);
    expect(audit.json['data']).toMatchObject([{ action: 'blacklist.added', detail: { added: 2, known: 0 } }]);
  });

  it('counts what was listed before, and leaves no second audit row for nothing', async () => {
    const world = await makeWorld();
    await add(world, [{ kind: 'phone', value: PHONE, reason: 'first' }]);
    expect((await add(world, [{ kind: 'phone', value: `0086${PHONE}`, reason: 'second' }])).json).toEqual({ added: 0, known: 1 });
    expect((await list(world)).json['data']).toMatchObject([{ reason: 'first' }]);
    expect(world.service.deps.store.desk.auditAll()).toHaveLength(1);
  });

  it('takes entries off by value or by mark', async () => {
    const world = await makeWorld();
    await add(world, [
      { kind: 'phone', value: PHONE, reason: 'x' },
      { kind: 'device', value: 'dev-1', reason: 'x' },
    ]);
    const drop = (json: object): Promise<Reply> => world.call('DELETE', '/v1/desk/blacklist', { key: world.roleKeys.operator, json });
    expect((await drop({ kind: 'phone', value: '139 1111 2222' })).status).toBe(204);
    expect((await drop({ kind: 'phone', value: PHONE })).status).toBe(404);
    const [left] = (await list(world)).json['data'] as unknown as { kind: string; mark: string }[];
    expect((await drop({ kind: 'phone', mark: left!.mark })).status).toBe(404);
    expect((await drop({ kind: left!.kind, mark: left!.mark })).status).toBe(204);
    expect(world.service.desk.hasBlacklist()).toBe(false);
    expect((await drop({ kind: 'phone' })).status).toBe(422);
    expect((await world.apply({ phone: PHONE })).json['status']).not.toBe('refused');
  });

  it('pages through many', async () => {
    const world = await makeWorld();
    await add(
      world,
      Array.from({ length: 45 }, (_, index) => ({ kind: 'device', value: `device-${index}`, reason: `r${index}` })),
    );
    const seen = new Set<string>();
    let path = '/v1/desk/blacklist?limit=20';
    for (let page = 0; page < 5 && path !== ''; page += 1) {
      const reply = await world.call('GET', path, { key: world.roleKeys.risk });
      for (const { reason } of reply.json['data'] as unknown as { reason: string }[]) seen.add(reason);
      path = reply.json['next_cursor'] === null ? '' : `/v1/desk/blacklist?limit=20&cursor=${reply.json['next_cursor']}`;
    }
    expect(seen.size).toBe(45);
  });
});

describe('an import', () => {
  it('takes CSV with or without a heading', async () => {
    const world = await makeWorld();
    expect((await addCsv(world, `\ufeffkind,value,reason\r\nphone,${PHONE},"fraud, twice"\r\n\r\nid_number,${ID_NUMBER},court\r\n`)).json).toEqual({
      added: 2,
      known: 0,
    });
    expect((await addCsv(world, 'device,dev-9,bonus hunter')).json).toEqual({ added: 1, known: 0 });
    expect((await list(world)).text).toContain('fraud, twice');
  });

  it('names every faulty line and stores none of the others', async () => {
    const world = await makeWorld();
    const lines = [
      'kind,value,reason',
      `phone,${PHONE},good`,
      'phone,12345,short',
      `id_number,${ID_NUMBER.slice(0, 17)}9,typo`,
      'device,,empty',
      'email,a@b.c,what',
      `phone,${PHONE}`,
      `device,d,see ${PHONE}`,
    ];
    const refused = await addCsv(world, lines.join('\n'));
    expect(refused.status).toBe(422);
    expect(faultsOf(refused)).toEqual([
      ['/lines/5/value', 'length'],
      ['/lines/6/kind', 'not_one_of'],
      ['/lines/7', 'columns'],
    ]);
    const again = await addCsv(world, lines.filter((_, index) => ![4, 5, 6].includes(index)).join('\n'));
    expect(faultsOf(again)).toEqual([
      ['/lines/3/value', 'phone_too_short'],
      ['/lines/4/value', 'id_number_checksum'],
      ['/lines/5/reason', 'number_in_reason'],
    ]);
    expect(refused.text + again.text).not.toContain(PHONE);
    expect(count(world)).toBe(0);
  });

  it('takes no reason with a number in it, however it is written', async () => {
    const world = await makeWorld();
    for (const number of ['139-1111-2222', '139.1111.2222', '(139)1111/2222', '１３９１１１１２２２２'])
      expect([number, faultsOf(await add(world, [{ kind: 'device', value: 'a', reason: `see ${number}` }]))]).toEqual([
        number,
        [['/entries/0/reason', 'number_in_reason']],
      ]);
    expect((await add(world, [{ kind: 'device', value: 'a', reason: 'case 2024/0117' }])).json).toEqual({ added: 1, known: 0 });
  });

  it('points into the list when it is JSON', async () => {
    const world = await makeWorld();
    expect(
      faultsOf(
        await add(world, [
          { kind: 'device', value: 'a', reason: 'x' },
          { kind: 'phone', value: '139', reason: 'x' },
        ]),
      ),
    ).toEqual([['/entries/1/value', 'phone_too_short']]);
    expect(faultsOf(await add(world, [{ kind: 'ip', value: 'a', reason: 'x' }]))).toEqual([['/entries/0/kind', 'not_one_of']]);
    expect((await add(world, [])).status).toBe(422);
    expect(count(world)).toBe(0);
  });

  it('refuses what is not UTF-8, not CSV, too large or of another type', async () => {
    const world = await makeWorld();
    expect(faultsOf(await addCsv(world, Uint8Array.of(0xd6, 0xd0, 0x2c)))).toEqual([['/lines/1', 'encoding']]);
    expect(faultsOf(await addCsv(world, 'phone,"1390'))).toEqual([['/lines/1', 'quote']]);
    expect(faultsOf(await addCsv(world, 'kind,value,reason\n'))).toEqual([['', 'lines']]);
    expect((await addCsv(world, 'x'.repeat(4 * 1024 * 1024 + 1))).status).toBe(413);
    expect(
      (await world.call('POST', '/v1/desk/blacklist', { key: world.roleKeys.risk, body: 'a', headers: { 'content-type': 'text/plain' } })).status,
    ).toBe(415);
  });

  it('keeps the reply small however many lines are faulty', async () => {
    const world = await makeWorld();
    const refused = await addCsv(world, Array.from({ length: 5_000 }, () => 'phone,1,x').join('\n'));
    expect(faultsOf(refused)).toHaveLength(100);
  });
});
