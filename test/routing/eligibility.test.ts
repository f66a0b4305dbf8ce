import { describe, expect, it } from 'vitest';
import type { ExclusionCode } from '../../src/domain/plan.ts';
import { exclusionOf } from '../../src/routing/eligibility.ts';
import type { Situation } from '../../src/routing/eligibility.ts';
import { localTime } from '../../src/routing/local-time.ts';
import { NOON_MS, facts, funder, state } from './world.ts';

const DAY_MS = 86_400_000;

function why(over: Parameters<typeof funder>[1] = {}, of: Partial<ReturnType<typeof state>> = {}, at: Partial<Situation> = {}) {
  const situation: Situation = { nowMs: NOON_MS, facts: facts(), exposed: new Set(), maxRecipients: 12, maxAprBps: {}, ...at };
  return exclusionOf(funder('fnd_a', over), state('fnd_a', of), situation);
}
const code = (...args: Parameters<typeof why>): ExclusionCode | null => why(...args)?.code ?? null;

describe('eligibility', () => {
  it('lets a plain funder through', () => expect(why()).toBeNull());

  it('paused', () => expect(code({ status: 'paused' })).toBe('paused'));

  it('amount, ends included', () => {
    const product = { min_amount_fen: 1_000, max_amount_fen: 2_000 };
    expect([999, 1_000, 2_000, 2_001].map((amount_fen) => code({ product }, {}, { facts: facts({ amount_fen }) }))).toEqual([
      'amount',
      null,
      null,
      'amount',
    ]);
    expect(why({ product }, {}, { facts: facts({ amount_fen: 2_001 }) })?.detail).toBe('2001 fen is not in 1000..2000');
  });

  it('term', () => expect([6, 7].map((term_months) => code({}, {}, { facts: facts({ term_months }) }))).toEqual([null, 'term']));

  it('age, ends included', () => {
    expect([21, 22, 55, 56].map((age) => code({}, {}, { facts: facts({ age }) }))).toEqual(['age', null, null, 'age']);
  });

  it('income', () => {
    const product = { min_income_fen: 500_000 };
    expect([499_999, 500_000].map((monthly_income_fen) => code({ product }, {}, { facts: facts({ monthly_income_fen }) }))).toEqual(['income', null]);
  });

  it('region by prefix', () => {
    const product = { excluded_regions: ['65', '3302', '310101'] };
    expect(['650102', '330203', '330102', '310101', '310104'].map((region) => code({ product }, {}, { facts: facts({ region }) }))).toEqual([
      'region',
      'region',
      null,
      'region',
      null,
    ]);
  });

  it('rule: true, false, over the facts, and a rule that cannot be evaluated', () => {
    expect(code({ rule: true })).toBeNull();
    expect(code({ rule: false })).toBe('rule');
    const rule = { and: [{ '>=': [{ var: 'monthly_income_fen' }, 500_000] }, { in: [{ var: 'employment' }, ['salaried', 'civil_servant']] }] };
    expect(code({ rule })).toBeNull();
    expect(code({ rule }, {}, { facts: facts({ employment: 'freelance' }) })).toBe('rule');
    expect(why({ rule: { frobnicate: [1] } })).toEqual({
      funderId: 'fnd_a',
      code: 'rule',
      detail: 'could not be evaluated: unknown operator frobnicate',
    });
    expect(why({ rule: { '/': [1, 0] } })?.detail).toBe('could not be evaluated: not a number');
  });

  it('what is used up: cap, breaker', () => {
    expect(why({}, { exhaustedCap: 'daily' })).toMatchObject({ code: 'cap', detail: 'daily' });
    expect(code({}, { breakerOpen: true })).toBe('breaker');
  });

  it('what happened before: attempted, refused, cooling off to the millisecond', () => {
    expect(code({}, { attempted: true })).toBe('already_attempted');
    expect(code({}, { consentRefused: true })).toBe('consent_refused');
    expect(code({}, { declinedAtMs: NOON_MS - 30 * DAY_MS + 1 })).toBe('cooling_off');
    expect(code({}, { declinedAtMs: NOON_MS - 30 * DAY_MS })).toBeNull();
    expect(code({ cooling_off_days: 0 }, { declinedAtMs: NOON_MS })).toBeNull();
  });

  it('exposure budget counts legal entities and spares one that has the data already', () => {
    const exposed = new Set(['X', 'Y']);
    expect(code({ legal_entity: 'Z' }, {}, { exposed, maxRecipients: 2 })).toBe('exposure_budget');
    expect(code({ legal_entity: 'Y' }, {}, { exposed, maxRecipients: 2 })).toBeNull();
    expect(code({ legal_entity: 'Z' }, {}, { exposed, maxRecipients: 3 })).toBeNull();
  });

  it('cost cap by funder type', () => {
    expect(code({ product: { quoted_apr_bps: 2_401 } }, {}, { maxAprBps: { bank: 2_400 } })).toBe('cost_cap');
    expect(code({ product: { quoted_apr_bps: 2_400 } }, {}, { maxAprBps: { bank: 2_400 } })).toBeNull();
    expect(code({ product: { quoted_apr_bps: 9_000 } }, {}, { maxAprBps: { micro_lender: 2_400 } })).toBeNull();
  });

  it('names one reason, the desk before the borrower', () => {
    expect(code({ status: 'paused', rule: false }, { attempted: true, breakerOpen: true })).toBe('paused');
    expect(code({ rule: false }, { attempted: true })).toBe('rule');
  });
});

describe('dates and hours are those of the funder', () => {
  const whitelist = { evidence: 'list', valid_from: '2026-03-10', valid_to: '2026-03-10' };
  const at = (iso: string) => ({ nowMs: Date.parse(iso) });

  it('whitelist runs from the first to the last midnight in Shanghai', () => {
    expect(code({ whitelist }, {}, at('2026-03-09T23:59:59.999+08:00'))).toBe('off_whitelist');
    expect(code({ whitelist }, {}, at('2026-03-10T00:00:00+08:00'))).toBeNull();
    expect(code({ whitelist }, {}, at('2026-03-10T23:59:59.999+08:00'))).toBeNull();
    expect(code({ whitelist }, {}, at('2026-03-11T00:00:00+08:00'))).toBe('off_whitelist');
  });

  it('and in any other zone by its own calendar', () => {
    expect(code({ whitelist, time_zone: 'America/New_York' }, {}, at('2026-03-10T03:59:00Z'))).toBe('off_whitelist');
    expect(code({ whitelist, time_zone: 'America/New_York' }, {}, at('2026-03-10T04:00:00Z'))).toBeNull();
  });

  it('hours are from the first to before the last', () => {
    const hours: [number, number] = [9, 18];
    expect(['08:59:59.999', '09:00', '17:59:59.999', '18:00'].map((time) => code({ hours }, {}, at(`2026-03-10T${time}+08:00`)))).toEqual([
      'closed_hours',
      null,
      null,
      'closed_hours',
    ]);
    // 09:00 in Shanghai is 06:45 in Kathmandu.
    expect(code({ hours, time_zone: 'Asia/Kathmandu' }, {}, at('2026-03-10T09:00+08:00'))).toBe('closed_hours');
    expect(code({ hours, time_zone: 'Asia/Kathmandu' }, {}, at('2026-03-10T09:00+05:45'))).toBeNull();
  });

  it('a zone that does not exist closes the funder and throws nothing', () => {
    expect(why({ time_zone: 'Mars/Olympus' })).toMatchObject({ code: 'closed_hours', detail: 'no such time zone: Mars/Olympus' });
  });

  it('agrees with Intl over the years, midnight included', () => {
    for (let hour = 0; hour < 24 * 400; hour += 7) {
      const nowMs = Date.UTC(2025, 11, 1) + hour * 3_600_000 + 123;
      const text = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' }).format(nowMs);
      expect(localTime(nowMs, 'Asia/Shanghai')).toEqual({ date: text.slice(0, 10), hour: Number(text.slice(11, 13)) });
    }
    expect(localTime(Date.UTC(2026, 0, 1), 'UTC')).toEqual({ date: '2026-01-01', hour: 0 });
  });
});
