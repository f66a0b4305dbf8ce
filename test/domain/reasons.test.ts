import { describe, expect, it } from 'vitest';
import type { FunderReason } from '../../adapters/contract.ts';
import { funderReason, isReasonCode, REASONS, reasonText } from '../../src/domain/reasons.ts';
import type { FunderReasonCode, ReasonCode } from '../../src/domain/reasons.ts';

/** Fails to compile when an adapter can say a code that has no sentence. */
const FUNDER_CODES: Record<FunderReason['code'], FunderReasonCode> = {
  credit: 'funder_credit',
  income: 'funder_income',
  age: 'funder_age',
  region: 'funder_region',
  existing_customer: 'funder_existing_customer',
  recent_rejection: 'funder_recent_rejection',
  blacklist: 'funder_blacklist',
  identity: 'funder_identity',
  amount: 'funder_amount',
  duplicate: 'funder_duplicate',
  other: 'funder_other',
};
const CODES = Object.keys(REASONS) as ReasonCode[];

describe('reasons', () => {
  it('has every reason the pipeline gives', () => {
    const promised = [
      'incomplete',
      'id_invalid',
      'under_age',
      'over_age',
      'student',
      'photo_missing',
      'photo_poor',
      'blacklisted',
      'duplicate',
      'too_many_applications',
      'region',
      'amount_out_of_range',
      'operator_rule',
      'under_review',
      'no_funder_available',
      'all_declined',
      'deadline',
      'withdrawn',
      'consent_timeout',
      'not_an_image',
      'unsupported_format',
      'too_small',
      'too_large',
      'blurred',
      'too_dark',
      'too_bright',
      'wrong_shape',
      ...Object.values(FUNDER_CODES),
    ];
    expect(CODES.toSorted()).toEqual(promised.toSorted());
  });

  it.each(CODES)('%s is a whole sentence in both languages', (code) => {
    const zh = reasonText(code, 'zh');
    const en = reasonText(code, 'en');
    expect(zh).toMatch(/^[\p{Script=Han}“].*。$/u);
    expect(en).toMatch(/^[A-Z].*\.$/);
    expect(en).not.toMatch(/\p{Script=Han}/u);
    expect(zh.length).toBeLessThanOrEqual(80);
    expect(en.length).toBeLessThanOrEqual(180);
  });

  it('does not tell a borrower what gave them away', () => {
    for (const code of ['blacklisted', 'operator_rule', 'too_many_applications', 'under_review', 'funder_blacklist'] as const) {
      expect(reasonText(code, 'zh')).not.toMatch(/黑名单|风险|欺诈|设备|规则|IP/);
      expect(reasonText(code, 'en')).not.toMatch(/black|fraud|risk|device|rule|\bIP\b/i);
    }
  });

  it('says the same thing for no two codes', () => {
    expect(new Set(CODES.map((code) => reasonText(code, 'zh'))).size).toBe(CODES.length);
    expect(new Set(CODES.map((code) => reasonText(code, 'en'))).size).toBe(CODES.length);
  });

  it('maps a funder’s code to ours, and an unknown one to "other"', () => {
    for (const [code, ours] of Object.entries(FUNDER_CODES)) expect(funderReason(code)).toBe(ours);
    for (const code of ['', 'XJ-0042', 'constructor', '__proto__']) expect(funderReason(code)).toBe('funder_other');
  });

  it('tells codes of the table from other text', () => {
    expect(isReasonCode('duplicate')).toBe(true);
    for (const text of ['', 'toString', 'nope', 'Duplicate']) expect(isReasonCode(text)).toBe(false);
  });
});
