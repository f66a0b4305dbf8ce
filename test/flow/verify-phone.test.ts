/** SMS codes as a live instance handles them: limited per phone and per address, few tries, ten minutes. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/domain/failures.ts';
import type { Deps } from '../../src/flow/deps.ts';
import { beginVerification, confirmVerification, VERIFICATION_LIMITS, type Verification } from '../../src/flow/verify-phone.ts';
import type { CodeSent } from '../../src/ports/messages.ts';
import { makeWorld, type World } from '../world.ts';

const PHONE = '13912345678';
const FROM = { channelId: 'h5-demo', variant: null };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Live {
  readonly world: World;
  readonly deps: Deps;
  /** Codes in the order they went out. */
  readonly codes: string[];
  begin(phone?: string, ip?: string | null): Promise<Verification | Problem>;
}

async function live(sent: CodeSent = 'taken'): Promise<Live> {
  const world = await makeWorld();
  const codes: string[] = [];
  const messages = { sendCode: async (_phone: string, code: string) => (codes.push(code), sent) };
  const deps: Deps = { ...world.service.deps, mode: 'live', messages };
  return { world, deps, codes, begin: (phone = PHONE, ip = '203.0.113.9') => beginVerification(deps, phone, ip) };
}
const kind = (outcome: object): string => ('problem' in outcome ? (outcome as Problem).problem : 'ok');
const many = async (count: number, run: (n: number) => Promise<object>): Promise<string[]> => {
  const kinds = [];
  for (let n = 0; n < count; n += 1) kinds.push(kind(await run(n)));
  return kinds;
};
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('sending', () => {
  it('stops at five codes an hour and ten a day for one phone, whatever address asks', async () => {
    const { world, begin, codes } = await live();
    expect(await many(7, (n) => begin(PHONE, `203.0.113.${n}`))).toEqual([
      ...Array.from({ length: VERIFICATION_LIMITS.phonePerHour }, () => 'ok'),
      'rate_limited',
      'rate_limited',
    ]);
    await world.leap(HOUR + 1);
    expect(await many(6, () => begin())).toEqual([...Array.from({ length: 5 }, () => 'ok'), 'rate_limited']);
    await world.leap(HOUR + 1);
    expect(await begin()).toMatchObject({ problem: 'rate_limited', retryAfterS: 3_600 });
    expect(kind(await begin('13912345679'))).toBe('ok');
    await world.leap(24 * HOUR);
    expect(kind(await begin())).toBe('ok');
    expect(codes).toHaveLength(12);
    await world.close();
  });

  it('stops at thirty an hour for one address, and the unknown address is one address', async () => {
    const { world, begin } = await live();
    const each = (ip: string | null) => (n: number) => begin(`1370000${String(n).padStart(4, '0')}`, ip);
    expect((await many(32, each('198.51.100.1'))).filter((one) => one === 'ok')).toHaveLength(VERIFICATION_LIMITS.ipPerHour);
    // Whoever has one address of IPv6 has all of its network.
    const sixth = (n: number) => each(`2001:db8:1:2::${n.toString(16)}`)(n + 200);
    expect((await many(32, sixth)).filter((one) => one === 'ok')).toHaveLength(VERIFICATION_LIMITS.ipPerHour);
    // Behind a proxy of our own network is everybody.
    expect(await many(32, (n) => each('10.0.0.2')(n + 300))).not.toContain('rate_limited');
    expect((await many(32, (n) => each(null)(n + 100))).filter((one) => one === 'ok')).toHaveLength(VERIFICATION_LIMITS.ipPerHour);
    expect(kind(await begin('13700009999', '198.51.100.2'))).toBe('ok');
    await world.leap(HOUR + 1);
    expect(kind(await begin('13700009998', '198.51.100.1'))).toBe('ok');
    await world.close();
  });

  it('counts a burst that arrives at once: no more than five get through', async () => {
    const { world, begin, codes } = await live();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => begin()));
    expect(outcomes.filter((one) => kind(one) === 'ok')).toHaveLength(5);
    expect(codes).toHaveLength(5);
    await world.close();
  });

  it('sends six random digits, never the sandbox’s, and keeps neither code nor phone in the clear', async () => {
    const { world, begin, codes } = await live();
    for (let n = 0; n < 5; n += 1) await begin();
    expect(new Set(codes).size).toBe(5);
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(codes).not.toContain('000000');
    const rows = JSON.stringify(world.db.all(sql`SELECT * FROM phone_verifications`));
    for (const text of [PHONE, ...codes]) expect(rows).not.toContain(text);
    await world.close();
  });

  it('says so when the gateway does not take it', async () => {
    const { world, begin } = await live('not_sent');
    expect(await begin()).toMatchObject({ problem: 'overloaded', retryAfterS: 30 });
    await world.close();
  });

  it('says when to ask again where the gateway gives this phone no more for now', async () => {
    const { world, begin } = await live('too_many');
    expect(await begin()).toMatchObject({ problem: 'rate_limited', retryAfterS: 60 });
    await world.close();
  });
});

describe('confirming', () => {
  it('takes the right code within ten minutes, also twice; not a moment later', async () => {
    const { world, deps, begin, codes } = await live();
    const [first, second] = [(await begin()) as Verification, (await begin()) as Verification];
    expect(first.expiresAtMs).toBe(world.clock.nowMs() + 10 * MINUTE);
    await world.leap(10 * MINUTE - 1);
    expect(await confirmVerification(deps, first.id, codes[0]!, FROM)).toEqual({ id: first.id, confirmed: true });
    await world.leap(1);
    expect(kind(await confirmVerification(deps, second.id, codes[1]!, FROM))).toBe('code_expired');
    expect(kind(await confirmVerification(deps, first.id, codes[0]!, FROM))).toBe('ok');
    expect(kind(await confirmVerification(deps, 'pv_0000000000000000000000', '123456', FROM))).toBe('not_found');
    await world.close();
  });

  it('takes five wrong codes, then not even the right one; a burst of guesses counts each', async () => {
    const { world, deps, begin, codes } = await live();
    const slow = (await begin()) as Verification;
    expect(await many(6, () => confirmVerification(deps, slow.id, other(codes[0]!), FROM))).toEqual([
      ...Array.from({ length: 5 }, () => 'code_wrong'),
      'code_expired',
    ]);
    expect(kind(await confirmVerification(deps, slow.id, codes[0]!, FROM))).toBe('code_expired');
    const rushed = (await begin()) as Verification;
    const guesses = await Promise.all(Array.from({ length: 50 }, () => confirmVerification(deps, rushed.id, other(codes[1]!), FROM)));
    expect(guesses.filter((one) => kind(one) === 'code_wrong')).toHaveLength(5);
    await world.close();
  });

  it('a code is of its own verification: another’s does not do', async () => {
    const { world, deps, begin, codes } = await live();
    const [first, second] = [(await begin()) as Verification, (await begin('13912345679')) as Verification];
    expect(codes[0]).not.toBe(codes[1]);
    expect(kind(await confirmVerification(deps, first.id, codes[1]!, FROM))).toBe('code_wrong');
    expect(kind(await confirmVerification(deps, second.id, codes[1]!, FROM))).toBe('ok');
    await world.close();
  });

  it('an unconfirmed verification, another phone’s, or one of yesterday opens no application', async () => {
    const world = await makeWorld();
    const begin = async (phone: string): Promise<string> =>
      (await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone } })).json['id'];
    const confirm = (id: string): Promise<unknown> =>
      world.call('POST', `/v1/phone-verifications/${id}/confirm`, { key: world.keys.secret, json: { code: '000000' } });
    const fault = async (phone: string, phone_verification_id: string): Promise<unknown> =>
      (await world.apply({ phone, phone_verification_id })).json['errors']?.[0]?.['code'];
    const id = await begin(PHONE);
    expect(await fault(PHONE, id)).toBe('not_confirmed');
    await confirm(id);
    expect(await fault('13912345679', id)).toBe('other_phone');
    expect(await fault(PHONE, id)).toBeUndefined();
    await world.leap(24 * HOUR + 1);
    expect(await fault(PHONE, id)).toBe('too_old');
    await world.leap(48 * HOUR);
    expect(await fault(PHONE, id)).toBe('not_confirmed');
    await world.close();
  });
});
