/** Where each request belongs, and what never gets as far as any part of the service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId } from '../../src/domain/ids.ts';
import { needsKey, placeOf, type Place } from '../../src/runtime/cells/route.ts';
import { DESK_CELL } from '../../src/runtime/cells/generations.ts';
import { makeWorld, type World } from '../world.ts';
import { makeCells, type Cells } from './world.ts';

const id = (prefix: 'app' | 'pv' | 'clk' | 'dlv' | 'stp' | 'imp', cell: number): string =>
  mintId(prefix, cell, 1_700_000_000_000, new Uint8Array(10));
const place = (method: string, path: string, body?: unknown): Place => {
  const url = new URL(path, 'http://millrace.test');
  return placeOf({ method, path: url.pathname, query: url.searchParams, body: () => body });
};
const CELL_3 = { to: 'cell', cell: 3 };

describe('a request goes', () => {
  it.each([
    ['GET', `/v1/applications/${id('app', 3)}`],
    ['POST', `/v1/applications/${id('app', 3)}/offers/off_x/accept`],
    ['GET', `/v1/applications/${id('app', 3)}/events`],
    ['POST', `/v1/phone-verifications/${id('pv', 3)}/confirm`],
    ['POST', `/v1/documents?phone_verification_id=${id('pv', 3)}`],
    ['GET', `/v1/desk/applications/${id('app', 3)}/explanation`],
    ['POST', `/v1/deliveries/${id('dlv', 3)}/resend`],
    ['GET', `/r/${id('imp', 3)}.abc.tag`],
    ['GET', `/l/${id('stp', 3)}.tag`],
    ['GET', '/v1/desk/audit?cell=3'],
  ])('%s %s to the cell that the id names', (method, path) => {
    expect(place(method, path)).toEqual(CELL_3);
  });

  it('to the cell of an id in its body', () => {
    expect(place('POST', '/v1/erasures', { application_id: id('app', 3) })).toEqual(CELL_3);
    expect(place('POST', '/v1/postbacks/ptn_x', { click_id: id('clk', 3) })).toEqual(CELL_3);
    expect(place('POST', '/v1/desk/decide', { application: id('app', 3) })).toEqual(CELL_3);
    expect(place('POST', '/v1/desk/decide', { facts: {} })).toEqual({ to: 'any' });
  });

  it('to the home of a phone, however it is written', () => {
    for (const phone of ['13800000001', '+86 138 0000 0001', '138-0000-0001'])
      expect(place('POST', '/v1/applications', { applicant: { phone } })).toEqual({ to: 'phone', phone: '13800000001' });
    for (const noun of ['phone-verifications', 'resumptions'])
      expect(place('POST', `/v1/${noun}`, { phone: '13800000001' })).toEqual({ to: 'phone', phone: '13800000001' });
  });

  it('to any cell when nobody can tell: it is refused there as it would be anywhere', () => {
    for (const body of [undefined, null, [], {}, { applicant: null }, { applicant: { phone: 7 } }, { applicant: { phone: 'none' } }])
      expect(place('POST', '/v1/applications', body)).toEqual({ to: 'any' });
    expect(place('GET', '/v1/applications/app_nonsense')).toEqual({ to: 'any' });
    expect(place('POST', '/v1/callbacks/fnd_river/decision')).toEqual({ to: 'any' });
  });

  it('to one and the same cell for one visitor, who has no phone yet', () => {
    expect(place('POST', '/v1/visits', { visitor: 'v'.repeat(20) })).toEqual({ to: 'spread', text: 'v'.repeat(20) });
    expect(place('POST', '/v1/visits', { visitor: 7 })).toEqual({ to: 'any' });
    expect([place('GET', '/v1/pages/h5-demo'), needsKey('/v1/pages/h5-demo'), needsKey('/v1/visits')]).toEqual([{ to: 'any' }, false, true]);
  });

  it('to the desk, or to all', () => {
    expect(place('GET', '/v1/desk/keys')).toEqual({ to: 'desk' });
    expect(place('PATCH', '/v1/webhook-endpoints/ep_1')).toEqual({ to: 'desk' });
    expect(place('GET', '/v1/desk/summary')).toMatchObject({ to: 'all', merging: 'sum' });
    expect(place('GET', '/v1/desk/applications?limit=3')).toMatchObject({ to: 'all', merging: 'page' });
    expect(place('GET', '/v1/webhook-endpoints/ep_1/deliveries')).toMatchObject({ to: 'all', deskToo: true });
  });
});

describe('every route of the service', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world.close());

  it('has its place, and without a key none is reached that needs one', async () => {
    const routes = world.app.routes.filter(({ method }) => method !== 'ALL' && method !== 'OPTIONS');
    expect(routes.length).toBeGreaterThan(50);
    for (const { method, path } of routes) {
      if (path === '/healthz') continue;
      const real = path.replaceAll(/:\w+/g, 'x').replaceAll('*', 'x');
      expect(place(method, real).to, `${method} ${path}`).not.toBe('nowhere');
      const reply = await world.call(method, real);
      expect(needsKey(real), `${method} ${path} answers ${reply.status} without a key`).toBe(
        reply.status === 401 && !real.startsWith('/v1/postbacks/') && !real.startsWith('/v1/callbacks/') && real !== '/v1/session',
      );
    }
  });
});

describe('refused in front, with no part of the service woken', () => {
  let cells: Cells;
  beforeAll(async () => {
    cells = await makeCells({ cells: '4' });
  });
  afterAll(() => cells.close());

  it.each([
    ['a key that is none', 'GET', '/v1/desk/summary', { key: 'nonsense' }, 401],
    ['no key', 'POST', '/v1/applications', { json: {} }, 401],
    ['a cell that there is not', 'GET', `/v1/applications/${id('app', 4)}`, { key: 'sk_test_12345678' }, 404],
    ['a link into a cell that there is not', 'GET', `/r/${id('imp', 900)}.abc.tag`, {}, 404],
    ['what only parts of the service may ask', 'POST', '/internal/quota', { json: {} }, 404],
    ['the same, written another way', 'POST', '/%69nternal/quota', { json: {} }, 401],
    ['a path that there is not', 'GET', '/wp-login.php', { key: 'sk_test_12345678' }, 404],
    ['a body that is too large', 'POST', '/v1/applications', { key: 'sk_test_12345678', body: 'x'.repeat(70_000) }, 413],
    ['a callback that is too large', 'POST', '/v1/callbacks/fnd_river/decision', { body: 'x'.repeat(300_000) }, 413],
  ] as const)('%s', async (_, method, path, call, status) => {
    cells.asked.length = 0;
    const reply = await cells.call(method, path, call);
    expect([reply.status, cells.asked]).toEqual([status, []]);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(reply.json['request_id']).toMatch(/^req_/);
  });

  it('the desk is no cell, and has its own ids', async () => {
    expect(place('POST', `/v1/deliveries/${id('dlv', DESK_CELL)}/resend`)).toEqual({ to: 'cell', cell: DESK_CELL });
    cells.asked.length = 0;
    expect((await cells.call('POST', `/v1/deliveries/${id('dlv', DESK_CELL)}/resend`, { key: cells.keys.operator })).status).toBe(404);
    expect(cells.asked.map(({ to }) => to)).toEqual([DESK_CELL]);
  });
});
