/** P4 on the real service and a clock of our own: 75 hours of attempts, and what becomes of deliveries and endpoints. */
import { createPublicKey, verify } from 'node:crypto';
import { Webhook as StandardReceiver } from 'standardwebhooks';
import { Webhook as SvixReceiver } from 'svix';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ATTEMPT_OFFSETS_MS } from '../../src/outbox/schedule.ts';
import type { OutboundRequest } from '../../src/ports/transport.ts';
import type { DeliveryRow } from '../../src/store/index.ts';
import { DAY, eventsOf, funder, HOUR, MINUTE, person, reply, scripted, type Said, type ScriptedWorld } from './scripted.ts';

const HOOK = 'https://hooks.example/in';
afterEach(() => void vi.useRealTimers());

interface Hooked {
  readonly world: ScriptedWorld;
  readonly id: string;
  readonly secret: string;
  readonly publicKey: string;
  /** What the receiver says from now on. */
  says: (request: OutboundRequest) => Said;
  /** Requests at the receiver, with the time of each. */
  readonly got: { readonly request: OutboundRequest; readonly atMs: number }[];
}

async function hooked(types: readonly string[] = ['application.submitted']): Promise<Hooked> {
  const got: Hooked['got'] = [];
  const world: ScriptedWorld = await scripted(
    [funder('one', 1)],
    {},
    {
      receive: (request) => {
        got.push({ request, atMs: world.clock.nowMs() });
        return made.says(request);
      },
    },
  );
  const { json } = await world.call('POST', '/v1/webhook-endpoints', { key: world.roleKeys.operator, json: { url: HOOK, types } });
  const made: Hooked = { world, id: json['id'], secret: json['secret'], publicKey: json['public_key'], got, says: () => reply(204, '') };
  return made;
}
const deliveries = ({ world, id }: Hooked): DeliveryRow[] => world.service.deps.store.feed.deliveriesOf({ endpointId: id, limit: 1_000 });
const dueMs = (world: ScriptedWorld, delivery: DeliveryRow): number => world.service.deps.store.feed.timer('delivery', delivery.id)!.dueAtMs;
const as = (world: ScriptedWorld, method: string, path: string, json?: object): ReturnType<ScriptedWorld['call']> =>
  world.call(method, path, { key: world.roleKeys.operator, ...(json === undefined ? {} : { json }) });

/** Moves on to just before the delivery is due, sees that nothing is sent, then to the very moment. */
async function toDue(made: Hooked, delivery: DeliveryRow): Promise<void> {
  const { world } = made;
  const before = made.got.length;
  await world.leap(dueMs(world, delivery) - world.clock.nowMs() - 1);
  expect(made.got).toHaveLength(before);
  await world.settle(1);
}

describe('a delivery', () => {
  it('is tried ten times over 75 hours, each within a tenth of its step, and is then dead', async () => {
    const made = await hooked();
    made.says = () => reply(500, 'no');
    await made.world.apply(person(1));
    const [delivery] = deliveries(made);
    for (let tries = 1; tries < 10; tries += 1) {
      expect(made.got).toHaveLength(tries);
      await toDue(made, delivery!);
    }
    const first = made.got[0]!.atMs;
    for (const [index, { atMs }] of made.got.entries()) {
      const step = index === 0 ? 0 : ATTEMPT_OFFSETS_MS[index]! - ATTEMPT_OFFSETS_MS[index - 1]!;
      expect(Math.abs(atMs - first - ATTEMPT_OFFSETS_MS[index]!), `attempt ${index + 1}`).toBeLessThanOrEqual(0.1 * step + 1);
    }
    expect(ATTEMPT_OFFSETS_MS.at(-1)).toBe(75 * HOUR);
    expect(new Set(made.got.map(({ request }) => `${request.headers['webhook-id']} ${request.body as string}`)).size).toBe(1);
    expect(made.got.map(({ request, atMs }) => Number(request.headers['webhook-timestamp']) - Math.floor(atMs / 1_000))).toEqual(
      made.got.map(() => 0),
    );
    expect(deliveries(made)).toMatchObject([{ state: 'dead', tries: 10, lastStatus: 500, lastError: 'http_500', firstTryAtMs: first }]);
    await made.world.leap(100 * HOUR);
    expect([made.got.length, made.world.service.deps.store.feed.timer('delivery', delivery!.id)]).toEqual([10, undefined]);
    expect(made.world.logged.filter(({ event }) => event === 'webhook.dead')).toHaveLength(1);
    await made.world.close();
  });

  it('has jitter: two that failed together do not come back together', async () => {
    const made = await hooked();
    made.says = () => reply(500, '');
    for (let n = 0; n < 8; n += 1) await made.world.apply(person(n));
    const due = deliveries(made).map((each) => dueMs(made.world, each) - each.firstTryAtMs!);
    expect(new Set(due).size).toBeGreaterThan(4);
    for (const ms of due) expect(Math.abs(ms - 5_000)).toBeLessThanOrEqual(501);
    await made.world.close();
  });

  it('waits as long as Retry-After asks, in seconds or as a date, up to a day; a short one brings nothing forward', async () => {
    const made = await hooked();
    const { world } = made;
    const wait = async (header: string): Promise<number> => {
      made.says = () => reply(503, '', { 'retry-after': header });
      const [delivery] = deliveries(made);
      await toDue(made, delivery!);
      return dueMs(world, delivery!) - world.clock.nowMs();
    };
    made.says = () => reply(429, '', { 'retry-after': '7200' });
    await world.apply(person(1));
    expect(dueMs(world, deliveries(made)[0]!) - world.clock.nowMs()).toBe(2 * HOUR);
    expect(await wait(new Date(Math.floor((world.clock.nowMs() + 5 * HOUR) / 1_000) * 1_000).toUTCString())).toBeLessThanOrEqual(3 * HOUR);
    expect(await wait(String(40 * 3_600))).toBe(DAY);
    expect(await wait('1')).toBeGreaterThan(HOUR);
    expect(await wait('soon')).toBeGreaterThan(HOUR);
    await world.close();
  });

  it.each<[string, Said, string]>([
    ['a redirect', reply(302, '', { location: 'https://elsewhere.example/' }), 'redirect_not_followed'],
    ['silence', 'hang', 'lost_timeout'],
    ['a broken connection', { kind: 'lost', why: 'reset' }, 'lost_reset'],
    ['an address that may not be called', { kind: 'refused', why: 'blocked_target' }, 'refused_blocked_target'],
  ])('counts %s as a failure and tries again', async (_, said, error) => {
    const made = await hooked();
    made.says = () => said;
    await made.world.apply(person(1));
    await made.world.settle(16_000);
    made.says = () => reply(200, '');
    expect(deliveries(made)[0]).toMatchObject({ state: 'waiting', lastError: error });
    await made.world.settle(HOUR);
    expect(deliveries(made)[0]).toMatchObject({ state: 'delivered', lastStatus: 200, lastError: null });
    await made.world.close();
  });

  it('interrupted by a crash is made again under the same id', async () => {
    const made = await hooked();
    const { world } = made;
    Object.assign(world.service.deps, { act: () => undefined });
    await world.apply(person(1));
    expect(made.got).toEqual([]);
    await world.settle(21_000);
    expect(made.got.map(({ request }) => request.headers['webhook-id'])).toEqual([deliveries(made)[0]!.id]);
    await world.close();
  });

  it('is sent again on request by its id, dead or delivered, with its schedule anew', async () => {
    const made = await hooked();
    const { world } = made;
    await world.apply(person(1));
    const [delivery] = deliveries(made);
    expect((await as(world, 'POST', `/v1/deliveries/${delivery!.id}/resend`)).status).toBe(202);
    await world.settle(10);
    expect(made.got.map(({ request }) => request.headers['webhook-id'])).toEqual([delivery!.id, delivery!.id]);
    made.says = () => reply(500, '');
    await as(world, 'POST', `/v1/deliveries/${delivery!.id}/resend`);
    await world.settle(10);
    expect(deliveries(made)[0]).toMatchObject({ state: 'waiting', tries: 1 });
    expect((await as(world, 'POST', '/v1/deliveries/dlv_none/resend')).status).toBe(404);
    await world.close();
  });
});

describe('an endpoint', () => {
  it('that has failed for 120 hours is disabled with notice; enabled again, it gets all since then on replay', async () => {
    const made = await hooked();
    const { world } = made;
    made.says = () => reply(500, '');
    const startMs = world.clock.nowMs();
    for (let day = 0; day < 5; day += 1) {
      await world.apply(person(day));
      await world.leap(DAY - MINUTE);
    }
    expect((await as(world, 'GET', `/v1/webhook-endpoints/${made.id}`)).json).toMatchObject({
      status: 'enabled',
      health: { failing_since: new Date(startMs).toISOString() },
    });
    await world.leap(5 * MINUTE);
    await world.apply(person(6));
    const view = await as(world, 'GET', `/v1/webhook-endpoints/${made.id}`);
    expect(view.json).toMatchObject({ status: 'disabled', disabled_reason: 'failing' });
    expect(
      world.service.deps.store.feed
        .eventsSince(0, 5_000)
        .filter(({ type }) => type === 'endpoint.disabled')
        .map(({ data }) => data),
    ).toEqual([{ endpoint_id: made.id, why: 'failing' }]);
    expect(world.logged.filter(({ event }) => event === 'webhook.endpoint_disabled')).toHaveLength(1);

    const calls = made.got.length;
    await world.apply(person(7));
    await world.leap(80 * HOUR);
    expect([made.got.length, deliveries(made).filter((row) => row.state === 'waiting')]).toEqual([calls, []]);
    expect((await as(world, 'POST', `/v1/webhook-endpoints/${made.id}/replay`, { since: new Date(startMs).toISOString() })).status).toBe(409);

    made.says = () => reply(204, '');
    expect((await as(world, 'PATCH', `/v1/webhook-endpoints/${made.id}`, { status: 'enabled' })).json).toMatchObject({
      status: 'enabled',
      health: { failing_since: null },
    });
    const replayed = await as(world, 'POST', `/v1/webhook-endpoints/${made.id}/replay`, { since: new Date(startMs).toISOString() });
    expect([replayed.status, replayed.json]).toEqual([202, { queued: 7 }]);
    await world.settle(1_000);
    expect(deliveries(made).map((row) => row.state)).toEqual(Array.from({ length: 7 }, () => 'delivered'));
    await world.close();
  });

  it('one success starts the count anew', async () => {
    const made = await hooked();
    const { world } = made;
    for (let day = 0; day < 8; day += 1) {
      made.says = () => reply(day === 4 ? 200 : 500, '');
      await world.apply(person(day));
      await world.leap(DAY);
    }
    expect((await as(world, 'GET', `/v1/webhook-endpoints/${made.id}`)).json['status']).toBe('enabled');
    await world.close();
  });

  it('that answers 410 is disabled at once and never called again', async () => {
    const made = await hooked();
    const { world } = made;
    made.says = () => reply(410, '');
    await world.apply(person(1));
    await world.apply(person(2));
    await world.leap(75 * HOUR);
    expect(made.got).toHaveLength(1);
    expect(deliveries(made).map((row) => [row.state, row.lastError])).toEqual([
      ['dead', null],
      ['dead', 'endpoint_disabled'],
    ]);
    expect((await as(world, 'GET', `/v1/webhook-endpoints/${made.id}`)).json).toMatchObject({ status: 'disabled', disabled_reason: 'gone' });
    await world.close();
  });

  it('that hangs does not hold up another', async () => {
    const made = await hooked();
    const { world } = made;
    const other = await as(world, 'POST', '/v1/webhook-endpoints', { url: 'https://quick.example/', types: ['*'] });
    made.says = ({ url }) => (url === HOOK ? 'hang' : reply(204, ''));
    for (let n = 0; n < 20; n += 1) await world.apply(person(n));
    const quick = world.service.deps.store.feed.deliveriesOf({ endpointId: other.json['id'], limit: 1_000 });
    expect(quick.length).toBeGreaterThanOrEqual(100);
    expect(quick.filter((row) => row.state !== 'delivered' || row.endedAtMs !== row.createdAtMs)).toEqual([]);
    expect(deliveries(made).map((row) => row.state)).toEqual(Array.from({ length: 20 }, () => 'waiting'));
    await world.close();
  });
});

describe('what a receiver sees', () => {
  it('verifies by the standardwebhooks and svix libraries under either secret of a rotation, and by ed25519', async () => {
    const made = await hooked();
    const { world } = made;
    await world.apply(person(1));
    const rotated = await as(world, 'POST', `/v1/webhook-endpoints/${made.id}/rotate`);
    const fresh = rotated.json['secret'] as string;
    await world.apply(person(2));
    await world.leap(25 * HOUR);
    await world.apply(person(3));
    const verifies = (at: number, secret: string): boolean[] => {
      const { request, atMs } = made.got[at]!;
      vi.useFakeTimers({ now: atMs, toFake: ['Date'] });
      return [new StandardReceiver(secret), new SvixReceiver(secret)].map((receiver) => {
        try {
          receiver.verify(request.body as string, { ...request.headers });
          return true;
        } catch {
          return false;
        }
      });
    };
    const [yes, no] = [
      [true, true],
      [false, false],
    ];
    expect([0, 1, 2].map((at) => [verifies(at, made.secret), verifies(at, fresh)])).toEqual([
      [yes, no],
      [yes, yes],
      [no, yes],
    ]);
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(made.publicKey.slice('whpk_'.length), 'base64').toString('base64url') },
      format: 'jwk',
    });
    for (const { request } of made.got) {
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = request.headers;
      const v1a = signatures!.split(' ').filter((each) => each.startsWith('v1a,'));
      expect(v1a).toHaveLength(1);
      const signature = Buffer.from(v1a[0]!.slice(4), 'base64');
      expect(verify(null, Buffer.from(`${id}.${at}.${request.body as string}`), key, signature)).toBe(true);
      expect(verify(null, Buffer.from(`${id}.${at}.${request.body as string} `), key, signature)).toBe(false);
    }
    vi.useRealTimers();
    await world.close();
  });

  it('is numbered without a gap within an application, thin and without personal data', async () => {
    const made = await hooked(['*']);
    const { world } = made;
    const [first, second] = [await world.apply(person(1)), await world.apply(person(2))];
    for (const id of [first.json['id'], second.json['id']] as unknown as string[]) {
      const bodies = made.got
        .map(
          ({ request }) =>
            JSON.parse(request.body as string) as { type: string; timestamp: string; data: { application_id: string; sequence: number } },
        )
        .filter(({ data }) => data.application_id === id);
      expect(bodies.map(({ data }) => data.sequence).toSorted((a, b) => a - b)).toEqual(bodies.map((_, index) => index + 1));
      expect(bodies.toSorted((a, b) => a.data.sequence - b.data.sequence).map(({ type }) => type)).toEqual(eventsOf(world, id));
    }
    const { phone, id_number: idNumber } = person(1);
    for (const { request } of made.got) {
      expect(request.body).not.toMatch(new RegExp(`张三|${phone}|${idNumber}|1200000|2000000`));
      expect((request.body as string).length).toBeLessThan(400);
    }
    await world.close();
  });
});
