/** Partners and webhook receivers: what a declined borrower is shown, clicks and earns us; and what a channel's server is told. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SANDBOX_PARTNER } from '../../src/runtime/sandbox-seed.ts';
import type { Reply } from '../world.ts';
import { apply, applicationFor, startHost, until, type HostedService } from './world.ts';

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
interface Event {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly application_id: string; readonly sequence: number };
}

let service: HostedService;
let receiver: Server;
/** What the receiver answers to the next deliveries; then 204. */
const answers: number[] = [];
const received: Received[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  service = await startHost();
});
afterAll(async () => {
  await service.close();
  receiver.close();
  receiver.closeAllConnections();
  expect(service.statuses.filter(({ status }) => status >= 500)).toEqual([]);
});

function postback(body: string, secret: string, partner = SANDBOX_PARTNER): Promise<Reply> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return service.call('POST', `/v1/postbacks/${partner}`, {
    body,
    headers: { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-signature': signature },
  });
}

async function partnerTotals(): Promise<Record<string, number>> {
  const { json } = await service.call('GET', '/v1/desk/summary', { key: service.keys.operator });
  return json['partner_offers'] as unknown as Record<string, number>;
}

it('partner offers: shown as advertising, clicked once, paid for once', async () => {
  const earlier = await partnerTotals();
  const made = await apply(service, applicationFor('13800000003'));
  await until(service, made.json['id'], 'declined');
  const shown = await service.call('GET', `/v1/applications/${made.json['id']}/partner-offers`, { key: service.keys.secret });
  const groups = shown.json['groups'] as unknown as { class: string; notice: string; offers: { id: string; link: string }[] }[];
  expect(groups.every(({ notice }) => notice.startsWith('Advertisement'))).toBe(true);
  expect(new Set(groups.map((group) => group.class)).size).toBe(groups.length);
  const { link } = groups.flatMap(({ offers }) => offers).find((offer) => offer.id === 'pof_card')!;

  const path = new URL(link).pathname;
  expect(link).toBe(`${service.url}${path}`);
  const clicks = [await service.call('GET', path), await service.call('GET', path)];
  expect(clicks.map(({ status }) => status)).toEqual([302, 302]);
  const landing = new URL(clicks[0]!.headers.get('location')!);
  expect(clicks[1]!.headers.get('location')).toBe(landing.href);
  expect([landing.origin, landing.pathname]).toEqual(['https://partner.example', '/pof_card']);
  expect((await service.call('GET', `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);

  const body = JSON.stringify({ event_id: 'lead-1', click_id: landing.searchParams.get('click'), kind: 'lead', at: new Date().toISOString() });
  const replies = [await postback(body, service.partnerSecret), await postback(body, service.partnerSecret)];
  expect(replies.map(({ status, json }) => [status, json['status']])).toEqual([
    [200, 'recorded'],
    [200, 'duplicate'],
  ]);
  expect((await postback(body, 'not the secret')).status).toBe(401);
  expect((await postback(body, service.partnerSecret, 'ptn_other')).status).toBe(401);
  const totals = await partnerTotals();
  const grown = Object.fromEntries(Object.entries(totals).map(([name, count]) => [name, count - earlier[name]!]));
  expect(grown).toEqual({ shown: groups.flatMap(({ offers }) => offers).length, clicks: 1, leads: 1, sales: 0, earned_fen: 50 + 3_000 });
  const seen = await service.call('GET', `/v1/desk/applications/${made.json['id']}`, { key: service.keys.operator });
  const types = (seen.json['timeline'] as unknown as { type: string }[]).map(({ type }) => type);
  expect(types.slice(-3)).toEqual(['partner_offer.shown', 'partner_offer.clicked', 'partner_offer.converted']);
});

it('webhooks: signed, in sequence, tried again, verified by the reference library', async () => {
  const { port } = receiver.address() as AddressInfo;
  const made = await service.call('POST', '/v1/webhook-endpoints', {
    key: service.keys.operator,
    json: { url: `http://127.0.0.1:${port}/hook`, types: ['*'] },
  });
  expect(made.status).toBe(201);
  answers.push(500);
  const application = await apply(service, applicationFor('13800000001'), 8);
  expect(application.json['status']).toBe('offered');
  const webhook = new Webhook(made.json['secret']);
  const eventsOf = (): Event[] =>
    received.map(({ headers, body }) => webhook.verify(body, headers) as Event).filter(({ data }) => data.application_id === application.json['id']);
  const untilMs = performance.now() + 12_000;
  const sequences = (): number[] => [...new Set(eventsOf().map(({ data }) => data.sequence))].toSorted((a, b) => a - b);
  while (!(eventsOf().some(({ type }) => type === 'application.offered') && received.length > sequences().length) && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 50));

  expect(sequences()).toEqual(sequences().map((_, index) => index + 1));
  expect(eventsOf().map(({ type }) => type)).toEqual(
    expect.arrayContaining(['application.submitted', 'attempt.submitted', 'attempt.approved', 'offer.created', 'application.offered']),
  );
  // The one that was turned away came again, with its own id and the same bytes.
  const ids = received.map(({ headers }) => headers['webhook-id']!);
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  expect(repeated).toHaveLength(1);
  expect(new Set(received.filter(({ headers }) => headers['webhook-id'] === repeated[0]).map(({ body }) => body)).size).toBe(1);
  const [first] = received;
  expect(() => webhook.verify(first!.body.replace('application', 'applicatiom'), first!.headers)).toThrow();
  expect(() => new Webhook(`whsec_${Buffer.alloc(24, 1).toString('base64')}`).verify(first!.body, first!.headers)).toThrow();
});
