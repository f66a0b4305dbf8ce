/** Signing in to the console over HTTP: the first administrator, colleagues, wrong guesses, and how sessions end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstRunToken } from '../../../src/flow/operators/first-run.ts';
import { signIn as signInDirectly } from '../../../src/flow/operators/sign-in.ts';
import { makeWorld, type Reply, type World } from '../../world.ts';
import { accept, asking, codeOf, CONSOLE, cookieOf, firstAdmin, invite, PASSWORD, signIn } from './people.ts';

const HOUR_MS = 3_600_000;
const EMAIL = 'first@millrace.test';
let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const told = ({ status, json }: Reply): [number, string] => [status, json?.['code'] as unknown as string];
const audited = (): string[] => world.db.all<{ action: string }>('SELECT action FROM audit ORDER BY seq').map(({ action }) => action);

describe('the first administrator', () => {
  it('comes in by a link, once, and signs in with password and code from then on', async () => {
    const methods = await world.call('GET', '/v1/session/methods');
    expect(methods.json).toEqual({ mode: 'sandbox', sso: null, first_run: true });
    const token = firstRunToken(world.service.deps, world.clock.nowMs());
    const opened = await world.call('POST', '/v1/invitations/open', { json: { token } });
    expect(opened.json).toMatchObject({ email: null, role: 'admin' });
    const first = await firstAdmin(world, ' First@Millrace.test ');
    expect((await first.ask('GET', '/v1/session')).json).toMatchObject({ operator: { id: first.id, email: EMAIL, name: 'First', role: 'admin' } });
    expect((await first.ask('GET', '/v1/desk/keys')).status).toBe(200);
    expect((await world.call('GET', '/v1/session/methods')).json['first_run']).toBe(false);
    expect(told(await world.call('POST', '/v1/invitations/open', { json: { token } }))).toEqual([410, 'gone']);
    await world.clock.advance(60_000);
    const again = await signIn(world, 'FIRST@millrace.test', first.secret);
    expect(again.status).toBe(200);
    expect(again.headers.get('set-cookie')).toMatch(/^__Host-millrace_console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/);
    expect(again.json['expires_at']).toBe(new Date(world.clock.nowMs() + 12 * HOUR_MS).toISOString());
    expect(audited()).toEqual(expect.arrayContaining(['operator.accepted', 'session.started']));
  });

  it('must choose a password that is hard to guess, and show a code of the app', async () => {
    const token = firstRunToken(world.service.deps, world.clock.nowMs());
    const { json } = await world.call('POST', '/v1/invitations/open', { json: { token } });
    const code = codeOf((json['totp'] as unknown as { secret: string }).secret, world.clock.nowMs());
    const good = { token, name: 'First', email: EMAIL, password: PASSWORD, code };
    const faultOf = async (wrong: object): Promise<unknown> => {
      const reply = await world.call('POST', '/v1/invitations/accept', { json: { ...good, ...wrong } });
      return [reply.status, (reply.json['errors'] as unknown as { pointer: string; code: string }[]).map((each) => `${each.pointer} ${each.code}`)];
    };
    for (const [password, fault] of [
      ['short words', 'too_short'],
      ['password1234', 'too_obvious'],
      ['P@ssw0rd2026!', 'too_obvious'],
      ['qwertyuiop123', 'too_obvious'],
      ['1234567890123', 'too_obvious'],
      ['aaaaaaaaaaaaaaaa', 'too_obvious'],
      ['abcabcabcabcabc', 'too_obvious'],
      ['first.millrace', 'too_obvious'],
    ])
      expect([password, await faultOf({ password })]).toEqual([password, [422, [`/password ${fault}`]]]);
    expect(await faultOf({ email: undefined })).toEqual([422, ['/email required']]);
    const wrong = code === '000000' ? '000001' : '000000';
    expect(await faultOf({ code: wrong })).toEqual([422, ['/code code_wrong']]);
    expect(world.db.all("SELECT id FROM operators WHERE id NOT LIKE 'opr_sandbox_%'")).toEqual([]);
  });

  it('nobody else by a link that is forged, over, or of another instance', async () => {
    const { deps } = world.service;
    const nowMs = world.clock.nowMs();
    const token = firstRunToken(deps, nowMs);
    const later = (nowMs + 30 * 24 * HOUR_MS).toString(36);
    for (const bad of [
      `first.${later}.${token.split('.')[2]}`,
      `${token.slice(0, -1)}x`,
      token.slice(6),
      firstRunToken(deps, nowMs - 24 * HOUR_MS),
      'x',
    ])
      expect(told(await world.call('POST', '/v1/invitations/open', { json: { token: bad } }))).toEqual([410, 'gone']);
    // Two who open it at once: one is in.
    const both = await Promise.allSettled([firstAdmin(world, 'a@millrace.test'), firstAdmin(world, 'b@millrace.test')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a wrong guess', () => {
  it('is told nothing: address, password, code and standing are refused in the same words', async () => {
    const first = await firstAdmin(world);
    const viewer = await invite(world, first, 'viewer');
    await world.clock.advance(60_000);
    const plain = async (reply: Promise<Reply>): Promise<unknown> => ({ ...((await reply).json as object), request_id: '' });
    const wrong = await plain(signIn(world, EMAIL, first.secret, { password: 'not the password' }));
    expect(wrong).toMatchObject({ status: 401, code: 'sign_in_failed' });
    const code = codeOf(first.secret, world.clock.nowMs()) === '000000' ? '000001' : '000000';
    expect(await plain(signIn(world, EMAIL, first.secret, { code }))).toEqual(wrong);
    expect(await plain(signIn(world, 'nobody@millrace.test', first.secret))).toEqual(wrong);
    await first.ask('PATCH', `/v1/desk/team/${viewer.id}`, { status: 'disabled' });
    expect(await plain(signIn(world, 'viewer@millrace.test', viewer.secret))).toEqual(wrong);
    expect(audited().filter((action) => action === 'session.refused').length).toBe(4);
    expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is possible five times in a quarter of an hour for an address, many at once counted too', async () => {
    const first = await firstAdmin(world);
    await world.clock.advance(60_000);
    const replies = await Promise.all(Array.from({ length: 9 }, () => signIn(world, EMAIL, first.secret, { password: 'not the password' })));
    const of = (wanted: number): number => replies.filter(({ status }) => status === wanted).length;
    expect([of(401), of(429)]).toEqual([5, 4]);
    const right = await signIn(world, EMAIL, first.secret);
    expect([right.status, Number(right.headers.get('retry-after'))]).toEqual([429, 900]);
    // The others are not kept out by it.
    expect((await signIn(world, 'nobody@millrace.test', first.secret)).status).toBe(401);
    await world.leap(15 * 60_000);
    expect((await signIn(world, EMAIL, first.secret)).status).toBe(200);
  });

  it('is possible fifty times from one network address, whatever the address of e-mail', async () => {
    const tries: number[] = [];
    for (let n = 0; n < 52; n += 1) tries.push((await signIn(world, `n${n}@millrace.test`, 'JBSWY3DPEHPK3PXP')).status);
    expect(tries.filter((status) => status === 401).length).toBe(50);
    expect(tries.slice(50)).toEqual([429, 429]);
  });

  it('is not counted by a proxy’s address, behind which everybody is', async () => {
    const { deps } = world.service;
    for (const ip of ['::ffff:10.1.2.3', '172.20.0.1', 'fd00::1', null])
      for (let n = 0; n < 13; n += 1)
        await signInDirectly(deps, { email: `n${n}@millrace.test`, password: 'x', code: '000000' }, { ip, before: null });
    expect(world.db.all('SELECT tries FROM sign_in_tries WHERE tries > 5')).toEqual([]);
  });

  it('a code is good once, and not after a later one', async () => {
    const first = await firstAdmin(world);
    await world.clock.advance(90_000);
    const nowMs = world.clock.nowMs();
    expect((await signIn(world, EMAIL, first.secret)).status).toBe(200);
    expect(told(await signIn(world, EMAIL, first.secret))).toEqual([401, 'sign_in_failed']);
    expect((await signIn(world, EMAIL, first.secret, { code: codeOf(first.secret, nowMs - 30_000) })).status).toBe(401);
    await world.clock.advance(30_000);
    const two = await Promise.all([signIn(world, EMAIL, first.secret), signIn(world, EMAIL, first.secret)]);
    expect(two.map(({ status }) => String(status)).toSorted()).toEqual(['200', '401']);
  });
});

describe('a session', () => {
  it('ends after twelve hours, and after one without use', async () => {
    const first = await firstAdmin(world);
    for (let n = 0; n < 13; n += 1) {
      await world.leap(54 * 60_000);
      expect((await first.ask('GET', '/v1/desk/team')).status).toBe(200);
    }
    await world.leap(20 * 60_000);
    expect((await first.ask('GET', '/v1/desk/team')).status).toBe(401);
    const again = asking(world, cookieOf(await signIn(world, EMAIL, first.secret))!);
    await world.leap(59 * 60_000);
    expect((await again('GET', '/v1/session')).status).toBe(200);
    await world.leap(61 * 60_000);
    expect((await again('GET', '/v1/session')).status).toBe(401);
    expect((await again('GET', '/v1/desk/summary')).status).toBe(401);
  });

  it('ends when its owner signs out, here alone, and when an administrator ends it', async () => {
    const first = await firstAdmin(world);
    const viewer = await invite(world, first, 'viewer');
    await world.clock.advance(60_000);
    const second = asking(world, cookieOf(await signIn(world, 'viewer@millrace.test', viewer.secret))!);
    const out = await viewer.ask('DELETE', '/v1/session');
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await viewer.ask('GET', '/v1/desk/summary')).status).toBe(401);
    expect((await second('GET', '/v1/desk/summary')).status).toBe(200);
    expect((await first.ask('DELETE', `/v1/desk/team/${viewer.id}/sessions`)).json).toEqual({ ended: 1 });
    expect((await second('GET', '/v1/desk/summary')).status).toBe(401);
    expect(audited()).toEqual(expect.arrayContaining(['session.ended', 'operator.signed_out']));
  });

  it('is a new one at each sign-in, and what the browser had before ends', async () => {
    const first = await firstAdmin(world);
    await world.clock.advance(60_000);
    const planted = `__Host-millrace_console=${'A'.repeat(43)}`;
    const signed = await signIn(world, EMAIL, first.secret, {}, { cookie: planted });
    expect(cookieOf(signed)).not.toBe(planted);
    expect((await asking(world, planted)('GET', '/v1/session')).status).toBe(401);
    await world.clock.advance(60_000);
    await signIn(world, EMAIL, first.secret, {}, { cookie: cookieOf(signed)! });
    expect((await asking(world, cookieOf(signed)!)('GET', '/v1/session')).status).toBe(401);
    expect((await first.ask('GET', '/v1/session')).status).toBe(200);
  });

  it('is in the store as a hash, and its person sealed', async () => {
    const first = await firstAdmin(world);
    const token = first.cookie.split('=')[1]!;
    const dump = ['operators', 'operator_accounts', 'operator_sessions', 'operator_invitations', 'audit', 'sign_in_tries']
      .map((table) => JSON.stringify(world.db.all(`SELECT * FROM ${table}`), (_, value: unknown) => value))
      .join();
    const text =
      dump +
      world.db.all<{ t: string }>(
        'SELECT CAST(person_sealed AS TEXT) || CAST(password_sealed AS TEXT) || CAST(totp_sealed AS TEXT) AS t FROM operator_accounts WHERE totp_sealed NOT NULL',
      )[0]!.t;
    for (const secret of [token, EMAIL, 'scrypt', PASSWORD, first.secret]) expect(text).not.toContain(secret);
  });
});

describe('a request with a session', () => {
  it('that changes something needs the console’s header and comes from its own pages', async () => {
    const first = await firstAdmin(world);
    const ask = (headers: Record<string, string>): Promise<Reply> =>
      world.call('POST', '/v1/desk/team', {
        json: { email: 'x@millrace.test', name: 'x', role: 'viewer' },
        headers: { cookie: first.cookie, ...headers },
      });
    expect(told(await ask({}))).toEqual([403, 'forbidden']);
    expect(told(await ask({ 'x-millrace-console': '0' }))).toEqual([403, 'forbidden']);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://millrace.test.evil.example' },
      { origin: 'http://millrace.test:8443' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'http://millrace.test', 'sec-fetch-site': 'cross-site' },
    ])
      expect([headers, told(await ask({ ...CONSOLE, ...headers }))]).toEqual([headers, [403, 'origin_not_allowed']]);
    expect((await first.ask('GET', '/v1/desk/team')).text).not.toContain('x@millrace.test');
    // Reading needs none of it; nobody else can see the reply.
    expect((await world.call('GET', '/v1/desk/team', { headers: { cookie: first.cookie } })).status).toBe(200);
    expect((await ask({ ...CONSOLE, origin: 'http://millrace.test', 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    expect(told(await world.call('DELETE', '/v1/session', { headers: { cookie: first.cookie } }))).toEqual([403, 'forbidden']);
    expect((await first.ask('GET', '/v1/session')).status).toBe(200);
  });

  it('to sign in comes from a page of ours too: nobody is signed in as another unawares', async () => {
    const first = await firstAdmin(world);
    await world.clock.advance(60_000);
    for (const path of ['/v1/session', '/v1/invitations/open', '/v1/invitations/accept'])
      for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
        expect(told(await world.call('POST', path, { json: {}, headers }))).toEqual([403, 'origin_not_allowed']);
    expect((await signIn(world, EMAIL, first.secret, {}, { origin: 'http://millrace.test' })).status).toBe(200);
  });

  it('opens nothing of a borrower’s, and a cookie beside a key counts for nothing', async () => {
    const first = await firstAdmin(world);
    expect((await first.ask('GET', '/v1/consent-texts')).status).toBe(401);
    const both = await world.call('GET', '/v1/desk/keys', { key: world.roleKeys.viewer, headers: { cookie: first.cookie } });
    expect(both.status).toBe(403);
    expect((await world.call('GET', '/v1/desk/keys', { key: 'ok_test_nobody_at_all', headers: { cookie: first.cookie } })).status).toBe(401);
    // Without its prefix it may come from a neighbouring host.
    expect((await asking(world, first.cookie.slice('__Host-'.length))('GET', '/v1/session')).status).toBe(401);
  });
});

describe('a link of the sandbox', () => {
  it('signs in as one of two people, as often as one likes, and never in live mode', async () => {
    const { json } = await world.call('GET', '/v1/sandbox/keys');
    const links = json['console'] as unknown as { operator: string; approver: string };
    const open = (link: string): Promise<Reply> => world.call('POST', '/v1/invitations/open', { json: { token: link.slice(link.indexOf('#') + 1) } });
    const operator = await open(links.operator);
    expect(operator.json).toMatchObject({ signed_in: true, operator: { id: 'opr_sandbox_operator', role: 'operator' } });
    await open(links.operator);
    const approver = await open(links.approver);
    const [propose, approve] = [asking(world, cookieOf(operator)!), asking(world, cookieOf(approver)!)];
    const { json: channel } = await propose('GET', '/v1/desk/records/channel/h5-demo');
    const change = { kind: 'channel', id: 'h5-demo', note: 'for a test', body: { ...(channel['body'] as object), name: 'H5' } };
    const proposed = await propose('POST', '/v1/desk/changes', change);
    expect([proposed.status, proposed.json['author']]).toEqual([201, 'opr_sandbox_operator']);
    const path = `/v1/desk/changes/${proposed.json['id'] as unknown as string}/approve`;
    expect(told(await propose('POST', path, { hash: proposed.json['hash'] }))).toEqual([403, 'forbidden']);
    expect((await approve('POST', path, { hash: proposed.json['hash'] })).status).toBe(200);
    (world.service.deps as { mode: string }).mode = 'live';
    expect(told(await open(links.operator))).toEqual([410, 'gone']);
    expect((await propose('GET', '/v1/desk/changes')).status).toBe(401);
  });
});

it('an accepted link is good no more, and one that was not ends after two days', async () => {
  const first = await firstAdmin(world);
  const made = await first.ask('POST', '/v1/desk/team', { email: 'v@millrace.test', name: 'V', role: 'viewer' });
  const link = made.json['link'] as unknown as string;
  expect(link).toMatch(/^http:\/\/millrace\.test\/console\/welcome#[\w-]{43}$/);
  const token = link.slice(link.indexOf('#') + 1);
  await accept(world, world.clock.nowMs(), token, { name: 'V' });
  expect(told(await world.call('POST', '/v1/invitations/open', { json: { token } }))).toEqual([410, 'gone']);
  expect(told(await world.call('POST', '/v1/invitations/accept', { json: { token, name: 'W', password: PASSWORD, code: '000000' } }))).toEqual([
    410,
    'gone',
  ]);
  const other = await first.ask('POST', '/v1/desk/team', { email: 'w@millrace.test', name: 'W', role: 'viewer' });
  const late = (other.json['link'] as unknown as string).split('#')[1]!;
  await world.leap(48 * HOUR_MS);
  expect(told(await world.call('POST', '/v1/invitations/open', { json: { token: late } }))).toEqual([410, 'gone']);
});
