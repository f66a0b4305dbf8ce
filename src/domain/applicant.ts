/** What a borrower tells us, and the names of its parts as consents and adapters speak of them. */
import { z } from 'zod';

export const EMPLOYMENT = ['salaried', 'self_employed', 'business_owner', 'civil_servant', 'freelance', 'unemployed', 'retired', 'student'] as const;
export const EMPLOYER_TYPE = ['private', 'state_owned', 'public_institution', 'government', 'foreign', 'listed', 'other'] as const;
export const EDUCATION = ['junior_high_or_below', 'high_school', 'college', 'bachelor', 'master_or_above'] as const;
export const PURPOSE = ['consumption', 'renovation', 'education', 'medical', 'travel', 'business', 'other'] as const;
/** Length of contributions to 公积金 or 社保. */
export const CONTRIBUTION_BAND = ['none', 'under_1y', '1y_2y', '2y_plus'] as const;
export const OWNERSHIP = ['none', 'mortgaged', 'owned'] as const;
export const YES_NO = ['none', 'no', 'yes'] as const;
export const ZHIMA_BAND = ['none', 'under_600', '600_650', '650_700', '700_750', '750_plus'] as const;

/** Optional, banded assets that Chinese funders ask for. Absent means "not told", `none` means "has none". */
export const Assets = z.strictObject({
  housing_fund: z.enum(CONTRIBUTION_BAND).optional(),
  social_security: z.enum(CONTRIBUTION_BAND).optional(),
  house: z.enum(OWNERSHIP).optional(),
  car: z.enum(OWNERSHIP).optional(),
  policy: z.enum(YES_NO).optional(),
  credit_card: z.enum(YES_NO).optional(),
  zhima_band: z.enum(ZHIMA_BAND).optional(),
});
export type Assets = z.infer<typeof Assets>;

/** A complete applicant, as sealed in the store. Amounts in fen. */
export interface Applicant {
  readonly name: string;
  readonly id_number: string;
  readonly phone: string;
  readonly monthly_income_fen: number;
  readonly employment: (typeof EMPLOYMENT)[number];
  readonly employer_type?: (typeof EMPLOYER_TYPE)[number] | undefined;
  readonly years_employed?: number | undefined;
  readonly education?: (typeof EDUCATION)[number] | undefined;
  readonly assets: Assets;
}

/** What is asked for. */
export interface LoanRequest {
  readonly amount_fen: number;
  readonly term_months: number;
  readonly purpose: (typeof PURPOSE)[number];
}

/** The facts of a visit; the first four are not personal data, the rest is sealed with the applicant. */
export interface Visit {
  readonly channel?: string | undefined;
  readonly variant?: string | undefined;
  readonly utm?: Readonly<Record<string, string>> | undefined;
  readonly click_id?: string | undefined;
  readonly device_id?: string | undefined;
  readonly ip?: string | undefined;
  readonly user_agent?: string | undefined;
}

/**
 * Every field a funder can be handed, and so every word a consent can name. `phone_md5`, `id_md5`, `phone_masked` and the like are
 * not here: a hash or a mask of a field is a disclosure of that field (design: with eight digits known a phone hash has 1,000 candidates).
 */
export const FIELD_NAMES = [
  'name',
  'phone',
  'id_number',
  'age',
  'region',
  'monthly_income_fen',
  'employment',
  'employer_type',
  'years_employed',
  'education',
  'assets',
  'amount_fen',
  'term_months',
  'purpose',
  'id_photos',
  'device_id',
  'ip',
  'bank_card',
] as const;
export const FieldName = z.enum(FIELD_NAMES);
export type FieldName = (typeof FIELD_NAMES)[number];

/** The value behind each field name. */
export interface FieldValues {
  name: string;
  phone: string;
  id_number: string;
  age: number;
  region: string;
  monthly_income_fen: number;
  employment: Applicant['employment'];
  employer_type: string | null;
  years_employed: number | null;
  education: string | null;
  assets: Assets;
  amount_fen: number;
  term_months: number;
  purpose: string;
  id_photos: readonly { kind: 'id_front' | 'id_back'; contentType: string; bytes: Uint8Array }[];
  device_id: string | null;
  ip: string | null;
  /** Number of the card and the phone the bank knows; told by the borrower for one funder, handed over and not kept. */
  bank_card: { readonly number: string; readonly phone: string };
}

/** Why data is handed over. A grant is for one recipient's legal entity and one purpose. */
export const CONSENT_PURPOSES = ['application', 'credit_decision', 'marketing'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/**
 * The facts routing and prescreen rules may use: derived, banded where that is enough, never a name, number or photo.
 * Age in whole years at submission; region is the six-digit GB/T 2260 code from the ID number; `null` means not told.
 */
export interface Facts {
  readonly age: number;
  readonly sex: 'm' | 'f';
  readonly region: string;
  readonly monthly_income_fen: number;
  readonly employment: Applicant['employment'];
  readonly employer_type: string | null;
  readonly years_employed: number | null;
  readonly education: string | null;
  readonly housing_fund: string | null;
  readonly social_security: string | null;
  readonly house: string | null;
  readonly car: string | null;
  readonly policy: string | null;
  readonly credit_card: string | null;
  readonly zhima_band: string | null;
  readonly amount_fen: number;
  readonly term_months: number;
  readonly purpose: string;
  readonly channel: string;
  readonly variant: string | null;
  /** Hour of day in Asia/Shanghai, 0 to 23, at submission. */
  readonly hour: number;
}
