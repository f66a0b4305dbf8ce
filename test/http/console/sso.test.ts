/** Sign-in by a provider: a real one on this machine, spoken to over real sockets. */
import { Events, OAuth2Server, type MutableToken } from 'oauth2-mock-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/host.ts';
import { createUndiciTransport } from '../../../src/runtime/node/transport.ts';
import { oidcSso } from '../../../src/runtime/oidc-sso.ts';
import { createVault } from '../../../src/runtime/vault.ts';
import { makeWorld, seededRandom, type Reply, type World } from '../../world.ts';
import { asking, cookieOf, firstAdmin } from './people.ts';

const PUBLIC_URL = 'http://127.0.0.1:8787';
const provider = new OAuth2Server();
const transport = createUndiciTransport({ allowLoopback: true });
const random = seededRandom(7);
const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(9) }], current: 1 }, (count) => random.bytes(count));
const quiet = (): void => undefined;
/** What the provider says of whoever comes. */
let claims: Record<string, unknown>;
const requests: { readonly verifier: string | undefined }[] = [];
let later = 0;
let world: World;

beforeAll(async () => {
  await provider.issuer.keys.generate('RS256');
  await provider.start(0, '127.0.0.1');
  provider.service.on(Events.BeforeTokenSigning, (token: MutableToken) => Object.assign(token.payload, claims));
  provider.service.on(Events.BeforeResponse, (_reply: unknown, request: { body: { code_verifier?: string } }) => {
    requests.push({ verifier: request.body.code_verifier });
  });
});
afterAll(async () => {
  await provider.stop();
  await transport.close();
});
beforeEach(async () => {
  claims = { email: 'First@Millrace.test', email_verified: true };
  later = 0;
  const clock = { ...nodeClock, nowMs: () => Date.now() + later };
  const settings = { issuer: provider.issuer.url!, clientId: 'millrace', clientSecret: 'a secret', name: 'Corp' };
  const sso = oidcSso(settings, { transport, vault, clock, log: { info: quiet, warn: quiet, error: quiet }, publicUrl: PUBLIC_URL, allowHttp: true });
  world = await makeWorld({ sso, publicUrl: PUBLIC_URL });
});
afterEach(() => world.close());

/** To the provider, and back with what it says; `kept` is the cookie that waits here. */
async function there(): Promise<{ readonly back: string; readonly kept: string; readonly asked: URL }> {
  const start = await world.call('GET', '/console/sso/start');
  const asked = new URL(start.headers.get('location')!);
  const [set = ''] = start.headers.getSetCookie();
  expect([start.status, set]).toEqual([303, expect.stringMatching(/^millrace_sso=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/)]);
  const reply = await fetch(asked, { redirect: 'manual' });
  const back = new URL(reply.headers.get('location')!);
  return { back: back.pathname + back.search, kept: set.slice(0, set.indexOf(';')), asked };
}
const returned = (back: string, kept: string): Promise<Reply> => world.call('GET', back, { headers: { cookie: kept } });
const placeOf = ({ status, headers }: Reply): [number, string | null] => [status, headers.get('location')];

it('says so on the sign-in page, and signs in who has that verified address', async () => {
  const first = await firstAdmin(world);
  expect((await world.call('GET', '/v1/session/methods')).json['sso']).toEqual({ name: 'Corp' });
  const { back, kept, asked } = await there();
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    client_id: 'millrace',
    redirect_uri: `${PUBLIC_URL}/console/sso/callback`,
    response_type: 'code',
    scope: 'openid email',
    code_challenge_method: 'S256',
  });
  const home = await returned(back, kept);
  expect(placeOf(home)).toEqual([303, '/console/']);
  const session = await asking(world, cookieOf(home)!)('GET', '/v1/session');
  expect(session.json['operator']).toMatchObject({ id: first.id, role: 'admin' });
  expect(requests.at(-1)?.verifier).toMatch(/^[\w-]{43}$/);
  expect(home.headers.getSetCookie().some((set) => set.startsWith('millrace_sso=;'))).toBe(true);
  // The answer was used.
  expect(placeOf(await returned(back, kept))).toEqual([303, '/console/?sso=refused']);
  expect(world.db.all("SELECT detail FROM audit WHERE action = 'session.started'").at(-1)).toEqual({ detail: '{"method":"sso"}' });
});

describe('nobody is signed in', () => {
  beforeEach(async () => void (await firstAdmin(world)));
  const REFUSED: [number, string] = [303, '/console/?sso=refused'];

  it('by an address that is not verified, is missing, or that no active operator has', async () => {
    for (const [said, where] of [
      [{ email_verified: false }, 'refused'],
      [{ email_verified: 'true' }, 'refused'],
      [{ email: undefined }, 'refused'],
      [{ email: 'stranger@millrace.test' }, 'unknown'],
    ] as const) {
      claims = { email: 'first@millrace.test', email_verified: true, ...said };
      const { back, kept } = await there();
      const reply = await returned(back, kept);
      expect([said, placeOf(reply), cookieOf(reply)]).toEqual([said, [303, `/console/?sso=${where}`], null]);
    }
    world.db.run("UPDATE operators SET status = 'disabled' WHERE id NOT LIKE 'opr_sandbox_%'");
    claims = { email: 'first@millrace.test', email_verified: true };
    const { back, kept } = await there();
    expect(placeOf(await returned(back, kept))).toEqual([303, '/console/?sso=unknown']);
  });

  it('by an answer to another browser, to another question, or too late', async () => {
    const [one, other] = [await there(), await there()];
    expect(placeOf(await returned(one.back, ''))).toEqual(REFUSED);
    expect(placeOf(await returned(one.back, 'millrace_sso=AAAA'))).toEqual(REFUSED);
    expect(placeOf(await returned(one.back, other.kept))).toEqual(REFUSED);
    expect(placeOf(await returned(one.back.replace(/state=[^&]*/, ''), one.kept))).toEqual(REFUSED);
    expect(placeOf(await returned('/console/sso/callback?error=access_denied', one.kept))).toEqual(REFUSED);
    later = 10 * 60_000;
    expect(placeOf(await returned(one.back, one.kept))).toEqual(REFUSED);
    later = 0;
    expect(placeOf(await returned(one.back, one.kept))).toEqual([303, '/console/']);
  });

  it('by a token for somebody else, from somebody else, of another question, or that is over', async () => {
    for (const said of [{ aud: 'another' }, { iss: 'https://evil.example' }, { nonce: 'another' }, { exp: Math.floor(Date.now() / 1_000) - 3_600 }]) {
      claims = { email: 'first@millrace.test', email_verified: true, ...said };
      const { back, kept } = await there();
      expect([said, placeOf(await returned(back, kept))]).toEqual([said, REFUSED]);
    }
  });
});

it('a provider that cannot be reached is told of, not waited for', async () => {
  const settings = { issuer: 'http://127.0.0.1:1', clientId: 'x', clientSecret: 'x', name: 'x' };
  const deps = { transport, vault, clock: nodeClock, log: { info: quiet, warn: quiet, error: quiet }, publicUrl: PUBLIC_URL, allowHttp: true };
  const lonely = await makeWorld({ sso: oidcSso(settings, deps), publicUrl: PUBLIC_URL });
  expect(placeOf(await lonely.call('GET', '/console/sso/start'))).toEqual([303, '/console/?sso=unavailable']);
  await lonely.close();
});
