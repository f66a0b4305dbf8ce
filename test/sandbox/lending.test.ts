/** What the simulated funders decide and charge, without HTTP: rates, prices, plans, and their agreement with the desk's records. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adapterFor } from '../../adapters/registry.ts';
import { sandboxFunders, SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import { equalInstalments } from '../../src/sandbox/instalments.ts';
import { MAGIC_NAMES, magicOf } from '../../src/sandbox/magic.ts';
import type { Personality } from '../../src/sandbox/personalities.ts';
import { PERSONALITIES, SANDBOX_FUNDER_IDS } from '../../src/sandbox/personalities.ts';
import type { Person } from '../../src/sandbox/quality.ts';
import { ageOf, scoreOf, uniformOf } from '../../src/sandbox/quality.ts';
import { precheck, underwrite } from '../../src/sandbox/underwrite.ts';
import { createHash } from 'node:crypto';

const MAIN = join(import.meta.dirname, '../../src/sandbox/main.ts');
const NOW_MS = Date.UTC(2026, 2, 2, 2);
const APPLICANTS = 3_000;
/** How many of a hundred random applicants each funder approves. */
const EXPECTED_PERCENT = { fnd_river: 12, fnd_summit: 20, fnd_lotus: 28, fnd_jade: 36, fnd_cedar: 45, fnd_ember: 55 };
const URLS = Object.fromEntries(SANDBOX_FUNDER_IDS.map((id) => [id, `http://127.0.0.1:1/${id}`]));

describe('who is approved', () => {
  it.each(PERSONALITIES)('$id approves its share of random applicants, whatever the seed', (funder) => {
    for (const seed of [1, 7]) {
      const share = count((index) => margin(funder, index, seed) >= 0) / APPLICANTS;
      expect(Math.abs(share * 100 - EXPECTED_PERCENT[funder.id])).toBeLessThan(3);
    }
  });

  it('is one quality seen by six: a no of the mid funder makes a yes of the lenient one less likely', () => {
    const [summit, ember] = [PERSONALITIES[1]!, PERSONALITIES[5]!];
    const declined = count((index) => margin(summit, index, 1) < 0);
    const both = count((index) => margin(summit, index, 1) < 0 && margin(ember, index, 1) >= 0);
    expect(both / declined).toBeLessThan(0.48);
    expect(both / declined).toBeGreaterThan(0.3);
  });

  it('is the same each time, and another with another seed', () => {
    const submit = submitOf(applicant(5, true));
    const river = PERSONALITIES[0]!;
    expect(underwrite(river, submit, null, 1, NOW_MS)).toEqual(underwrite(river, submit, null, 1, NOW_MS));
    expect(scoreOf('fnd_river', applicant(5, true), 1)).not.toBe(scoreOf('fnd_river', applicant(5, true), 2));
  });

  it('pays income and Zhima score where the protocol carries them', () => {
    const plain = { ...applicant(3, true), monthlyIncomeFen: 300_000, zhimaLevel: 1 };
    expect(scoreOf('fnd_river', { ...plain, monthlyIncomeFen: 2_000_000 }, 1)).toBeGreaterThan(scoreOf('fnd_river', plain, 1));
    expect(scoreOf('fnd_river', { ...plain, zhimaLevel: 5 }, 1)).toBeGreaterThan(scoreOf('fnd_river', plain, 1));
    expect(scoreOf('fnd_cedar', { ...plain, monthlyIncomeFen: null, zhimaLevel: null }, 1)).toBe(
      scoreOf('fnd_cedar', { ...plain, monthlyIncomeFen: null, zhimaLevel: 0 }, 1),
    );
  });

  it('grants less than was asked to those who pass by little, never less than the product allows', () => {
    const lotus = PERSONALITIES[2]!;
    const granted = indices().flatMap((index) => {
      const { verdict } = underwrite(lotus, submitOf(applicant(index, true)), null, 1, NOW_MS);
      return 'offer' in verdict ? [verdict.offer.amountFen] : [];
    });
    expect(granted.some((fen) => fen < 2_000_000)).toBe(true);
    expect(granted.some((fen) => fen === 2_000_000)).toBe(true);
    expect(Math.min(...granted)).toBeGreaterThanOrEqual(1_190_000);
  });

  it('turns few away at the precheck, by hash and by mask', () => {
    const [lotus, cedar] = [PERSONALITIES[2]!, PERSONALITIES[4]!];
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    const byHash =
      count((index) => precheck(lotus, { kind: 'precheck', phone: 'x', idMd5: md5(`id${index}`), idMask: null }, null, 1, NOW_MS) === 'ok') /
      APPLICANTS;
    const byMask =
      count(
        (index) => precheck(cedar, { kind: 'precheck', phone: 'x', idMd5: null, idMask: `1101051990030${index}****` }, null, 1, NOW_MS) === 'ok',
      ) / APPLICANTS;
    expect(byHash).toBeGreaterThan(0.65);
    expect(byHash).toBeLessThan(0.85);
    expect(byMask).toBeGreaterThan(0.9);
    expect(precheck(cedar, { kind: 'precheck', phone: 'x', idMd5: null, idMask: '11010519500307****' }, null, 1, NOW_MS)).toBe('age');
  });

  it('knows age to the day, in Chinese time', () => {
    expect(ageOf('110105199003020000', NOW_MS)).toBe(36);
    expect(ageOf('110105199003030000', NOW_MS)).toBe(35);
    expect(ageOf('110105199003030000', Date.UTC(2026, 2, 2, 16))).toBe(36);
    expect(ageOf('short', NOW_MS)).toBeNull();
  });
});

describe('magic phones', () => {
  it('are known plain, hashed and masked; others are not', () => {
    for (const [index, name] of MAGIC_NAMES.entries()) {
      const phone = `1380000000${index + 1}`;
      const hashes = ['md5', 'sha256', 'sm3'].map((digest) => createHash(digest).update(phone).digest('hex'));
      expect(new Set([phone, ...hashes, hashes[0]!.toUpperCase(), `138****000${index + 1}`].map(magicOf))).toEqual(new Set([name]));
    }
    expect(['13800000000', '13800000009', '13812345678', '', '138****5678'].map(magicOf)).toEqual([null, null, null, null, null]);
  });
});

describe('plans and prices', () => {
  it('sums principals to the amount, keeps all months but the last equal, and repays at the quoted rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50_000, max: 20_000_000 }),
        fc.constantFrom(3, 6, 12, 24, 36),
        fc.integer({ min: 500, max: 2_400 }),
        (fen, months, aprBps) => {
          const plan = equalInstalments(fen, months, aprBps);
          expect(plan.length).toBe(months);
          expect(plan.reduce((sum, row) => sum + row.principalFen, 0)).toBe(fen);
          for (const row of plan)
            expect(
              Number.isSafeInteger(row.principalFen) && row.principalFen > 0 && Number.isSafeInteger(row.interestFen) && row.interestFen >= 0,
            ).toBe(true);
          const payments = plan.map((row) => row.principalFen + row.interestFen);
          expect(new Set(payments.slice(0, -1)).size).toBe(1);
          expect(Math.abs(payments.at(-1)! - payments[0]!)).toBeLessThanOrEqual(months);
          expect(Math.abs(yearlyIrrBps(fen, payments) - aprBps)).toBeLessThan(2);
        },
      ),
    );
  });

  it.each(PERSONALITIES)('$id costs less than 24% a year with every fee, at every amount and term', (funder) => {
    const submit = { ...submitOf(applicant(1, true)), callbackUrl: '' };
    for (const termMonths of funder.termsMonths) {
      for (const amountFen of [funder.minAmountFen, 2_000_000, funder.maxAmountFen]) {
        const { verdict } = underwrite(funder, { ...submit, amountFen, termMonths }, 'approves', 1, NOW_MS);
        if (!('offer' in verdict)) throw new Error('a magic approval was declined');
        const paid = verdict.offer.plan.map((row) => row.principalFen + row.interestFen + row.feeFen);
        expect(yearlyIrrBps(verdict.offer.amountFen - (verdict.offer.fee?.amountFen ?? 0), paid)).toBeLessThan(2_400);
      }
    }
  });
});

describe('the desk records', () => {
  const funders = sandboxFunders(URLS);

  it('agree with what the six do', () => {
    expect(funders.map(({ id }) => id)).toEqual(PERSONALITIES.map(({ id }) => id));
    for (const [index, funder] of funders.entries()) {
      const { protocol, aprBps, termsMonths, minAmountFen, maxAmountFen } = PERSONALITIES[index]!;
      expect(funder.adapter).toBe(protocol);
      expect(funder.base_url).toBe(URLS[funder.id]);
      expect(funder.product).toMatchObject({
        quoted_apr_bps: aprBps,
        terms_months: termsMonths,
        min_amount_fen: minAmountFen,
        max_amount_fen: maxAmountFen,
      });
    }
    expect(funders.map(({ tier }) => tier)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(funders.at(-1)).toMatchObject({ funder_type: 'micro_lender', product: { quoted_apr_bps: 2_350 } });
  });

  it('have every parameter and secret their adapter needs, and entities of their own', () => {
    for (const funder of funders) {
      const { paramNames, secretNames } = adapterFor(funder.adapter)!.manifest;
      expect(Object.keys(funder.params).sort()).toEqual([...paramNames].sort());
      expect(Object.keys(SANDBOX_SECRETS[funder.id]!).sort()).toEqual([...secretNames].sort());
    }
    expect(new Set(funders.map(({ legal_entity }) => legal_entity)).size).toBe(6);
  });

  it('take other timeouts, and refuse a missing address', () => {
    expect(sandboxFunders(URLS, { submit_ms: 700 }).every(({ timeouts }) => timeouts.submit_ms === 700 && timeouts.query_ms === 3_000)).toBe(true);
    expect(() => sandboxFunders({})).toThrow();
  });
});

describe('the process', () => {
  it('prints its addresses in one line and ends when its stdin closes', async () => {
    const child = spawn(process.execPath, [MAIN, '--latency-scale', '0'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { funders } = JSON.parse(line.toString()) as { funders: { id: string; url: string }[] };
    expect(funders.map(({ id }) => id)).toEqual([...SANDBOX_FUNDER_IDS]);
    expect((await fetch(funders[0]!.url)).status).toBe(401);
    const ended = once(child, 'exit');
    child.stdin.end();
    expect((await ended)[0]).toBe(0);
  });

  it('runs one funder of any adapter, and tells what its secrets are called but not what they are', async () => {
    const child = spawn(process.execPath, [MAIN, '--adapter', 'cedar-sealed'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const told = JSON.parse(line.toString()) as { url: string };
    expect(told).toEqual({
      adapter: 'cedar-sealed',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
      secret_names: ['aes_key', 'mac_key'],
      params: { app_id: 'millrace', product_code: 'XS-12' },
    });
    expect((await fetch(`${told.url}/open/gateway`, { method: 'POST', body: '{"bizContent":"x","sign":"y"}' })).status).toBe(401);
    const ended = once(child, 'exit');
    child.stdin.end();
    expect((await ended)[0]).toBe(0);
  });

  it('does not start for an adapter that is not there', async () => {
    const child = spawn(process.execPath, [MAIN, '--adapter', '../kit'], { stdio: ['pipe', 'ignore', 'pipe'] });
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    expect(said.toString()).toMatch(/there is no adapter/);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(2);
  });

  it('refuses a flag that is not a number', async () => {
    const child = spawn(process.execPath, [MAIN, '--seed', 'x'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    expect((await once(child, 'exit'))[0]).toBe(2);
  });
});

function applicant(index: number, zhima: boolean): Person {
  const spread = Math.sqrt(-2 * Math.log(uniformOf(`a${index}`) || 1e-9)) * Math.cos(2 * Math.PI * uniformOf(`b${index}`));
  return {
    idNumber: `1101051990030${String(index).padStart(4, '0')}X`,
    phone: '13912345678',
    monthlyIncomeFen: Math.round(800_000 * Math.exp(0.5 * spread)),
    zhimaLevel: zhima ? [0, 0, 1, 2, 3, 3, 3, 4, 4, 5][Math.floor(uniformOf(`c${index}`) * 10)]! : null,
  };
}

function submitOf(person: Person) {
  return { kind: 'submit' as const, ref: 'att_1', person, amountFen: 2_000_000, termMonths: 12, callbackUrl: '' };
}

function margin(funder: Personality, index: number, seed: number): number {
  return scoreOf(funder.id, applicant(index, funder.protocol !== 'cedar-sealed'), seed) - funder.threshold;
}

function indices(): number[] {
  return Array.from({ length: 400 }, (_, index) => index);
}

function count(met: (index: number) => boolean): number {
  let found = 0;
  for (let index = 0; index < APPLICANTS; index += 1) if (met(index)) found += 1;
  return found;
}

/** Nominal yearly rate in basis points at which the payments are worth what was received, by bisection. */
function yearlyIrrBps(receivedFen: number, payments: readonly number[]): number {
  let [low, high] = [0, 0.1];
  for (let step = 0; step < 80; step += 1) {
    const rate = (low + high) / 2;
    const worth = payments.reduce((sum, payment, index) => sum + payment / (1 + rate) ** (index + 1), 0);
    if (worth > receivedFen) low = rate;
    else high = rate;
  }
  return low * 120_000;
}
