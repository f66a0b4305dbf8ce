/**
 * A world whose funders say what a test tells them: all of them speak harbor-json at `<name>.script.test`, each with a tier of its own, so that
 * a waterfall asks them in the order given. What is not scripted is approved at once.
 */
import { createHash, createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { makeIdNumber } from '../../src/domain/id-number.ts';
import { Funder } from '../../src/domain/funder.ts';
import { setSecret } from '../../src/flow/desk/secrets.ts';
import type { OutboundRequest, SendOutcome, SendOptions } from '../../src/ports/transport.ts';
import { equalInstalments } from '../../src/sandbox/instalments.ts';
import { makeWorld, type Reply, type World, type WorldOptions } from '../world.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const SECRET = 'a-secret-of-the-scripted-funders';

export interface Ask {
  readonly kind: 'submit' | 'query' | 'cancel' | 'draw';
  /** `fnd_…`. */
  readonly funderId: string;
  /** Our attempt's id. */
  readonly ref: string;
  readonly atMs: number;
  /** How often this funder was asked the same about the same order before. */
  readonly before: number;
  readonly body: Readonly<Record<string, unknown>> | null;
}
/** `hang`: no word until the caller gives up. */
export type Said = SendOutcome | 'hang';
export type Script = (ask: Ask) => Said;

export interface ScriptedWorld extends World {
  /** By funder id; may be changed while the world runs. */
  readonly scripts: Record<string, Script>;
  /** What the funders were asked, in order. */
  readonly asks: Ask[];
  /** Sends a callback of this funder about one of our attempts. */
  callBack(
    funderId: string,
    ref: string,
    application: object,
    how?: { readonly messageId?: string; readonly atMs?: number; readonly forged?: boolean; readonly funderRef?: string },
  ): Promise<Reply>;
}

export type FunderChanges = Partial<Omit<Funder, 'product' | 'timeouts'>> & {
  readonly product?: Partial<Funder['product']>;
  readonly timeouts?: Partial<Funder['timeouts']>;
};

/** A funder of that name: no caps, always open, decisions within a minute; the stricter the better paid, so that no choice is a tie. */
export function funder(name: string, tier: number, { product = {}, timeouts = {}, ...more }: FunderChanges = {}): Funder {
  return Funder.parse({
    id: `fnd_${name}`,
    name,
    legal_entity: `${name} Ltd (invented)`,
    contact: `privacy@${name}.example`,
    funder_type: 'bank',
    adapter: 'harbor-json',
    base_url: `http://${name}.script.test`,
    params: { key_id: 'k', product: 'p' },
    status: 'live',
    tier,
    terms: { cps_bps: 300 - 10 * tier, attempt_cost_fen: 100 },
    cooling_off_days: 30,
    whitelist: { evidence: 'invented', valid_from: '2025-10-01', valid_to: '2037-12-31' },
    product: { min_amount_fen: 100_000, max_amount_fen: 20_000_000, terms_months: [6, 12], quoted_apr_bps: 1_200, ...product },
    timeouts: { precheck_ms: 1_000, submit_ms: 4_000, query_ms: 3_000, decision_ms: MINUTE, ...timeouts },
    ...more,
  });
}

export interface ScriptedOptions extends Omit<WorldOptions, 'funders' | 'answer'> {
  /** What receivers of webhooks say. */
  readonly receive?: (request: OutboundRequest) => Said;
}

export async function scripted(
  funders: readonly Funder[],
  scripts: Record<string, Script> = {},
  { receive, ...options }: ScriptedOptions = {},
): Promise<ScriptedWorld> {
  const world = await makeWorld({ ...options, funders: () => funders });
  const { deps } = world.service;
  const seeding = deps.commit((tx) => funders.forEach(({ id }) => setSecret(tx, deps.vault, id, 'api_secret', SECRET, world.clock.nowMs())));
  await seeding;
  world.service.desk.reload();
  const asks: Ask[] = [];

  deps.transport.send = async (request: OutboundRequest, how: SendOptions) => {
    const ask = askOf(request, world.clock.nowMs(), asks);
    if (ask === null) world.sent.push(request);
    else asks.push(ask);
    const said = ask === null ? (receive?.(request) ?? reply(204, '')) : (scripts[ask.funderId] ?? approves)(ask);
    if (said !== 'hang') return said;
    await world.clock.sleep(how.timeoutMs);
    return { kind: 'lost', why: 'timeout' };
  };

  return {
    ...world,
    scripts,
    asks,
    callBack(
      funderId,
      ref,
      application,
      { messageId = 'message-1', atMs = world.clock.nowMs(), forged = false, funderRef = `order-${ref.slice(-10)}` } = {},
    ) {
      const body = JSON.stringify({
        message_id: messageId,
        event: 'application.updated',
        occurred_at: new Date(atMs).toISOString(),
        application: { id: funderRef, ref, ...application },
      });
      const at = new Date(world.clock.nowMs()).toISOString();
      const toSign = ['CALLBACK', '', at, 'nonce', createHash('sha256').update(body).digest('hex')].join('\n');
      const signature = `v1=${createHmac('sha256', forged ? 'another' : SECRET)
        .update(toSign)
        .digest('hex')}`;
      return world.call('POST', `/v1/callbacks/${funderId}`, {
        body,
        headers: { 'content-type': 'application/json', 'x-harbor-timestamp': at, 'x-harbor-nonce': 'nonce', 'x-harbor-signature': signature },
      });
    },
  };
}

function askOf(request: OutboundRequest, atMs: number, asks: readonly Ask[]): Ask | null {
  const { hostname, pathname } = new URL(request.url);
  if (!hostname.endsWith('.script.test')) return null;
  const body = typeof request.body === 'string' && request.body !== '' ? (JSON.parse(request.body) as Record<string, unknown>) : null;
  const [, byRef, action] = /\/by-ref\/([^/]+)(?:\/(cancel|draw))?$/.exec(pathname) ?? [];
  const funderId = `fnd_${hostname.split('.')[0]!}`;
  const kind = byRef === undefined ? 'submit' : ((action ?? 'query') as Ask['kind']);
  const ref = byRef ?? (body?.['ref'] as string);
  return { kind, funderId, ref, atMs, body, before: asks.filter((each) => each.kind === kind && each.ref === ref).length };
}

export const reply = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): SendOutcome => ({
  kind: 'response',
  response: { status, headers, body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)) },
});

/** The order as harbor-json writes it; times as of the asking. */
export const order = (ask: Pick<Ask, 'ref' | 'atMs'>, more: object): SendOutcome =>
  reply(200, { id: `order-${ask.ref.slice(-10)}`, ref: ask.ref, updated_at: new Date(ask.atMs).toISOString(), ...more });

export interface Terms {
  readonly amountFen?: number;
  readonly months?: number;
  readonly aprBps?: number;
  readonly feeFen?: number;
  readonly expiresAtMs?: number;
}

export function offerOf({ amountFen = 2_000_000, months = 12, aprBps = 1_200, feeFen = 0, expiresAtMs }: Terms = {}): object {
  return {
    amount_fen: amountFen,
    term_months: months,
    quoted_apr_bps: aprBps,
    instalments: planOf(amountFen, months, aprBps),
    fees: feeFen === 0 ? [] : [{ item: 'guarantee', payee: 'Guarantor Ltd', amount_fen: feeFen, when: 'upfront' }],
    ...(expiresAtMs === undefined ? {} : { expires_at: new Date(expiresAtMs).toISOString() }),
  };
}
export const planOf = (amountFen: number, months: number, aprBps: number): object[] =>
  equalInstalments(amountFen, months, aprBps).map((row) => ({
    due_in_months: row.period,
    principal_fen: row.principalFen,
    interest_fen: row.interestFen,
    fee_fen: row.feeFen,
  }));

export const approves = (ask: Pick<Ask, 'ref' | 'atMs'>, terms: Terms = {}): SendOutcome => order(ask, { status: 'approved', offer: offerOf(terms) });
export const declines = (ask: Pick<Ask, 'ref' | 'atMs'>): SendOutcome => order(ask, { status: 'declined', decline: { code: 'credit_score' } });
export const decides = (ask: Pick<Ask, 'ref' | 'atMs'>): SendOutcome => order(ask, { status: 'reviewing' });
export const cancels = (ask: Pick<Ask, 'ref' | 'atMs'>): SendOutcome => order(ask, { status: 'cancelled' });
export const knowsNot = (): SendOutcome => reply(404, { error: { code: 'application_not_found' } });
export const tooLate = (): SendOutcome => reply(409, { error: { code: 'too_late' } });
export const garbage = (): SendOutcome => reply(200, '<html>\u0000{"ok":');
export const lost: SendOutcome = { kind: 'lost', why: 'reset' };

/** Person number `n`, one of ten thousand: never a magic phone. */
export function person(n: number): { readonly phone: string; readonly id_number: string } {
  return {
    phone: `139${String(10_000_000 + n)}`,
    id_number: makeIdNumber({ region: '110105', birthDate: `19${80 + (n % 15)}-0${1 + (n % 9)}-1${n % 9}`, sequence: n % 500, sex: 'm' }),
  };
}

/** The state of each attempt of an application, in the order they were made. */
export function attempts(world: World, id: unknown): [string, string][] {
  return world.service.deps.store.dispatch.ofApplication(id as string).map(({ funderId, state }) => [funderId.slice(4), state]);
}
export const state = (world: World, id: unknown): string | undefined => world.service.deps.store.applications.byId(id as string)?.state;
export const eventsOf = (world: World, id: unknown): string[] => world.service.deps.store.feed.eventsOf(id as string, 0).map(({ type }) => type);

/** Why each funder was left out of the plan made last. */
export function leftOut(world: World, id: unknown): Record<string, string> {
  const plan = world.service.deps.store.applications.plansOf(id as string).at(-1);
  const { excluded } = JSON.parse(plan!.result) as { excluded: { funderId: string; code: string; detail: string }[] };
  return Object.fromEntries(excluded.map(({ funderId, code, detail }) => [funderId.slice(4), detail === '' ? code : `${code}: ${detail}`]));
}

/** Changes the record in force as operators do: one proposes, another approves. */
export async function change(world: World, kind: string, id: string, edit: (body: Record<string, unknown>) => object): Promise<void> {
  const current = await world.call('GET', `/v1/desk/records/${kind}/${id}`, { key: world.roleKeys.viewer });
  const body = edit(current.json['body'] as unknown as Record<string, unknown>);
  const proposed = await world.call('POST', '/v1/desk/changes', { key: world.roleKeys.operator, json: { kind, id, note: 'test', body } });
  const approved = await world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, {
    key: world.roleKeys.approver,
    json: { hash: proposed.json['hash'] },
  });
  expect([proposed.text, approved.status]).toEqual([proposed.text, 200]);
}
/** The weights of the usual six would name funders that this desk has not got. */
export const policy = (world: World, more: object): Promise<void> =>
  change(world, 'policy', 'pol_default', (body) => ({ ...body, weights: {}, ...more }));
