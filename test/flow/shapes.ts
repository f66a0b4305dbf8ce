/**
 * A world whose funders answer in the contract's own words: the body of a reply *is* the answer, so that a test of a flow shape says what the
 * funder means and nothing of any wire. Each call goes to `/<capability>` at `<name>.shape.test`.
 */
import type { AdapterContext, AttemptRef, CallbackCapability, FunderAdapter, OutboundResponse } from '../../adapters/contract.ts';
import type { Funder } from '../../src/domain/funder.ts';
import { setSecret } from '../../src/flow/desk/secrets.ts';
import type { SendOptions } from '../../src/ports/transport.ts';
import { makeWorld, type Reply, type World, type WorldOptions } from '../world.ts';
import { funder, policy, reply, type FunderChanges } from './scripted.ts';

export type Capability =
  | 'precheck'
  | 'submit'
  | 'query'
  | 'cancel'
  | 'list'
  | 'bind'
  | 'verify'
  | 'trial'
  | 'draw'
  | 'plan'
  | 'pay'
  | 'query_repayment'
  | 'redirect';
export interface Asked {
  readonly funder: string;
  readonly capability: Capability;
  readonly ref: string;
  readonly funderRef: string | null;
  /** Fields or terms, as the adapter was handed them. */
  readonly given: Readonly<Record<string, unknown>>;
  /** How often it was asked this about this order before. */
  readonly before: number;
}
/** An answer of the contract, or `lost`: no word comes back. */
export type Answering = (asked: Asked) => object | 'lost';

const ALL: readonly Capability[] = [
  'precheck',
  'submit',
  'query',
  'cancel',
  'list',
  'bind',
  'verify',
  'trial',
  'draw',
  'plan',
  'pay',
  'query_repayment',
  'redirect',
];
const decoder = new TextDecoder();

const ask = (capability: Capability) => ({
  build: (ctx: AdapterContext, { ref, funderRef }: AttemptRef, given: object = {}) => ({
    method: 'POST' as const,
    url: `${ctx.baseUrl}/${capability}`,
    headers: {},
    body: JSON.stringify({ ref, funderRef, given }),
  }),
  read: (_ctx: AdapterContext, response: OutboundResponse) => JSON.parse(decoder.decode(response.body)) as never,
});

const callback: CallbackCapability = {
  verify: () => ({ ok: true }),
  read: (_ctx, inbound) => JSON.parse(decoder.decode(inbound.body)) as never,
  acknowledge: () => ({ status: 200, headers: {}, body: new Uint8Array(0) }),
};

/** An adapter of exactly these capabilities; `submit` and callbacks it always has. */
export function plainAdapter(id: string, has: readonly Capability[]): FunderAdapter {
  const call = (capability: Capability): object => (has.includes(capability) ? { [capability]: ask(capability) } : {});
  return {
    manifest: {
      id,
      title: id,
      shape: 'direct',
      secretNames: [],
      paramNames: [],
      units: { money: 'fen', time: 'ms' },
      timeZone: 'Asia/Shanghai',
      limits: { precheckPerSecond: null, submitPerSecond: null, callbackTries: null },
      timeouts: { precheckMs: 1_000, submitMs: 4_000, queryMs: 3_000 },
      submitIdempotent: true,
    },
    ...(has.includes('precheck') ? { precheck: { needs: ['phone'], ...ask('precheck') } } : {}),
    submit: { needs: ['name', 'phone', 'id_number', 'amount_fen'], ...ask('submit') },
    ...call('query'),
    ...call('cancel'),
    ...(has.includes('bind') ? { cards: { list: ask('list'), bind: { needs: ['name', 'bank_card'], ...ask('bind') }, verify: ask('verify') } } : {}),
    ...call('trial'),
    ...call('draw'),
    ...call('plan'),
    ...(has.includes('pay') ? { repay: { pay: ask('pay'), query: ask('query_repayment') } } : {}),
    ...call('redirect'),
    callback,
  } as FunderAdapter;
}

export interface ShapedWorld extends World {
  readonly answers: Record<string, Answering>;
  readonly asked: Asked[];
  /** What was asked of a funder, in order: `precheck`, `submit`, … */
  heard(name: string): Capability[];
  tell(name: string, ref: string, answer: object, more?: object): Promise<Reply>;
}

/** Funders by name, strictest first, each with its capabilities. */
export async function shaped(
  parts: Readonly<Record<string, { readonly has: readonly Capability[]; readonly changes?: FunderChanges }>>,
  answers: Record<string, Answering>,
  options: WorldOptions & { readonly policy?: object } = {},
): Promise<ShapedWorld> {
  const names = Object.keys(parts);
  const records: Funder[] = names.map((name, at) => ({
    ...funder(name, at + 1, parts[name]!.changes),
    adapter: `shape-${name}`,
    base_url: `http://${name}.shape.test`,
  }));
  const world = await makeWorld({
    ...options,
    funders: () => records,
    adapters: new Map(names.map((name) => [`shape-${name}`, plainAdapter(`shape-${name}`, parts[name]!.has)])),
  });
  const { deps } = world.service;
  const seeding = deps.commit((tx) => records.forEach(({ id }) => setSecret(tx, deps.vault, id, 'none', 'none', world.clock.nowMs())));
  await seeding;
  world.service.desk.reload();
  await policy(world, options.policy ?? {});
  const asked: Asked[] = [];
  deps.transport.send = async (request, how: SendOptions) => {
    const { hostname, pathname } = new URL(request.url);
    const capability = pathname.slice(1) as Capability;
    if (!hostname.endsWith('.shape.test') || !ALL.includes(capability)) return reply(204, '');
    const told = JSON.parse(request.body as string) as Pick<Asked, 'ref' | 'funderRef' | 'given'>;
    const name = hostname.split('.')[0]!;
    const before = asked.filter((each) => each.capability === capability && each.ref === told.ref).length;
    const one: Asked = { funder: name, capability, before, ...told };
    asked.push(one);
    const answer = answers[name]!(one);
    if (answer !== 'lost') return reply(200, answer);
    await world.clock.sleep(how.timeoutMs);
    return { kind: 'lost', why: 'timeout' };
  };
  let messages = 0;
  return {
    ...world,
    answers,
    asked,
    heard: (name) => asked.filter((each) => each.funder === name).map((each) => each.capability),
    async tell(name, ref, answer, more = {}) {
      messages += 1;
      const told = await world.call('POST', `/v1/callbacks/fnd_${name}`, {
        json: { attempt: { by: 'ref', value: ref }, messageId: `m-${messages}`, answer, ...more },
      });
      await world.settle();
      return told;
    },
  };
}

const PLAN = Array.from({ length: 12 }, (_, at) => ({ dueInMonths: at + 1, principal: at === 11 ? 166_674 : 166_666, interest: 10_000, fee: 0 }));
export const OFFER = { amount: 2_000_000, termMonths: 12, quotedAprBps: 1_200, plan: PLAN, fees: [], expiresAtMs: null };
const AT = { funderRef: 'order-1', eventAtMs: null };
export const APPROVED = { kind: 'approved', offer: OFFER, ...AT };
export const DECLINED = { kind: 'declined', reason: { code: 'credit', detail: 'R01' }, ...AT };
export const PENDING = { kind: 'pending', unrecognised: null, ...AT };
export const AUTHORISED = { kind: 'authorised', ...AT };
export const CANCELLED = { kind: 'cancelled', ...AT };
export const paidOut = { kind: 'loan', news: { status: 'disbursed', amount: 2_000_000, plan: PLAN }, ...AT };
export const paying = { kind: 'loan', news: { status: 'disbursing' }, ...AT };
export const page = (url: string) => ({ kind: 'open_link', url, expiresAtMs: null });
