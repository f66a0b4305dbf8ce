import { describe, expect, expectTypeOf, test } from 'vitest';
import type { FieldCall, Granted, SubmitAnswer } from '../../adapters/contract.ts';
import type { ConsentRow } from '../../src/compliance/consent.ts';
import { openGranted } from '../../src/compliance/open-granted.ts';
import type { FieldSource } from '../../src/compliance/open-granted.ts';
import type { FieldName, FieldValues } from '../../src/domain/applicant.ts';
import { InvariantError } from '../../src/domain/failures.ts';

const NOW = 1_780_000_000_000;
const TO = { legalEntity: 'Alpha Bank Co., Ltd.', purpose: 'credit_decision', nowMs: NOW } as const;
const GRANT: ConsentRow = {
  id: 'cns_1',
  borrowerId: 'bor_1',
  applicationId: 'app_1',
  recipient: 'fnd_alpha',
  legalEntity: TO.legalEntity,
  purpose: TO.purpose,
  fields: ['name', 'phone', 'assets', 'id_photos', 'device_id'],
  textVersion: 'v1',
  textHash: 'h',
  agreedAtMs: NOW - 1,
  withdrawnAtMs: null,
};
const values = (): FieldValues => ({
  name: '张三',
  phone: '13800000001',
  id_number: '110105199003072338',
  age: 36,
  region: '110105',
  monthly_income_fen: 1_200_000,
  employment: 'salaried',
  employer_type: null,
  years_employed: 4,
  education: null,
  assets: { house: 'none' },
  amount_fen: 2_000_000,
  term_months: 12,
  purpose: 'consumption',
  id_photos: [{ kind: 'id_front', contentType: 'image/jpeg', bytes: new Uint8Array([1, 2]) }],
  device_id: null,
  ip: null,
  bank_card: { number: '6222020200112233440', phone: '13800000001' },
});
const sourceOf =
  (from: FieldValues, asked: FieldName[] = []): FieldSource =>
  (name) => {
    asked.push(name);
    return from[name];
  };

describe('openGranted', () => {
  test('hands over exactly the needed fields and reads no other', () => {
    const asked: FieldName[] = [];
    const fields = openGranted(['name', 'phone', 'device_id'], GRANT, sourceOf(values(), asked), TO);
    expect(fields).toEqual({ name: '张三', phone: '13800000001', device_id: null });
    expect(asked).toEqual(['name', 'phone', 'device_id']);
  });

  test.each<[string, Partial<ConsentRow>]>([
    ['lacks a field', { fields: ['phone'] }],
    ['is withdrawn', { withdrawnAtMs: NOW }],
    ['is another entity’s', { legalEntity: 'Beta' }],
    ['is for another purpose', { purpose: 'marketing' }],
    ['lies in the future', { agreedAtMs: NOW + 3_600_000 }],
  ])('throws, having read nothing, when the grant %s', (_, over) => {
    const asked: FieldName[] = [];
    expect(() => openGranted(['name', 'phone'], { ...GRANT, ...over }, sourceOf(values(), asked), TO)).toThrow(InvariantError);
    expect(asked).toEqual([]);
  });

  test('throws when a granted field has no value, and says no value', () => {
    const source = (() => undefined) as unknown as FieldSource;
    expect(() => openGranted(['name'], GRANT, source, TO)).toThrow(/^granted field name has no value$/);
  });

  test('is frozen to the bottom, and apart from the source', () => {
    const from = values();
    const fields = openGranted(['name', 'assets', 'id_photos'], GRANT, sourceOf(from), TO);
    expect(() => Object.assign(fields, { name: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(fields, { id_number: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(fields.assets, { house: 'owned' })).toThrow(TypeError);
    expect(() => Object.assign(fields.id_photos[0]!, { kind: 'id_back' })).toThrow(TypeError);
    from.assets.house = 'owned';
    expect(fields.assets.house).toBe('none');
    expect(fields.id_photos[0]!.bytes).toBe(from.id_photos[0]!.bytes);
  });
});

describe('Granted, by its type', () => {
  type Build = FieldCall<readonly ['name', 'phone'], SubmitAnswer>['build'];
  const build: Build = (_ctx, _attempt, fields) => ({ method: 'POST', url: 'https://funder.example/', headers: {}, body: fields.name });
  const call = (fields: Granted<readonly ['name', 'phone']>): string | Uint8Array | null =>
    build({ baseUrl: '', params: {}, secrets: {}, nowMs: 0, nonce: '', callbackUrl: '' }, { ref: 'att_1', funderRef: null }, fields).body;

  test('comes from openGranted with the right fields', () => {
    const fields = openGranted(['name', 'phone'], GRANT, sourceOf(values()), TO);
    expectTypeOf(fields).toEqualTypeOf<Granted<readonly ['name', 'phone']>>();
    expect(call(fields)).toBe('张三');
  });

  test('refuses a plain object, a copy, fewer fields, and a field that was not asked for', () => {
    const fields = openGranted(['name', 'phone'], GRANT, sourceOf(values()), TO);
    // @ts-expect-error a plain object has no grant behind it
    call({ name: '张三', phone: '13800000001' });
    // @ts-expect-error all values of a borrower are no grant either
    call(values());
    // @ts-expect-error one field short
    call(openGranted(['name'], GRANT, sourceOf(values()), TO));
    // @ts-expect-error what was not asked for cannot be read
    expect(fields.id_number).toBeUndefined();
    // @ts-expect-error it cannot be changed
    expect(() => (fields.name = 'x')).toThrow(TypeError);
    expectTypeOf<{ name: string; phone: string }>().not.toExtend<Granted<readonly ['name', 'phone']>>();
  });
});
