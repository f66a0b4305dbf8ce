/** People at the console, as their browser and their telephone would act for them. */
import { TOTP, Secret } from 'otpauth';
import type { Role } from '../../../src/domain/desk.ts';
import { firstRunToken } from '../../../src/flow/operators/first-run.ts';
import type { Call, Reply, World } from '../../world.ts';

export const PASSWORD = 'a mill at the weir';
export const CONSOLE = { 'x-millrace-console': '1' };
type Calls = Pick<World, 'call'>;

/** The code of that moment, as the app on the telephone shows it. */
export function codeOf(secret: string, nowMs: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: nowMs });
}

/** `name=value` of the session cookie a reply sets; null when it sets none. */
export function cookieOf(reply: Reply): string | null {
  const set = reply.headers.getSetCookie().find((each) => /millrace_console=[^;]/.test(each));
  return set === undefined ? null : set.slice(0, set.indexOf(';'));
}

export interface Signed {
  readonly id: string;
  readonly secret: string;
  readonly cookie: string;
  /** As a page of the console would ask. */
  ask(method: string, path: string, json?: unknown, more?: Call['headers']): Promise<Reply>;
}

export function asking(world: Calls, cookie: string): Signed['ask'] {
  return (method, path, json, more = {}) =>
    world.call(method, path, { ...(json === undefined ? {} : { json }), headers: { cookie, ...CONSOLE, ...more } });
}

/** Opens a link and accepts it. */
export async function accept(world: Calls, nowMs: number, token: string, who: { readonly name: string; readonly email?: string }): Promise<Signed> {
  const opened = await world.call('POST', '/v1/invitations/open', { json: { token } });
  if (opened.status !== 200) throw new Error(opened.text);
  const secret = (opened.json['totp'] as unknown as { secret: string }).secret;
  const accepted = await world.call('POST', '/v1/invitations/accept', {
    json: { token, ...who, password: PASSWORD, code: codeOf(secret, nowMs) },
  });
  if (accepted.status !== 200) throw new Error(accepted.text);
  const cookie = cookieOf(accepted)!;
  return { id: (accepted.json['operator'] as unknown as { id: string }).id, secret, cookie, ask: asking(world, cookie) };
}

/** The first administrator of a fresh world. */
export function firstAdmin(world: World, email = 'first@millrace.test'): Promise<Signed> {
  const nowMs = world.clock.nowMs();
  return accept(world, nowMs, firstRunToken(world.service.deps, nowMs), { name: 'First', email });
}

/** Somebody whom an administrator invites. */
export async function invite(world: World, by: Signed, role: Role, email = `${role}@millrace.test`): Promise<Signed> {
  const made = await by.ask('POST', '/v1/desk/team', { email, name: role, role });
  if (made.status !== 201) throw new Error(made.text);
  const link = made.json['link'] as unknown as string;
  return accept(world, world.clock.nowMs(), link.slice(link.indexOf('#') + 1), { name: role });
}

export function signIn(world: World, email: string, secret: string, more: object = {}, headers: Call['headers'] = {}): Promise<Reply> {
  return world.call('POST', '/v1/session', { json: { email, password: PASSWORD, code: codeOf(secret, world.clock.nowMs()), ...more }, headers });
}
