/** The borrower's requests as they come in. Each field has its own rule and its own sentence; what leaves is normalised. */
import { z } from 'zod';
import { Assets, EDUCATION, EMPLOYER_TYPE, EMPLOYMENT, PURPOSE } from '../../domain/applicant.ts';
import { checkName, checkPhone, NAME_FAULTS, PHONE_FAULTS } from '../../domain/facts.ts';
import { checkIdNumber, ID_NUMBER_FAULTS } from '../../domain/id-number.ts';
import { fault, problem, type Problem } from '../../domain/failures.ts';
import type { ApplicationInput, ConsentInput } from '../../flow/intake-input.ts';
import { check, ownIssue } from '../faults.ts';

const MAX_FEN = 1_000_000_000;
const short = z.string().min(1).max(120);

export const Phone = z.string().transform((text, ctx) => {
  const checked = checkPhone(text);
  if (checked.ok) return checked.phone;
  const said = PHONE_FAULTS[checked.fault];
  ctx.issues.push(ownIssue(text, `phone_${checked.fault}`, said.zh, said.en));
  return z.NEVER;
});

const Name = z.string().transform((text, ctx) => {
  const checked = checkName(text);
  if (checked.ok) return checked.name;
  const said = NAME_FAULTS[checked.fault];
  ctx.issues.push(ownIssue(text, `name_${checked.fault}`, said.zh, said.en));
  return z.NEVER;
});

/** The clock comes in at the start, for a date of birth must not lie in the future. */
const idNumber = (nowMs: () => number) =>
  z.string().transform((text, ctx) => {
    const checked = checkIdNumber(text, nowMs());
    if (checked.ok) return checked.idNumber;
    const said = ID_NUMBER_FAULTS[checked.fault];
    ctx.issues.push(ownIssue(text, `id_number_${checked.fault}`, said.zh, said.en));
    return z.NEVER;
  });

const Amount = z.number().superRefine((value, ctx) => {
  if (!Number.isSafeInteger(value))
    ctx.issues.push(ownIssue(value, 'amount_not_whole', '金额应为整数（分）', 'the amount must be a whole number of fen'));
  else if (value < 10_000)
    ctx.issues.push(ownIssue(value, 'amount_too_small', '借款金额至少 100 元', 'the amount must be at least 10000 fen (¥100)'));
  else if (value > MAX_FEN)
    ctx.issues.push(ownIssue(value, 'amount_too_large', '借款金额不能超过 1000 万元', 'the amount may be at most 1000000000 fen (¥10,000,000)'));
});

const Term = z.number().superRefine((value, ctx) => {
  if (!Number.isInteger(value) || value < 1 || value > 120)
    ctx.issues.push(
      ownIssue(value, 'term_out_of_range', '借款期限应为 1 至 120 个月的整数', 'the term must be a whole number of months from 1 to 120'),
    );
});

export const Consent = z.strictObject({
  recipient: z.string().max(60),
  purpose: z.enum(['application', 'credit_decision', 'marketing']),
  text_version: z.string().min(1).max(40),
  agreed_at: z.iso.datetime({ offset: true }),
});

/** Kept in plain, so it must not be able to hold a phone number. */
export const Variant = z.string().regex(/^(?!.*\d{7})[A-Za-z0-9_.-]{1,40}$/);

const Visit = z.strictObject({
  channel: z.string().max(40).optional(),
  variant: Variant.optional(),
  utm: z
    .record(z.string().max(40), z.string().max(200))
    .refine((utm) => Object.keys(utm).length <= 20)
    .optional(),
  click_id: z.string().max(200).optional(),
  device_id: z.string().max(200).optional(),
  landing_page: z.string().max(500).optional(),
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  user_agent: z.string().max(500).optional(),
});

function applicationBody(nowMs: () => number) {
  return z.strictObject({
    draft: z.boolean().optional(),
    applicant: z
      .strictObject({
        name: Name.optional(),
        id_number: idNumber(nowMs).optional(),
        phone: Phone.optional(),
        phone_verification_id: z.string().max(60).optional(),
        monthly_income_fen: z.number().int().min(0).max(MAX_FEN).optional(),
        employment: z.enum(EMPLOYMENT).optional(),
        employer_type: z.enum(EMPLOYER_TYPE).optional(),
        years_employed: z.number().min(0).max(70).optional(),
        education: z.enum(EDUCATION).optional(),
        assets: Assets.optional(),
      })
      .optional(),
    request: z.strictObject({ amount_fen: Amount.optional(), term_months: Term.optional(), purpose: z.enum(PURPOSE).optional() }).optional(),
    documents: z.array(short).max(10).optional(),
    consents: z.array(Consent).max(30).optional(),
    visit: Visit.optional(),
  });
}

/** For the API description, where no clock is needed. */
export const ApplicationBody = applicationBody(() => 0);

export interface ApplicationReader {
  /** Reads a creation; a whole application must have its required fields, each missing one is named. */
  create(value: unknown): ApplicationInput | Problem;
  /** Reads what continues a draft. */
  patch(value: unknown): ApplicationInput | Problem;
}

export function applicationReader(nowMs: () => number): ApplicationReader {
  const schema = applicationBody(nowMs);
  const read = (value: unknown): ApplicationInput | Problem => {
    const body = check(schema, value);
    if ('problem' in body) return body;
    return {
      draft: body.draft ?? false,
      applicant: body.applicant ?? {},
      request: body.request ?? {},
      documents: [...new Set(body.documents ?? [])],
      consents: (body.consents ?? []).map(toConsent),
      visit: body.visit ?? {},
    };
  };
  return {
    create(value) {
      const input = read(value);
      if ('problem' in input || input.draft) return input;
      const missing = REQUIRED.filter(([part, field]) => (input[part] as Record<string, unknown>)[field] === undefined);
      if (missing.length === 0) return input;
      return problem('invalid_request', '还有必填项没有填写', 'required fields are missing', {
        faults: missing.map(([part, field]) => fault(`/${part}/${field}`, 'required', '必填', 'is required')),
      });
    },
    patch: read,
  };
}

const REQUIRED = [
  ['applicant', 'name'],
  ['applicant', 'id_number'],
  ['applicant', 'phone'],
  ['applicant', 'phone_verification_id'],
  ['applicant', 'monthly_income_fen'],
  ['applicant', 'employment'],
  ['request', 'amount_fen'],
  ['request', 'term_months'],
  ['request', 'purpose'],
] as const;

export const ConsentsBody = z.strictObject({
  consents: z.array(Consent).max(30).default([]),
  refused: z.array(z.string().max(60)).max(30).default([]),
});

export function toConsent(consent: z.infer<typeof Consent>): ConsentInput {
  const { agreed_at: agreedAt, ...rest } = consent;
  return { ...rest, agreedAtMs: Date.parse(agreedAt) };
}
