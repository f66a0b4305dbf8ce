/** The borrower's page before a service of many cells: one key everywhere, a visitor counted once wherever they come in, the way back by the phone. */
import { afterEach, expect, it } from 'vitest';
import type { Reply } from '../world.ts';
import { makeCells, phoneOf, type Cells } from './world.ts';

let world: Cells;
afterEach(() => world.close());

it('is the same page from any cell, and its visits, phones and steps are counted once in the desk’s funnel', async () => {
  world = await makeCells();
  const pages: Reply[] = [];
  for (let n = 0; n < 12; n += 1) pages.push(await world.call('GET', `/v1/pages/h5-demo?visitor=${'v'.repeat(20)}`));
  expect(new Set(pages.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  const key: string = pages[0]!.json['key'];
  const visitors = Array.from({ length: 16 }, (_, n) => `visitor-${String(n).padStart(12, '0')}`);
  const before = world.asked.length;
  for (const visitor of [...visitors, ...visitors.toReversed()])
    expect((await world.call('POST', '/v1/visits', { key, json: { visitor, variant: 'a' } })).status).toBe(204);
  const cells = new Set(world.asked.slice(before).flatMap(({ to, path }) => (path === '/v1/visits' ? [to] : [])));
  expect(cells.size).toBeGreaterThan(1);

  const phone = phoneOf(1);
  const begun = await world.call('POST', '/v1/phone-verifications', { key, json: { phone } });
  const id: string = begun.json['id'];
  await world.call('POST', `/v1/phone-verifications/${id}/confirm`, { key, json: { code: '000000', variant: 'a' } });
  const applicant = { phone, phone_verification_id: id };
  const made = await world.call('POST', '/v1/applications', {
    key,
    headers: { 'idempotency-key': 'd' },
    json: { draft: true, applicant, request: { purpose: 'travel' }, visit: { variant: 'a' } },
  });
  expect(made.status).toBe(201);
  const back = await world.call('POST', '/v1/resumptions', { key, json: applicant });
  expect([back.status, back.json['id'], back.json['client_token']]).toEqual([200, made.json['id'], made.json['client_token']]);

  await world.settle(60_000);
  const funnel = await world.call('GET', '/v1/desk/funnel?variant=a', { key: world.keys.operator });
  const counts = Object.fromEntries(
    (funnel.json['total']['stages'] as unknown as { stage: string; count: number }[]).map(({ stage, count }) => [stage, count]),
  );
  expect(counts).toMatchObject({ visited: 16, phone_verified: 1, started: 1, step_purpose: 1, step_identity: 0 });
});
