/** An application of the size of the public contract's, as the ceilings read it and as the load tool makes it. */
import { z } from 'zod';

const text = z.string().min(1).max(200);
const Consent = z.strictObject({
  recipient: text,
  purpose: z.enum(['application', 'credit_decision']),
  text_version: text,
  agreed_at: z.iso.datetime({ offset: true }),
});

export const Application = z.strictObject({
  applicant: z.strictObject({
    name: z.string().min(2).max(40),
    id_number: z.string().regex(/^\d{17}[\dX]$/),
    phone: z.string().regex(/^1\d{10}$/),
    phone_verification_id: text,
    monthly_income_fen: z.number().int().min(0).max(100_000_000_00),
    employment: z.enum(['salaried', 'self_employed', 'business_owner', 'civil_servant', 'freelance', 'unemployed', 'retired', 'student']),
    employer_type: z.enum(['private', 'state_owned', 'public_institution', 'government', 'foreign', 'listed', 'other']).optional(),
    years_employed: z.number().int().min(0).max(60).optional(),
    education: z.enum(['junior_high_or_below', 'high_school', 'college', 'bachelor', 'master_or_above']).optional(),
    assets: z.strictObject({
      housing_fund: z.enum(['none', 'under_1y', '1y_2y', '2y_plus']).optional(),
      social_security: z.enum(['none', 'under_1y', '1y_2y', '2y_plus']).optional(),
      house: z.enum(['none', 'mortgaged', 'owned']).optional(),
      car: z.enum(['none', 'mortgaged', 'owned']).optional(),
      policy: z.enum(['none', 'no', 'yes']).optional(),
      credit_card: z.enum(['none', 'no', 'yes']).optional(),
      zhima_band: z.enum(['none', 'under_600', '600_650', '650_700', '700_750', '750_plus']).optional(),
    }),
  }),
  request: z.strictObject({
    amount_fen: z.number().int().min(100_00).max(1_000_000_00),
    term_months: z.number().int().min(1).max(60),
    purpose: z.enum(['consumption', 'renovation', 'education', 'medical', 'travel', 'business', 'other']),
  }),
  documents: z.array(text).max(10),
  consents: z.array(Consent).max(20),
  visit: z.strictObject({ channel: text, variant: text, utm: z.record(text, text), click_id: text, device_id: text }),
});
export type Application = z.infer<typeof Application>;

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Distinct people for n below 100,000,000: valid ID checksums, aged 26 to 45, none of the magic phones. */
export function applicationBody(n: number): Application {
  const tail = String(n).padStart(8, '0');
  return {
    applicant: {
      name: '张伟',
      id_number: idNumber(n),
      phone: `159${tail}`,
      phone_verification_id: `pv_${tail}`,
      monthly_income_fen: 1_200_000,
      employment: 'salaried',
      employer_type: 'private',
      years_employed: 4,
      education: 'bachelor',
      assets: {
        housing_fund: '2y_plus',
        social_security: '2y_plus',
        house: 'none',
        car: 'none',
        policy: 'none',
        credit_card: 'yes',
        zhima_band: '700_750',
      },
    },
    request: { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption' },
    documents: ['doc_front', 'doc_back'],
    consents: ['platform', 'fnd_double'].map((recipient) => ({
      recipient,
      purpose: recipient === 'platform' ? 'application' : 'credit_decision',
      text_version: '2026-01',
      agreed_at: '2026-01-05T09:30:00+08:00',
    })),
    visit: { channel: 'h5-demo', variant: 'a', utm: { source: 'bench' }, click_id: `click-${tail}`, device_id: `device-${tail}` },
  };
}

/** 100 districts x 7,300 birthdays x 1,000 people of a day. */
export function idNumber(n: number): string {
  const district = 110_101 + (Math.floor(n / 7_300_000) % 16);
  const born = new Date(Date.UTC(1981, 0, 1) + (Math.floor(n / 1_000) % 7_300) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const digits = `${district}${born}${String(n % 1_000).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return `${digits}${'10X98765432'[sum % 11]}`;
}
