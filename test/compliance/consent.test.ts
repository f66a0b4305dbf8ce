import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGREED_AT_SKEW_MS, liveGrant } from '../../src/compliance/consent.ts';
import type { ConsentRow, ConsentWant } from '../../src/compliance/consent.ts';
import { FIELD_WORDS, PURPOSE_WORDS, renderConsentText } from '../../src/compliance/consent-text.ts';
import { CONSENT_PURPOSES, FIELD_NAMES } from '../../src/domain/applicant.ts';

const NOW = 1_780_000_000_000;
const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const row = (over: Partial<ConsentRow> = {}): ConsentRow => ({
  id: 'cns_1',
  borrowerId: 'bor_1',
  applicationId: 'app_1',
  recipient: 'fnd_alpha',
  legalEntity: 'Alpha Bank Co., Ltd.',
  purpose: 'credit_decision',
  fields: ['name', 'phone', 'id_number'],
  textVersion: 'v1',
  textHash: 'h',
  agreedAtMs: NOW - 1_000,
  withdrawnAtMs: null,
  ...over,
});
const want: ConsentWant = { legalEntity: 'Alpha Bank Co., Ltd.', purpose: 'credit_decision', needs: ['name', 'phone'] };

describe('liveGrant', () => {
  test('finds the row that covers entity, purpose and fields', () => {
    expect(liveGrant([row()], want, NOW)?.id).toBe('cns_1');
    expect(liveGrant([row()], { ...want, needs: ['name', 'phone', 'id_number'] }, NOW)?.id).toBe('cns_1');
  });

  test.each<[string, Partial<ConsentRow>]>([
    ['another legal entity, be it the same recipient', { legalEntity: 'Alpha Consumer Finance Co., Ltd.' }],
    ['another purpose', { purpose: 'marketing' }],
    ['a field short', { fields: ['name', 'id_number'] }],
    ['withdrawn', { withdrawnAtMs: NOW - 500 }],
    ['withdrawn by a clock ahead of ours', { withdrawnAtMs: NOW + 500 }],
    ['agreed to in the future', { agreedAtMs: NOW + AGREED_AT_SKEW_MS + 1 }],
    ['agreed to at no time', { agreedAtMs: Number.NaN }],
  ])('does not take a row that is %s', (_, over) => {
    expect(liveGrant([row(over)], want, NOW)).toBeNull();
  });

  test('bears a clock that is a little ahead', () => {
    expect(liveGrant([row({ agreedAtMs: NOW + AGREED_AT_SKEW_MS })], want, NOW)).not.toBeNull();
  });

  test('never adds two grants together', () => {
    const halves = [row({ id: 'cns_a', fields: ['name'] }), row({ id: 'cns_b', fields: ['phone'] })];
    expect(liveGrant(halves, want, NOW)).toBeNull();
  });

  test('a want without fields needs a grant as well', () => {
    expect(liveGrant([], { ...want, needs: [] }, NOW)).toBeNull();
    expect(liveGrant([row({ fields: [] })], { ...want, needs: [] }, NOW)).not.toBeNull();
  });

  test('prefers the newest, then the larger id, whatever the order of rows', () => {
    const rows = [
      row({ id: 'cns_a', agreedAtMs: NOW - 9 }),
      row({ id: 'cns_c', agreedAtMs: NOW - 5 }),
      row({ id: 'cns_b', agreedAtMs: NOW - 5 }),
      row({ id: 'cns_z', agreedAtMs: NOW - 1, withdrawnAtMs: NOW }),
    ];
    expect(liveGrant(rows, want, NOW)?.id).toBe('cns_c');
    expect(liveGrant(rows.toReversed(), want, NOW)?.id).toBe('cns_c');
  });

  test('whatever it returns covers the want by itself', () => {
    const entity = fc.constantFrom('A', 'B');
    const purpose = fc.constantFrom(...CONSENT_PURPOSES);
    const fields = fc.subarray([...FIELD_NAMES]);
    const rows = fc.array(
      fc.record({
        legalEntity: entity,
        purpose,
        fields,
        agreedAtMs: fc.integer({ min: NOW - 10, max: NOW + 2 * AGREED_AT_SKEW_MS }),
        withdrawnAtMs: fc.option(fc.constant(NOW - 1)),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(rows, entity, purpose, fc.subarray([...FIELD_NAMES], { maxLength: 3 }), (parts, legalEntity, why, needs) => {
        const ledger = parts.map((part, index) => row({ ...part, id: `cns_${index}` }));
        const good = ledger.filter(
          (one) =>
            one.legalEntity === legalEntity &&
            one.purpose === why &&
            one.withdrawnAtMs === null &&
            one.agreedAtMs <= NOW + AGREED_AT_SKEW_MS &&
            needs.every((name) => one.fields.includes(name)),
        );
        const grant = liveGrant(ledger, { legalEntity, purpose: why, needs }, NOW);
        expect(grant === null).toBe(good.length === 0);
        if (grant !== null) expect(good).toContain(grant);
      }),
    );
  });
});

describe('renderConsentText', () => {
  const parties = {
    recipientName: '甲银行',
    legalEntity: '甲银行股份有限公司',
    contact: '400-000-0000',
    purpose: 'credit_decision',
    fields: ['name', 'id_photos'],
  } as const;
  const textOf = (zh: string, en: string) => ({ id: 'credit', purpose: 'credit_decision' as const, version: '2026-01', zh, en });

  test('fills the slots in both languages and hashes what is shown', () => {
    const text = textOf('同意向{recipient}提供{fields}，用于{purpose}。', 'I agree that {recipient} gets my {fields} for {purpose}.');
    const zh = renderConsentText(text, parties, 'zh', sha256Hex);
    expect(zh.text).toBe('同意向甲银行（甲银行股份有限公司，联系方式：400-000-0000）提供姓名、身份证照片（正反面），用于贷款资格审核与授信审批。');
    expect(zh.hash).toBe(sha256Hex(zh.text));
    expect(renderConsentText(text, parties, 'en', sha256Hex).text).toBe(
      'I agree that 甲银行 (甲银行股份有限公司, contact: 400-000-0000) gets my name, photos of the ID card (front and back) for checking eligibility and deciding on your credit.',
    );
  });

  test('adds what the text leaves out', () => {
    const { text } = renderConsentText(textOf('同意提供{fields}。', 'Yes.'), parties, 'zh', sha256Hex);
    expect(text.split('\n')).toEqual([
      '同意提供姓名、身份证照片（正反面）。',
      '接收方：甲银行（甲银行股份有限公司，联系方式：400-000-0000）',
      '处理目的：贷款资格审核与授信审批',
    ]);
    expect(renderConsentText(textOf('好', 'Yes.'), parties, 'en', sha256Hex).text.split('\n')).toHaveLength(4);
  });

  test('a recipient cannot write slots or replacement patterns of its own', () => {
    const sly = { ...parties, recipientName: '{fields}$&{purpose}' };
    expect(renderConsentText(textOf('{recipient} {fields} {purpose}', 'x'), sly, 'zh', sha256Hex).text.startsWith('{fields}$&{purpose}（')).toBe(
      true,
    );
  });

  test('the hash changes with recipient, fields, purpose, language and text', () => {
    const text = textOf('{recipient}{fields}{purpose}', '{recipient}{fields}{purpose}');
    const hashes = [
      renderConsentText(text, parties, 'zh', sha256Hex),
      renderConsentText(text, parties, 'en', sha256Hex),
      renderConsentText(text, { ...parties, contact: '1' }, 'zh', sha256Hex),
      renderConsentText(text, { ...parties, fields: ['name'] }, 'zh', sha256Hex),
      renderConsentText(text, { ...parties, purpose: 'marketing' }, 'zh', sha256Hex),
      renderConsentText({ ...text, zh: `${text.zh}。` }, parties, 'zh', sha256Hex),
    ].map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('every field and purpose has a name of its own in both languages', () => {
    for (const lang of ['zh', 'en'] as const) {
      expect(new Set(FIELD_NAMES.map((name) => FIELD_WORDS[name][lang])).size).toBe(FIELD_NAMES.length);
      expect(new Set(CONSENT_PURPOSES.map((name) => PURPOSE_WORDS[name][lang])).size).toBe(CONSENT_PURPOSES.length);
    }
    expect(FIELD_NAMES.every((name) => /\p{Script=Han}/u.test(FIELD_WORDS[name].zh) || name === 'ip')).toBe(true);
  });
});
