/** Facts of an applicant, for a dry decision: what routing may know of a person, and no more. */
import { z } from 'zod';
import { Assets, EDUCATION, EMPLOYER_TYPE, EMPLOYMENT, PURPOSE, type Facts } from '../../domain/applicant.ts';

const asset = Assets.shape;

export const FactsBody = z.strictObject({
  age: z.number().int().min(18).max(100),
  sex: z.enum(['m', 'f']).default('m'),
  region: z.string().regex(/^\d{6}$/),
  monthly_income_fen: z.number().int().min(0).max(1_000_000_000),
  employment: z.enum(EMPLOYMENT),
  employer_type: z.enum(EMPLOYER_TYPE).nullable().default(null),
  years_employed: z.number().min(0).max(60).nullable().default(null),
  education: z.enum(EDUCATION).nullable().default(null),
  housing_fund: asset.housing_fund.unwrap().nullable().default(null),
  social_security: asset.social_security.unwrap().nullable().default(null),
  house: asset.house.unwrap().nullable().default(null),
  car: asset.car.unwrap().nullable().default(null),
  policy: asset.policy.unwrap().nullable().default(null),
  credit_card: asset.credit_card.unwrap().nullable().default(null),
  zhima_band: asset.zhima_band.unwrap().nullable().default(null),
  amount_fen: z.number().int().min(10_000).max(1_000_000_000),
  term_months: z.number().int().min(1).max(120),
  purpose: z.enum(PURPOSE).default('consumption'),
  channel: z.string().max(40).default(''),
  variant: z.string().max(40).nullable().default(null),
  /** In Asia/Shanghai. */
  hour: z.number().int().min(0).max(23).default(12),
}) satisfies z.ZodType<Facts>;

/** An application by its id, or facts. */
export const DecideBody = z.union([
  z.strictObject({ application: z.string().max(60), explain: z.boolean().default(false) }),
  z.strictObject({ facts: FactsBody, explain: z.boolean().default(false) }),
]);
