/**
 * Every adapter in workerd against its live double on Node, over HTTP: what is built and sealed by the edge's crypto the funder's side opens by
 * OpenSSL, and the other way round. The double's callbacks find nobody here, so decisions are asked for.
 */
import { describe, expect, inject, it } from 'vitest';
import type { AdapterContext, BorrowerStep, DecisionAnswer, FunderAdapter, OutboundRequest, OutboundResponse } from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import { contextOf, FIELDS, granted } from '../adapters/world.ts';

const APPROVES = '13800000001';
const DECLINES = '13800000003';
const doubles = inject('doubles');
let orders = 0;

describe.each([...adapters.keys()].filter((id) => id in doubles))('%s', (id) => {
  const adapter = adapters.get(id)!;
  it('is approved', async () => {
    const decision = await decide(adapter, id, APPROVES);
    expect(decision.kind === 'approved' || (decision.kind === 'offers' && decision.offers.length > 0)).toBe(true);
  });
  it('is declined', async () => {
    const decision = await decide(adapter, id, DECLINES);
    expect(decision.kind === 'declined' || (decision.kind === 'offers' && decision.offers.length === 0)).toBe(true);
  });
});

it('all of them are here', () => {
  expect([...adapters.keys()].filter((id) => !(id in doubles))).toEqual([]);
});

async function decide(adapter: FunderAdapter, id: string, phone: string): Promise<DecisionAnswer> {
  orders += 1;
  const attempt: { ref: string; funderRef: string | null } = { ref: `att_workerd${String(orders).padStart(10, '0')}`, funderRef: null };
  const fields = { ...FIELDS, phone, term_months: 12, id_number: '110105199003072338' };
  const context = (): AdapterContext => ({
    ...contextOf(id),
    baseUrl: doubles[id]!,
    nowMs: Date.now(),
    nonce: crypto.randomUUID().replaceAll('-', ''),
    callbackUrl: 'http://127.0.0.1:1/callback',
  });
  const until = async (fits: (answer: DecisionAnswer) => boolean): Promise<DecisionAnswer> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const ctx = context();
      const answer = adapter.query!.read(ctx, await send(adapter.query!.build(ctx, attempt)));
      if (answer.kind !== 'not_found' && answer.kind !== 'unavailable' && answer.kind !== 'unknown' && fits(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('asked in vain');
  };
  const take = async (step: BorrowerStep): Promise<void> => {
    if (step.kind === 'open_link') return visit(step.url);
    const ctx = context();
    const link = adapter.redirect!.read(ctx, await send(adapter.redirect!.build(ctx, attempt, { destination: step.destination })));
    if (link.kind !== 'url') throw new Error(`a link was asked for, and ${link.kind} came`);
    return visit(link.url);
  };

  if (adapter.precheck !== undefined) {
    const ctx = context();
    const answer = adapter.precheck.read(ctx, await send(adapter.precheck.build(ctx, attempt, granted(adapter.precheck.needs, fields))));
    if (answer.kind === 'ineligible') return { kind: 'declined', reason: answer.reason, funderRef: null, eventAtMs: null };
    if (answer.kind !== 'eligible') throw new Error(`the precheck said ${answer.kind} ${answer.detail}`);
    attempt.funderRef = answer.funderRef ?? null;
    if (answer.step !== undefined) {
      await take(answer.step);
      await until(({ kind }) => kind === 'authorised');
    }
  }
  const ctx = context();
  const answer = adapter.submit.read(ctx, await send(adapter.submit.build(ctx, attempt, granted(adapter.submit.needs, fields))));
  if (answer.kind === 'unavailable' || answer.kind === 'unknown') throw new Error(`the submit said ${answer.kind} ${answer.detail}`);
  attempt.funderRef = answer.funderRef ?? attempt.funderRef;
  if (answer.kind === 'pending' && answer.step !== undefined) await take(answer.step);
  return isDecided(answer) ? answer : until(isDecided);
}

function isDecided(answer: DecisionAnswer): boolean {
  return answer.kind === 'approved' || answer.kind === 'declined' || (answer.kind === 'offers' && answer.complete);
}

async function send({ method, url, headers, body }: OutboundRequest): Promise<OutboundResponse> {
  const reply = await fetch(url, { method, headers, body: body as BodyInit | null });
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: new Uint8Array(await reply.arrayBuffer()) };
}

/** The borrower agrees on the funder's page. */
async function visit(url: string): Promise<void> {
  const html = await (await fetch(url)).text();
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  if (action === undefined) throw new Error('the page has no form');
  const pressed = await fetch(new URL(action, url), { method: 'POST', body: new URLSearchParams({ agree: 'yes' }) });
  if (!pressed.ok) throw new Error(`the form says ${pressed.status}`);
}
