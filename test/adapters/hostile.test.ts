/** Nothing a funder sends may throw, and nothing an adapter says may repeat a borrower or a key. fast-check prints its seed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdapterContext, FunderAdapter, InboundCallback, OutboundResponse } from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import { callback, inbound, response, sealed } from './funder-side.ts';
import { contextOf, FIELDS, SECRETS } from './world.ts';

const ANSWER_KINDS = [
  'eligible',
  'ineligible',
  'approved',
  'declined',
  'pending',
  'loan',
  'unavailable',
  'unknown',
  'not_found',
  'cancelled',
  'too_late',
];
const RUNS = { numRuns: 150 };

/** A reply as each protocol gives it, so that truncation and damage start from something that is understood. */
const HONEST: Readonly<Record<string, object>> = {
  'harbor-json': {
    id: 'river-1',
    ref: 'att_1',
    status: 'approved',
    updated_at: '2026-03-02T01:59:58Z',
    offer: {
      amount_fen: 100,
      term_months: 1,
      quoted_apr_bps: 1200,
      instalments: [{ due_in_months: 1, principal_fen: 100, interest_fen: 1, fee_fen: 0 }],
      fees: [],
      expires_at: null,
    },
    loan: { status: 'disbursed', amount_fen: 100, instalments: [] },
  },
  'lotus-md5': {
    code: '0000',
    msg: 'OK',
    data: {
      orderNo: 'att_1',
      lotusNo: 'l-1',
      state: '2',
      result: '0',
      eventTime: '1772416798',
      creditAmount: '1.00',
      creditTerm: '1',
      yearRate: '12.00',
      planList: [{ period: '1', principal: '1.00', interest: '0.01', serviceFee: '0.00' }],
      feeList: '[]',
      expireTime: '1772516798',
    },
  },
  'cedar-sealed': {
    status: 200,
    msg: 'ok',
    data: {
      outOrderId: 'att_1',
      orderId: 'c-1',
      state: 'AUDIT_PASS',
      result: 200,
      eventTime: 1_772_416_798_000,
      creditAmount: 100,
      term: 1,
      terms: '[1]',
      yearRateBps: 1200,
      repayPlan: '[{"period":1,"principal":100,"interest":1,"serviceFee":0}]',
      fees: [],
      expireTime: null,
    },
  },
};

const statuses = fc.constantFrom(200, 201, 202, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504);
const headers = fc.dictionary(
  fc.constantFrom('retry-after', 'content-type', '__proto__'),
  fc.oneof(fc.string(), fc.constantFrom('-1', '1e9', '99999999999999999999', 'GMT', 'NaN GMT')),
);

for (const [id, adapter] of adapters) {
  const ctx = contextOf(id);

  describe(id, () => {
    it('reads any bytes', () => {
      fc.assert(
        fc.property(statuses, headers, fc.uint8Array({ maxLength: 300 }), (status, head, bytes) => {
          readAll(adapter, ctx, response(status, bytes, head));
          askCallback(adapter, ctx, inbound(bytes, head));
        }),
        RUNS,
      );
    });

    it('reads any JSON in the place of its own', () => {
      fc.assert(
        fc.property(statuses, fc.jsonValue({ maxDepth: 5 }), (status, value) => {
          readAll(adapter, ctx, response(status, JSON.stringify(value)));
          readAll(adapter, ctx, honestWith(id, value));
        }),
        RUNS,
      );
    });

    it('reads its own replies with any part of them replaced', () => {
      const paths = pathsOf(HONEST[id]!);
      const strange = fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom('__proto__', 'constructor', 'toString', -1, 1e300, 1.5, '', '[', '９', '1e3', '-0', []),
      );
      fc.assert(
        fc.property(fc.constantFrom(...paths), strange, (path, value) => {
          const damaged = structuredClone(HONEST[id]!);
          replace(damaged, path, value);
          readAll(adapter, ctx, honestWith(id, damaged));
          const says = (id === 'cedar-sealed' || id === 'lotus-md5' ? (damaged as { data?: unknown }).data : { application: damaged }) ?? {};
          if (id !== 'lotus-md5') askCallback(adapter, ctx, callback(id, says as object));
        }),
        { numRuns: 400 },
      );
    });

    it('reads its own replies and callbacks cut off anywhere', () => {
      const whole = honestWith(id, HONEST[id]).body;
      const message = callback(
        id,
        id === 'harbor-json' ? { message_id: 'm', application: HONEST[id] } : { orderNo: 'att_1', outOrderId: 'att_1', state: '1' },
      );
      expect(adapter.callback?.verify(ctx, message)).toEqual({ ok: true });
      for (let length = 0; length < whole.length; length += 1) readAll(adapter, ctx, response(200, whole.slice(0, length)));
      for (let length = 0; length < message.body.length; length += 1) {
        expect(adapter.callback?.verify(ctx, { ...message, body: message.body.slice(0, length) }).ok).toBe(false);
      }
    });

    it('accepts no callback in which any byte was changed', () => {
      const message = callback(id, id === 'harbor-json' ? { application: HONEST[id] } : { orderNo: 'att_1', state: '2' });
      fc.assert(
        fc.property(fc.nat(message.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
          const body = message.body.slice();
          body[at] = body[at]! ^ by;
          expect(adapter.callback?.verify(ctx, { ...message, body }).ok && !sameMeaning(body, message.body)).toBe(false);
        }),
        { numRuns: 400 },
      );
    });

    it('verifies nothing and opens nothing when its secrets are missing', () => {
      const bare = { ...ctx, secrets: {} };
      const message = callback(id, { orderNo: 'att_1', state: '2' });
      expect(adapter.callback?.verify(bare, message)).toEqual({ ok: false, why: 'secret not configured' });
      readAll(adapter, bare, honestWith(id, HONEST[id]));
    });

    it('repeats neither a borrower nor a key, wherever the funder puts them', () => {
      const canaries = [FIELDS.name, FIELDS.phone, FIELDS.id_number, ...Object.values(SECRETS[id]!)];
      fc.assert(
        fc.property(statuses, fc.constantFrom(...pathsOf(HONEST[id]!)), fc.constantFrom(...canaries), (status, path, canary) => {
          const telling = { ...structuredClone(HONEST[id]!), error: { code: canary, message: canary } };
          // The funder's own number, and the free text of a fee, are values it is asked for; they are not details.
          if (/(?:^|\.)(?:id|lotusNo|orderId|ref|orderNo|outOrderId)$|fee/i.test(path.join('.'))) return;
          replace(telling, path, canary);
          const plain = { ...response(status, JSON.stringify(telling)), headers: { 'retry-after': canary } };
          for (const answer of [...readAll(adapter, ctx, plain), ...readAll(adapter, ctx, honestWith(id, telling))]) {
            for (const word of canaries) expect(textOf(answer)).not.toContain(word);
          }
        }),
        { numRuns: 400 },
      );
    });
  });
}

/** The answer without its numbers: an amount may happen to read like a phone. */
function textOf(answer: unknown): string {
  return JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'number' ? null : value));
}

/** Calls every read there is and checks the shape of what it says. */
function readAll(adapter: FunderAdapter, ctx: AdapterContext, given: OutboundResponse): readonly unknown[] {
  const calls = [adapter.precheck, adapter.submit, adapter.query, adapter.cancel, adapter.draw];
  return calls.flatMap((call) => {
    if (call === undefined) return [];
    const answer = call.read(ctx, given);
    expect(ANSWER_KINDS).toContain(answer.kind);
    if (answer.kind === 'unavailable')
      expect(answer.retryAfterMs === null || (answer.retryAfterMs >= 0 && answer.retryAfterMs <= 86_400_000)).toBe(true);
    return [answer];
  });
}

function askCallback(adapter: FunderAdapter, ctx: AdapterContext, message: InboundCallback): void {
  const verdict = adapter.callback!.verify(ctx, message);
  // `read` is for verified callbacks alone, but must not depend on that to stay on its feet.
  const news = adapter.callback!.read(ctx, message);
  if (verdict.ok && news !== null) expect(news.attempt.value.length).toBeGreaterThan(0);
}

function honestWith(id: string, value: unknown): OutboundResponse {
  return id === 'cedar-sealed' ? sealed(value) : response(200, JSON.stringify(value));
}

function pathsOf(value: unknown, here: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...here]];
  const below = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...here, key]));
  return here.length === 0 ? below : [[...here], ...below];
}

function replace(target: object, path: readonly string[], value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((object, key) => object[key] as Record<string, unknown>, target as Record<string, unknown>);
  parent[path.at(-1)!] = value;
}

// JSON has several spellings of one value (a capital in an escape, a blank); a signature over values rightly accepts them.
function sameMeaning(left: Uint8Array, right: Uint8Array): boolean {
  try {
    const [a, b] = [left, right].map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>);
    return Object.keys(b!).every((key) => key === 'code' || JSON.stringify(a![key]) === JSON.stringify(b![key]));
  } catch {
    return false;
  }
}
