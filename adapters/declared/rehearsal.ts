/** Every template is run once at load with an invented borrower, told and untold, so that a wrong operator fails before a real one comes. */
import type { FieldName } from '../../src/domain/applicant.ts';
import type { ManifestFault } from './faults.ts';
import type { Known } from './expressions.ts';
import type { Runs, Template } from './request.ts';
import type { Protocol } from './schema.ts';

const SAMPLE: Readonly<Record<Exclude<FieldName, 'id_photos'>, unknown>> = {
  name: '张三丰',
  phone: '13900000000',
  id_number: '11010519491231002X',
  age: 30,
  region: '110105',
  monthly_income_fen: 1_000_000,
  employment: 'salaried',
  employer_type: 'private',
  years_employed: 3,
  education: 'bachelor',
  assets: { housing_fund: 'none', social_security: 'none', house: 'none', car: 'none', policy: 'none', credit_card: 'none', zhima_band: 'none' },
  amount_fen: 1_000_000,
  term_months: 12,
  purpose: 'consumption',
  device_id: 'device',
  ip: '192.0.2.1',
  bank_card: { number: '6222020200112233445', phone: '13900000000' },
};
/** As a borrower who told no more than is asked of everybody. */
const UNTOLD = { ...SAMPLE, employer_type: null, years_employed: null, education: null, assets: {}, device_id: null, ip: null };
const TERMS = { amount: 1_000_000, term_months: 12, offer_ref: null };

/** What throws when it is run. */
export function tryTemplate(template: Template, kind: string, needs: readonly FieldName[], { params }: Protocol): ManifestFault[] {
  const parts: readonly (readonly [path: string, runs: Runs])[] = [
    ['/common', template.common],
    [`/${kind}/body`, template.body],
    [`/${kind}/headers`, template.headers],
  ];
  const faults = [SAMPLE, UNTOLD].flatMap((sample) => {
    const known = knownOf(sample, needs, params);
    return parts.flatMap(([path, runs]) => runs.flatMap(([name, run]) => failureOf(() => run(known), `${path}/${name}`)));
  });
  return faults.filter(({ path, rule }, index) => faults.findIndex((one) => one.path === path && one.rule === rule) === index);
}

function knownOf(sample: Readonly<Record<string, unknown>>, needs: readonly FieldName[], params: readonly string[]): Known {
  return {
    ctx: {
      baseUrl: 'https://funder.example',
      params: Object.fromEntries(params.map((name) => [name, 'x'])),
      secrets: {},
      nowMs: Date.UTC(2026, 0, 2),
      nonce: '0'.repeat(32),
      callbackUrl: 'https://millrace.example/callback',
    },
    attempt: { ref: 'att_sample', funderRef: null },
    fields: Object.fromEntries(needs.map((name) => [name, sample[name]])),
    terms: TERMS,
  };
}

function failureOf(run: () => unknown, path: string): ManifestFault[] {
  try {
    run();
    return [];
  } catch (error) {
    // The engine throws NaN, or `{type, key}`, beside errors.
    return [{ path, rule: error instanceof Error ? error.message : 'cannot be evaluated' }];
  }
}
