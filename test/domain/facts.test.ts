import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Applicant, LoanRequest } from '../../src/domain/applicant.ts';
import { checkName, checkPhone, FACT_NAMES, factsOf, NAME_FAULTS, NO_CHANNEL, PHONE_FAULTS } from '../../src/domain/facts.ts';
import { InvariantError } from '../../src/domain/failures.ts';

const APPLICANT: Applicant = {
  name: '张三',
  id_number: '110105199003072338',
  phone: '13800000001',
  monthly_income_fen: 1_200_000,
  employment: 'salaried',
  employer_type: 'private',
  years_employed: 4,
  education: 'bachelor',
  assets: { housing_fund: '2y_plus', zhima_band: '700_750', house: 'none' },
};
const REQUEST: LoanRequest = { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption' };
const NOW = Date.parse('2026-06-15T23:30:00+08:00');

describe('factsOf', () => {
  it('derives the facts and nothing that names a person', () => {
    const facts = factsOf(APPLICANT, REQUEST, { channel: 'h5-demo', variant: 'a', ip: '203.0.113.7', device_id: 'dev-9' }, NOW);
    expect(facts).toEqual({
      age: 36,
      sex: 'm',
      region: '110105',
      monthly_income_fen: 1_200_000,
      employment: 'salaried',
      employer_type: 'private',
      years_employed: 4,
      education: 'bachelor',
      housing_fund: '2y_plus',
      social_security: null,
      house: 'none',
      car: null,
      policy: null,
      credit_card: null,
      zhima_band: '700_750',
      amount_fen: 2_000_000,
      term_months: 12,
      purpose: 'consumption',
      channel: 'h5-demo',
      variant: 'a',
      hour: 23,
    });
    const text = JSON.stringify(facts);
    for (const secret of [APPLICANT.name, APPLICANT.id_number, APPLICANT.phone, '203.0.113.7', 'dev-9']) expect(text).not.toContain(secret);
  });

  it('keeps "not told" apart from "none" and from zero', () => {
    const { employer_type: _type, years_employed: _years, education: _education, ...bare } = APPLICANT;
    const facts = factsOf({ ...bare, assets: { car: 'none' } }, REQUEST, {}, NOW);
    expect(facts).toMatchObject({
      employer_type: null,
      years_employed: null,
      education: null,
      car: 'none',
      house: null,
      channel: NO_CHANNEL,
      variant: null,
    });
    expect(factsOf({ ...APPLICANT, years_employed: 0 }, REQUEST, {}, NOW).years_employed).toBe(0);
  });

  it.each([
    ['2026-06-15T16:00:00Z', 0],
    ['2026-06-15T15:59:59Z', 23],
    ['2026-06-15T00:00:00Z', 8],
  ])('takes the hour in Shanghai: %s is %i', (at, hour) => {
    expect(factsOf(APPLICANT, REQUEST, {}, Date.parse(at)).hour).toBe(hour);
  });

  it('names every fact once', () => {
    expect(FACT_NAMES.toSorted()).toEqual(Object.keys(factsOf(APPLICANT, REQUEST, {}, NOW)).toSorted());
  });

  it('throws for an unchecked ID number without repeating it', () => {
    const unchecked = { ...APPLICANT, id_number: '110105199003072339' };
    expect(() => factsOf(unchecked, REQUEST, {}, NOW)).toThrow(InvariantError);
    expect(() => factsOf(unchecked, REQUEST, {}, NOW)).toThrow(/^(?!.*1101)/);
  });
});

describe('checkPhone', () => {
  it.each([
    '13800000001',
    '+8613800000001',
    '008613800000001',
    '8613800000001',
    '+86 138 0000 0001',
    '138-0000-0001',
    '（+86）138－0000－0001',
    '１３８０００００００１',
    '138\u20110000\u20110001',
    '\u200b13800000001\u200b',
    '+86-138.0000.0001',
  ])('takes %j', (text) => {
    expect(checkPhone(text)).toEqual({ ok: true, phone: '13800000001' });
  });

  it.each([
    ['', 'empty'],
    [' - ', 'empty'],
    ['1380000000a', 'not_digits'],
    ['138０００００００张', 'not_digits'],
    ['1380000000', 'too_short'],
    ['+86', 'too_short'],
    ['138000000011', 'too_long'],
    ['+85291234567', 'foreign'],
    ['0014155550100', 'foreign'],
    ['12800000001', 'not_mobile'],
    ['01088886666', 'not_mobile'],
    ['86138000000', 'not_mobile'],
  ])('says what is wrong with %j: %s', (text, fault) => {
    expect(checkPhone(text)).toEqual({ ok: false, fault });
    expect(PHONE_FAULTS).toHaveProperty(fault);
  });

  it('turns away endless text before it looks at it', () => {
    expect(checkPhone('1'.repeat(1_000_000))).toEqual({ ok: false, fault: 'too_long' });
    expect(checkName('汉'.repeat(1_000_000))).toEqual({ ok: false, fault: 'too_long' });
  });

  it('never throws, and what it accepts is eleven digits that it accepts again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^\+?[0-9 -]{9,16}$/)), (text) => {
        const found = checkPhone(text);
        if (found.ok) {
          expect(found.phone).toMatch(/^1[3-9]\d{9}$/);
          expect(checkPhone(found.phone)).toEqual(found);
        }
      }),
    );
  });
});

describe('checkName', () => {
  it.each([
    ['张三', '张三'],
    [' 张 三\u3000', '张三'],
    ['阿卜杜拉·买买提', '阿卜杜拉·买买提'],
    ['阿卜杜拉•买买提', '阿卜杜拉·买买提'],
    ['阿卜杜拉．买买提', '阿卜杜拉·买买提'],
    ['𠮷田', '𠮷田'],
    ['㑇㛃', '㑇㛃'],
    ['Anne-Marie  O’Neil', "Anne-Marie O'Neil"],
    ['Ｊ. Smith Jr.', 'J. Smith Jr.'],
    ['Zoe\u0308 Müller', 'Zoë Müller'],
    ['汉'.repeat(30), '汉'.repeat(30)],
  ])('takes %j', (text, name) => {
    expect(checkName(text)).toEqual({ ok: true, name });
  });

  it.each([
    ['', 'empty'],
    [' \u200b ', 'empty'],
    ['张', 'too_short'],
    ['A', 'too_short'],
    ['汉'.repeat(31), 'too_long'],
    ['a'.repeat(61), 'too_long'],
    ['张三1', 'not_letters'],
    ['张三😀', 'not_letters'],
    ['13800000001', 'not_letters'],
    ['<b>', 'not_letters'],
    ['Иван', 'not_letters'],
    ['张san', 'mixed_script'],
    ['·张三', 'misplaced_mark'],
    ['张··三', 'misplaced_mark'],
    ['张三.', 'misplaced_mark'],
    ['Anne--Marie', 'misplaced_mark'],
    ["'Anne", 'misplaced_mark'],
  ])('says what is wrong with %j: %s', (text, fault) => {
    expect(checkName(text)).toEqual({ ok: false, fault });
    expect(NAME_FAULTS).toHaveProperty(fault);
  });

  it('never throws, and what it accepts it accepts again unchanged', () => {
    const part = fc.constantFrom('张', '三', '·', ' ', '.', 'Ann', "'", '-', 'é', '\u0308', '𠮷', '９', '\u200b');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
        ),
        (text) => {
          const found = checkName(text);
          if (found.ok) expect(checkName(found.name)).toEqual(found);
        },
      ),
    );
  });
});
