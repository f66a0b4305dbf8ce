/** A borrower's whole way through a service of many cells: one home, whatever comes in and wherever; and more cells without moving anybody. */
import { afterEach, expect, it } from 'vitest';
import { double as harbor } from '../../adapters/harbor-json/double.ts';
import { cellOf, mintId } from '../../src/domain/ids.ts';
import { cellOfMark, DESK_CELL } from '../../src/runtime/cells/generations.ts';
import type { Reply } from '../world.ts';
import { idNumberOf, makeCells, phoneOf, type Cells } from './world.ts';

let world: Cells;
afterEach(() => world.close());

const see = (id: unknown): Promise<Reply> => world.call('GET', `/v1/applications/${id as string}`, { key: world.keys.secret });
const desk = (path: string): Promise<Reply> => world.call('GET', `/v1/desk/${path}`, { key: world.keys.operator });
const homeOf = (phone: string, count: number): number => cellOfMark(world.vault.blindIndex('phone', phone), count);

it('everybody has one home, is answered through callbacks that came in anywhere, and is in every list once', async () => {
  world = await makeCells();
  const made: Reply[] = [];
  for (let n = 0; n < 24; n += 1) made.push(await world.apply({ phone: phoneOf(n), id_number: idNumberOf(n) }));
  for (const [n, reply] of made.entries()) expect([reply.status, cellOf(reply.json['id'])]).toEqual([201, homeOf(phoneOf(n), 4)]);
  expect(new Set(made.map(({ json }) => cellOf(json['id']))).size).toBe(4);
  await world.settle(30_000);
  const ended = await Promise.all(made.map(({ json }) => see(json['id'])));
  expect(ended.map(({ json }) => json['status']).filter((status) => !['offered', 'declined', 'needs_borrower'].includes(status))).toEqual([]);
  // Funders call back to any cell; not one word is lost or lands where the order is not.
  const callbacks = await Promise.all([0, 1, 2, 3].map(async (cell) => (await world.service(cell)).deps.store.dispatch));
  const came = callbacks.flatMap((dispatch, cell) => FUNDERS.flatMap((id) => dispatch.recentCallbacks(id, 200).map((row) => ({ cell, ...row }))));
  expect(came.length).toBeGreaterThan(5);
  for (const { cell, state, attemptId } of came) if (state === 'processed') expect(cellOf(attemptId!)).toBe(cell);
  expect(came.filter(({ state }) => state === 'unmatched')).toEqual([]);
  expect(world.asked.some(({ path }) => path.startsWith('/internal/callbacks/'))).toBe(true);

  const [first, rest] = [await desk('applications?limit=10'), [] as string[]];
  for (let page = first; ; page = await desk(`applications?limit=10&cursor=${page.json['next_cursor']}`)) {
    rest.push(...(page.json['data'] as unknown as { id: string }[]).map(({ id }) => id));
    if (page.json['next_cursor'] === null) break;
  }
  expect(rest).toEqual(
    made
      .map(({ json }) => json['id'] as string)
      .toSorted()
      .toReversed(),
  );
  const total = (await desk('summary')).json['applications']['total'];
  expect(total).toBe(24);
  expect((await desk('applications?limit=x')).status).toBe(422);
});

const FUNDERS = ['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'];

it('a callback about a cell that there is not is 404, and wakes none but the one that read it', async () => {
  world = await makeCells({ cells: '4' });
  expect((await desk('summary')).status).toBe(200);
  const secrets = (await world.service(0)).deps.desk.funderSecrets('fnd_river');
  const forCell = (cell: number): Promise<Reply> => {
    const ref = mintId('att', cell, world.clock.nowMs(), new Uint8Array(10).fill(5));
    const order = { ref, funderRef: 'R1', status: 'reviewing', why: null, offer: null, loan: null, eventAtMs: world.clock.nowMs() } as const;
    const message = harbor.callback(order, `msg-${cell}`, secrets, world.clock.nowMs());
    return world.call('POST', '/v1/callbacks/fnd_river/decision', { body: message.body, headers: message.headers });
  };
  world.asked.length = 0;
  const nowhere = await forCell(77);
  expect([nowhere.status, world.asked.filter(({ to }) => to > 3 && to !== DESK_CELL)]).toEqual([404, []]);
  expect([...world.databases.keys()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, DESK_CELL]);
  // One that there is keeps it as unmatched: it has no such order.
  expect((await forCell(2)).status).toBe(200);
  expect((await world.service(2)).deps.store.dispatch.recentCallbacks('fnd_river', 5).length).toBe(1);
});

it('a second phone is no way around the duplicate window, whichever cells the two are at home in', async () => {
  world = await makeCells();
  const [a, b] = [0, 1, 2, 3].map((cell) => phoneWithHome(cell, 4)).slice(0, 2) as [string, string];
  const first = await world.apply({ phone: a, id_number: idNumberOf(7) });
  await world.settle(20_000);
  const second = await world.apply({ phone: b, id_number: idNumberOf(7) });
  expect([cellOf(first.json['id']), cellOf(second.json['id'])]).toEqual([0, 1]);
  expect(second.json['status']).toBe('refused');
  // Drafts, too, once they are complete.
  const draft = await world.apply({ phone: phoneWithHome(2, 4), id_number: idNumberOf(7) }, {}, { draft: true });
  expect(draft.json['status']).toBe('draft');
  const submitted = await world.call('POST', `/v1/applications/${draft.json['id']}/submit`, { key: world.keys.secret });
  expect(submitted.json['status']).toBe('refused');
  const other = await world.apply({ phone: phoneWithHome(3, 4), id_number: idNumberOf(8) });
  expect(other.json['status']).not.toBe('refused');
});

it('a photo goes to any cell, and to the borrower’s when it is named; once, and with its key', async () => {
  world = await makeCells();
  const upload = async (kind: string): Promise<string> => {
    const form = new FormData();
    form.set('kind', kind);
    form.set('file', new Blob([new Uint8Array(1_000)]), 'photo.jpg');
    const wrapped = new Response(form);
    const reply = await world.call('POST', '/v1/documents', {
      key: world.keys.secret,
      body: new Uint8Array(await wrapped.arrayBuffer()),
      headers: { 'content-type': wrapped.headers.get('content-type')! },
    });
    expect(reply.status).toBe(201);
    return reply.json['id'];
  };
  const documents: string[] = [];
  // Until they lie in two cells, neither of which the borrower is at home in.
  while (documents.length < 2) {
    const id = await upload(documents.length === 0 ? 'id_front' : 'id_back');
    if (documents.every((known) => cellOf(known) !== cellOf(id))) documents.push(id);
  }
  const home = [0, 1, 2, 3].find((cell) => documents.every((id) => cellOf(id) !== cell))!;
  const made = await world.apply({ phone: phoneWithHome(home, 4), id_number: idNumberOf(3) }, {}, { documents });
  expect([made.status, cellOf(made.json['id'])]).toEqual([201, home]);
  const { deps } = await world.service(home);
  for (const id of documents) {
    const row = deps.store.intake.document(id)!;
    expect(row.applicationId).toBe(made.json['id']);
    expect(deps.vault.openDataKey(`documents/${id}/data_key`, row.dataKey!)).toBeDefined();
    expect((await world.service(cellOf(id)!)).deps.store.intake.document(id)).toBeUndefined();
  }
  const again = await world.apply({ phone: phoneWithHome(cellOf(documents[0]!)!, 4), id_number: idNumberOf(4) }, {}, { documents });
  expect(again.status).toBe(422);
});

it('from 4 cells to 16: old ids answer, the known stay at home and are known, the new are spread over all', async () => {
  world = await makeCells({ cells: '4' });
  const old: { readonly phone: string; readonly id: string }[] = [];
  for (let n = 0; n < 10; n += 1) {
    const { json } = await world.apply({ phone: phoneOf(n), id_number: idNumberOf(n) });
    old.push({ phone: phoneOf(n), id: json['id'] });
  }
  await world.settle(20_000);
  const erased = await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: old[9]!.id } });
  expect(erased.status).toBe(201);
  await world.restart('4,16');
  for (const { id } of old) expect((await see(id)).status).toBe(200);
  for (const [n, { phone, id }] of old.entries()) {
    const again = await world.apply({ phone, id_number: idNumberOf(n) });
    // The erased as well: what is left of them is known where they were.
    expect([again.json['status'], cellOf(again.json['id'])]).toEqual(['refused', cellOf(id)]);
  }
  const fresh: Reply[] = [];
  for (let n = 100; n < 148; n += 1) fresh.push(await world.apply({ phone: phoneOf(n), id_number: idNumberOf(n) }));
  for (const [at, { status, json }] of fresh.entries()) expect([status, cellOf(json['id'])]).toEqual([201, homeOf(phoneOf(100 + at), 16)]);
  expect(new Set(fresh.map(({ json }) => cellOf(json['id']))).size).toBeGreaterThan(12);
  // Once asked after, known: the older homes are not asked again.
  const asks = (): number => world.asked.filter(({ path }) => path === '/internal/borrowers').length;
  const before = asks();
  await world.apply({ phone: phoneOf(120), id_number: idNumberOf(120) });
  expect(asks()).toBe(before);
  expect((await desk('summary')).json['applications']['total']).toBe(10 + 10 + 48 + 1);
});

it('a part that does not answer: its own borrowers are told to come again, others go on, and no list pretends to be whole', async () => {
  world = await makeCells();
  const [here, there] = [phoneWithHome(0, 4), phoneWithHome(1, 4)];
  await desk('summary');
  world.cut.add(1);
  const [mine, theirs] = [
    await world.apply({ phone: here, id_number: idNumberOf(1) }),
    await world.apply({ phone: there, id_number: idNumberOf(2) }),
  ];
  expect([mine.status, theirs.status, theirs.headers.get('retry-after')]).toEqual([201, 503, '1']);
  expect((await desk('summary')).status).toBe(503);
});

it('a verification of one phone is none of another, at home in the same cell or in another', async () => {
  world = await makeCells();
  const phone = phoneWithHome(0, 4);
  const begun = await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone } });
  const id = begun.json['id'] as string;
  await world.call('POST', `/v1/phone-verifications/${id}/confirm`, { key: world.keys.secret, json: { code: '000000' } });
  for (const home of [1, 2, 3]) {
    const swapped = await world.apply({ phone: phoneWithHome(home, 4), id_number: idNumberOf(home), phone_verification_id: id });
    expect([swapped.status, (swapped.json['errors'] as unknown as { code: string }[]).map(({ code }) => code)]).toEqual([422, ['other_phone']]);
  }
  expect((await world.apply({ phone, id_number: idNumberOf(9), phone_verification_id: id })).status).toBe(201);
});

/** Some phone that is at home there. */
function phoneWithHome(home: number, count: number): string {
  for (let n = 500; ; n += 1) if (homeOf(phoneOf(n), count) === home) return phoneOf(n);
}
