/** A fixed world for adapter tests: one moment, one applicant, one order, and secrets that are easy to find where they should not be. */
import type { AdapterContext, AttemptRef, FieldName, FieldValues, Granted } from '../../adapters/contract.ts';

/** 2026-03-02T10:00:00+08:00 */
export const NOW_MS = Date.UTC(2026, 2, 2, 2, 0, 0);

export const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'harbor-json': { api_secret: 'canary-api-secret-5b1f' },
  'lotus-md5': { sign_key: 'canary-sign-key-77aa' },
  'cedar-sealed': { aes_key: 'c0ffee00'.repeat(8), mac_key: 'canary-mac-key-91d2' },
};

const PARAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'harbor-json': { key_id: 'millrace', product: 'cash-12' },
  'lotus-md5': { merchant_no: 'M10001', product_no: 'LH01' },
  'cedar-sealed': { app_id: 'millrace', product_code: 'XS-12' },
};

export const FIELDS: FieldValues = {
  name: '张三丰',
  phone: '13912345678',
  id_number: '11010519900307233X',
  age: 35,
  region: '110105',
  monthly_income_fen: 1_200_000,
  employment: 'salaried',
  employer_type: 'private',
  years_employed: 4,
  education: 'bachelor',
  assets: { housing_fund: '2y_plus', zhima_band: '700_750' },
  amount_fen: 2_000_000,
  term_months: 3,
  purpose: 'consumption',
  id_photos: [],
  device_id: null,
  ip: null,
};

export const ATTEMPT: AttemptRef = { ref: 'att_01hzx3k9q0002v7c5n8m4', funderRef: null };

export function contextOf(adapterId: string): AdapterContext {
  return {
    baseUrl: 'https://funder.example/base/',
    params: PARAMS[adapterId] ?? {},
    secrets: SECRETS[adapterId] ?? {},
    nowMs: NOW_MS,
    nonce: '00112233445566778899aabbccddeeff',
    callbackUrl: 'https://millrace.example/v1/callbacks/fnd_x',
  };
}

/** Exactly the named fields, as the one who opens grants would hand them over. */
export function granted<N extends readonly FieldName[]>(needs: N, fields: FieldValues = FIELDS): Granted<N> {
  return Object.fromEntries(needs.map((name) => [name, fields[name]])) as unknown as Granted<N>;
}
