/** That the bench of adapters measures what it says: whole submits, public-key cryptography apart, and look-ups that are found. */
import { describe, expect, it } from 'vitest';
import type { FunderAdapter } from '../../adapters/contract.ts';
import { adapterFor } from '../../adapters/registry.ts';
import { lookupRatio, submitCost, submitOf } from '../../bench/adapter-cost.ts';
import { asymmetricNs, metered, recallResults } from '../../bench/asymmetric.ts';

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

  it('costs what it takes, and less when public-key cryptography is free', async () => {
    let [free, calls] = [false, 0];
    const slow: FunderAdapter = {
      ...lotus,
      submit: {
        ...lotus.submit,
        read(ctx, response) {
          calls += 1;
          const until = performance.now() + (free ? 0 : 1);
          while (performance.now() < until);
          return lotus.submit.read(ctx, response);
        },
      },
    };
    const recallResults = (on: boolean): void => void (free = on);
    const cost = await submitCost(slow, 0, { asymmetricNs: () => 1_000, recallResults });
    expect(cost).toMatchObject({ adapter: 'lotus-md5', asymmetric_us: 1 });
    expect(cost.submit_us).toBeGreaterThanOrEqual(1_000);
    expect(cost.rest_us).toBeLessThan(cost.submit_us);
    expect([free, calls]).toEqual([false, 401]);
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

  it('recalls a result for the same arguments alone, and only while it is told to', () => {
    let calls = 0;
    const count = metered((...args: readonly unknown[]) => `${(calls += 1)} of ${args.length}`) as (...args: readonly unknown[]) => string;
    recallResults(true);
    expect([count('a', new Uint8Array([1])), count('a', new Uint8Array([1])), count('a', new Uint8Array([2])), count('a')]).toEqual([
      '1 of 2',
      '1 of 2',
      '2 of 2',
      '3 of 1',
    ]);
    recallResults(false);
    expect([count('a'), count('a')]).toEqual(['4 of 1', '5 of 1']);
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
