/** Cells and desk as objects of workerd: their numbers, what never wakes one, and more of them on the data of fewer. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeIdNumber } from '../../src/domain/id-number.ts';
import { cellOf, mintId } from '../../src/domain/ids.ts';
import { apply, applicationFor, changeRecord, startEdgeService, until, type HostedService } from '../journey/world.ts';

let dataDir: string;
let service: HostedService;
const made: { readonly n: number; readonly id: string }[] = [];
const person = (n: number): object =>
  applicationFor(`1390000${String(1_000 + n)}`, { id_number: makeIdNumber({ region: '110105', birthDate: '1990-03-07', sequence: n, sex: 'm' }) });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-edge-cells-'));
  service = await startEdgeService('2', dataDir);
});
afterAll(async () => {
  await service.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** One file for each object that was ever woken. */
function objects(kind: 'Cell' | 'Desk'): number {
  const folder = join(dataDir, 'edge', 'v3', 'do');
  return readdirSync(folder)
    .filter((name) => name.endsWith(`-${kind}`))
    .flatMap((name) => readdirSync(join(folder, name)).filter((file) => /^[0-9a-f]+\.sqlite$/.test(file))).length;
}

it('borrowers are spread over the cells, and what the desk changes holds for the next of them', async () => {
  for (let n = 0; n < 8; n += 1) {
    const { status, json } = await apply(service, person(n));
    expect(status).toBe(201);
    made.push({ n, id: json['id'] });
  }
  expect(new Set(made.map(({ id }) => cellOf(id)))).toEqual(new Set([0, 1]));
  for (const { id } of made) expect((await until(service, id, 'offered', 'declined')).status).toBe(200);
  const listed = await service.call('GET', '/v1/desk/applications?limit=5', { key: service.keys.operator });
  expect((listed.json['data'] as unknown as { id: string }[]).map(({ id }) => id)).toEqual(
    made
      .map(({ id }) => id)
      .toReversed()
      .slice(0, 5),
  );
  const paused = await changeRecord(service, 'channel', 'h5-demo', (body) => ({ ...body, status: 'paused' }));
  expect(paused.status).toBe(200);
  // In every cell, at once.
  for (const { id } of made) expect((await service.call('GET', `/v1/applications/${id}`, { key: service.keys.secret })).status).toBe(403);
  expect((await changeRecord(service, 'channel', 'h5-demo', (body) => ({ ...body, status: 'live' }))).status).toBe(200);
});

it('no object comes to be of what somebody makes up', async () => {
  expect([objects('Cell'), objects('Desk')]).toEqual([2, 1]);
  const strange = mintId('app', 700, Date.now(), new Uint8Array(10));
  const att = mintId('att', 700, Date.now(), new Uint8Array(10));
  const { secret } = service.keys;
  expect((await service.call('GET', `/v1/applications/${strange}`, { key: secret })).status).toBe(404);
  expect((await service.call('POST', '/v1/erasures', { key: secret, json: { application_id: strange } })).status).toBe(404);
  expect((await service.call('POST', '/v1/callbacks/fnd_nobody', { json: { ref: att } })).status).toBe(404);
  expect((await service.call('POST', '/internal/quota', { json: {} })).status).toBe(404);
  const large = await service.call('POST', '/v1/applications', {
    key: secret,
    body: 'x'.repeat(70_000),
    headers: { 'content-type': 'application/json' },
  });
  expect([large.status, large.json['code']]).toEqual([413, 'body_too_large']);
  expect([objects('Cell'), objects('Desk')]).toEqual([2, 1]);
});

it('with more cells old ids answer, the known stay where they are, and the new go everywhere', async () => {
  await service.close();
  service = await startEdgeService('2,6', dataDir);
  for (const { id } of made) expect((await service.call('GET', `/v1/applications/${id}`, { key: service.keys.secret })).status).toBe(200);
  for (const { n, id } of made.slice(0, 3)) {
    const { json } = await apply(service, person(n));
    expect([cellOf(json['id']), json['status']]).toEqual([cellOf(id), 'refused']);
  }
  const fresh = new Set<number | null>();
  for (let n = 20; n < 36; n += 1) fresh.add(cellOf((await apply(service, person(n))).json['id']));
  expect(fresh.size).toBeGreaterThan(2);
});
