/** Operators on workerd: the password's hash, the app's code, the provider and the session in cells, with the platform's own crypto and fetch. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Events, OAuth2Server, type MutableToken } from 'oauth2-mock-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/cli/own-server.ts';
import { readConfig, type Config } from '../../src/runtime/node/config.ts';
import { startEdge, type RunningEdge } from '../../src/runtime/node/edge.ts';
import { firstLink } from '../../src/runtime/node/invite-operator.ts';
import { PERSONALITIES } from '../../src/sandbox/personalities.ts';
import { accept, asking, codeOf, cookieOf, PASSWORD } from '../http/console/people.ts';
import { readReply, type Call, type Reply } from '../reply.ts';

const EMAIL = 'first@millrace.test';
/** Nobody applies here. */
const NO_FUNDERS = Object.fromEntries(PERSONALITIES.map(({ id }) => [id, 'http://127.0.0.1:9']));
const provider = new OAuth2Server();
let dataDir: string;
let edge: RunningEdge | undefined;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-edge-session-'));
  await provider.issuer.keys.generate('RS256');
  await provider.start(0, '127.0.0.1');
  provider.service.on(Events.BeforeTokenSigning, (token: MutableToken) => Object.assign(token.payload, { email: EMAIL, email_verified: true }));
  const oidc = { issuer: provider.issuer.url!, clientId: 'millrace', clientSecret: 'a secret', name: 'Corp' };
  edge = await startEdge({ port: await freePort(), dataDir, logLevel: 'warn', cells: '2', sandbox: NO_FUNDERS, oidc });
});
afterAll(async () => {
  await edge?.close();
  await provider.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const world = {
  async call(method: string, path: string, { json, headers = {} }: Call = {}): Promise<Reply> {
    const response = await fetch(`${edge!.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    return readReply(response);
  },
};

it('the first administrator comes in by the link that is printed, and is admitted by desk and cells', async () => {
  expect((await world.call('GET', '/v1/session/methods')).json).toEqual({ mode: 'sandbox', sso: { name: 'Corp' }, first_run: true });
  expect(edge!.links.first).toMatch(/\/console\/welcome#first\./);
  // As `millrace operator first` makes it, from the same key.
  const config = readConfig({ MILLRACE_DATA_DIR: dataDir, PORT: new URL(edge!.url).port }) as Config;
  const admin = await accept(world, Date.now(), firstLink(config).split('#')[1]!, { name: 'First', email: EMAIL });
  expect(admin.cookie).toMatch(/^millrace_console=/);
  for (const path of ['/v1/desk/team', '/v1/desk/summary', '/v1/desk/audit']) expect((await admin.ask('GET', path)).status).toBe(200);
  expect((await admin.ask('DELETE', '/v1/session')).status).toBe(204);
  expect((await admin.ask('GET', '/v1/desk/summary')).status).toBe(401);
  // The next step’s code counts already; this one’s is used.
  const json = { email: EMAIL, password: PASSWORD, code: codeOf(admin.secret, Date.now() + 30_000) };
  expect((await world.call('POST', '/v1/session', { json: { ...json, password: 'not the password' } })).status).toBe(401);
  const signed = await world.call('POST', '/v1/session', { json });
  expect((await asking(world, cookieOf(signed)!)('GET', '/v1/desk/summary')).status).toBe(200);
});

it('a link of the sandbox, and a provider, sign in too', async () => {
  const opened = await world.call('POST', '/v1/invitations/open', { json: { token: edge!.links.sandbox!.approver.split('#')[1] } });
  expect(opened.json).toMatchObject({ signed_in: true, operator: { role: 'approver' } });
  expect((await asking(world, cookieOf(opened)!)('GET', '/v1/desk/changes')).status).toBe(200);
  const start = await world.call('GET', '/console/sso/start');
  const there = await fetch(start.headers.get('location')!, { redirect: 'manual' });
  const back = new URL(there.headers.get('location')!);
  const cookie = start.headers.getSetCookie()[0]!.split(';')[0]!;
  const home = await world.call('GET', back.pathname + back.search, { headers: { cookie } });
  expect(home.headers.get('location')).toBe('/console/');
  const me = await asking(world, cookieOf(home)!)('GET', '/v1/session');
  expect(me.json['operator']).toMatchObject({ email: EMAIL, role: 'admin' });
});
