/** Answers and offers, by their edges. */
import { describe, expect, it } from 'vitest';
import { approved, httpFailure, retryAfterMs, safeCode, safeRef } from '../../adapters/kit/answers.ts';
import { completeOffer, readFees, readPlan } from '../../adapters/kit/offers.ts';
import { at } from '../../adapters/kit/read-json.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { NOW_MS } from './world.ts';

describe('answers', () => {
  const reply = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: new Uint8Array() });

  it('read HTTP failures as whose fault they are', () => {
    expect([200, 202, 204].map((status) => httpFailure(NOW_MS, reply(status)))).toEqual([null, null, null]);
    for (const status of [400, 401, 403, 404, 405, 413, 415, 422])
      expect(httpFailure(NOW_MS, reply(status))).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
    for (const status of [429, 503])
      expect(httpFailure(NOW_MS, reply(status, { 'retry-after': '3' }))).toMatchObject({
        kind: 'unavailable',
        fault: 'funder',
        retryable: true,
        retryAfterMs: 3_000,
      });
    for (const status of [302, 408, 409, 500, 502, 504, 599])
      expect(httpFailure(NOW_MS, reply(status))).toEqual({ kind: 'unknown', detail: `http ${status}` });
  });
  it('read Retry-After as seconds or date, at most a day', () => {
    const read = (header: string | undefined): number | null => retryAfterMs(header, NOW_MS);
    expect([read('5'), read('0'), read(undefined), read('-1'), read('soon'), read('9999999999')]).toEqual([5_000, 0, null, null, null, 86_400_000]);
    expect([read('Mon, 02 Mar 2026 02:01:00 GMT'), read('Mon, 02 Mar 2020 02:01:00 GMT'), read('Mon, 02 Mar 2099 02:01:00 GMT')]).toEqual([
      60_000, 0, 86_400_000,
    ]);
  });
  it('show codes, and neither sentences nor long numbers', () => {
    expect([
      safeCode('C003'),
      safeCode(301),
      safeCode(undefined),
      safeCode(''),
      safeCode('13800000001'),
      safeCode('张三'),
      safeCode('a b'),
      safeCode({}),
      safeCode('x'.repeat(25)),
    ]).toEqual(['C003', '301', 'none', 'none', 'unreadable', 'unreadable', 'unreadable', 'unreadable', 'unreadable']);
    expect([safeRef('att_1'), safeRef(77), safeRef('a b'), safeRef('x'.repeat(65)), safeRef(1.5), safeRef(null)]).toEqual([
      'att_1',
      '77',
      null,
      null,
      null,
      null,
    ]);
  });
  it('approve only with an offer that can be shown', () => {
    const place = { funderRef: null, eventAtMs: null };
    expect(approved(place, null)).toEqual({ kind: 'pending', ...place, unrecognised: 'approved_without_readable_offer' });
  });
});

describe('offers', () => {
  const row = (dueInMonths: number, principal: number) => ({
    dueInMonths,
    principal: amountMinor(principal),
    interest: amountMinor(1),
    fee: amountMinor(0),
  });
  const parts = { amount: amountMinor(300), termMonths: 2, quotedAprBps: 1_000, plan: [row(1, 100), row(2, 200)], fees: [], expiresAtMs: null };
  const read = (value: unknown) => readPlan(value as never, (given) => row(Number(at(given, 'm')), 1));

  it('are whole or nothing', () => {
    expect(completeOffer(parts)).toEqual(parts);
    for (const fault of [
      { amount: null },
      { amount: amountMinor(0) },
      { amount: amountMinor(299) },
      { termMonths: 3 },
      { termMonths: null },
      { quotedAprBps: null },
      { plan: null },
      { plan: [] },
      { fees: null },
    ]) {
      expect(completeOffer({ ...parts, ...fault })).toBeNull();
    }
  });
  it('have instalments in rising order, one to 120', () => {
    expect(read([{ m: 1 }, { m: 3 }])?.length).toBe(2);
    for (const odd of [[], [{ m: 2 }, { m: 2 }], [{ m: 2 }, { m: 1 }], Array.from({ length: 121 }, (_, m) => ({ m: m + 1 })), null, 'x', {}])
      expect(read(odd)).toBeNull();
    expect(readPlan([{}], () => ({ ...row(1, 1), interest: null }))).toBeNull();
  });
  it('have every fee or none at all', () => {
    const fee = { item: 'x', payee: 'y', amount: amountMinor(1), when: 'upfront' as const };
    expect([
      readFees(undefined, () => fee),
      readFees('', () => fee),
      readFees([1], () => fee),
      readFees([1], () => null),
      readFees(7, () => fee),
      readFees(Array(21).fill(1), () => fee),
    ]).toEqual([[], [], [fee], null, null, null]);
  });
});
