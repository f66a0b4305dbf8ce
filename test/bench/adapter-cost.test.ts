/** That the bench of adapters measures what it says: whole submits, public-key cryptography apart, and look-ups that are found. */
import { describe, expect, it } from 'vitest';
import type { FunderAdapter } from '../../adapters/contract.ts';
import { adapterFor } from '../../adapters/registry.ts';
import { lookupRatio, submitCost, submitOf } from '../../bench/adapter-cost.ts';
import { asymmetricNs, metered } from '../../bench/asymmetric.ts';

const lotus = adapterFor('lotus-md5')!;

describe('a submit', () => {
  it.each(['lotus-md5', 'aspen-canonical', 'sparrow-ping', 'birch-rsa2'])('of %s is built and its exemplary replies are read', async (id) => {
    const submit = await submitOf(adapterFor(id)!);
    for (const turn of [0, 1, 2, 3]) expect(['unknown', 'unavailable']).not.toContain(submit(turn).kind);
  });

  it('that is not read is no figure', async () => {
    const broken: FunderAdapter = { ...lotus, submit: { ...lotus.submit, read: () => ({ kind: 'unknown', detail: 'x' }) } };
    await expect(submitOf(broken)).rejects.toThrow('lotus-md5 reads no reply');
  });

  it('costs what it takes, without what the stopwatch tells', async () => {
    const cost = await submitCost(lotus, 0, () => 1_000);
    expect(cost).toMatchObject({ adapter: 'lotus-md5', asymmetric_us: 1 });
    expect(cost.rest_us).toBeCloseTo(cost.submit_us - 1, 5);
    expect(cost.submit_us).toBeGreaterThan(0);
  });
});

describe('the stopwatch', () => {
  const busy = metered((forMs: number) => {
    const until = performance.now() + forMs;
    while (performance.now() < until);
    return 'done';
  }) as (forMs: number) => string;

  it('adds up calls, is set back when asked, and runs once for one within another', () => {
    asymmetricNs();
    expect([busy(2), busy(2)]).toEqual(['done', 'done']);
    expect(asymmetricNs()).toBeGreaterThanOrEqual(4_000_000);
    expect(asymmetricNs()).toBe(0);
    const from = performance.now();
    (metered(() => busy(5)) as () => string)();
    expect(asymmetricNs() / 1_000_000).toBeLessThanOrEqual(performance.now() - from + 0.1);
  });

  it('stops when the call throws, and leaves what is no function alone', () => {
    const fails = metered(() => {
      throw new TypeError('x');
    }) as () => void;
    expect(fails).toThrow(TypeError);
    busy(1);
    expect(asymmetricNs()).toBeGreaterThanOrEqual(1_000_000);
    expect(metered('text')).toBe('text');
  });
});

it('look-ups are made among as many more entries, and all are found', () => {
  const {
    ns,
    ns_more: nsMore,
    ratio,
  } = lookupRatio(
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
    200,
    3,
  );
  expect(ns).toBeGreaterThan(0);
  expect(ratio).toBeCloseTo(nsMore / ns, 0);
  expect(() => lookupRatio(new Map([['a', undefined]]), 1, 1)).toThrow('not found');
});
