/** The sealed part of an application: who applies, for what, from where. A draft may lack anything but the phone. */
import type { Applicant, Assets, FieldValues, LoanRequest, Visit } from '../domain/applicant.ts';
import type { FieldSource } from '../compliance/open-granted.ts';
import type { DataKey } from '../ports/vault.ts';
import type { ApplicationRow } from '../store/index.ts';
import { invariant } from '../domain/failures.ts';
import type { Facts } from '../domain/applicant.ts';

export interface ApplicationBody {
  readonly applicant: Partial<Omit<Applicant, 'phone' | 'assets'>> & { readonly phone: string; readonly assets: Assets };
  readonly request: Partial<LoanRequest>;
  readonly visit: Visit;
}

/** A body with everything that a submission needs. */
export interface CompleteBody {
  readonly applicant: Applicant;
  readonly request: LoanRequest;
  readonly visit: Visit;
}

export function sealBody(key: DataKey, applicationId: string, body: ApplicationBody): Buffer {
  return key.seal(aadOf(applicationId), JSON.stringify(body)) as Buffer;
}

/** Opens the body, or null when there is none any more. Throws `SealBrokenError` on damage. */
export function openBody(key: DataKey | null, row: Pick<ApplicationRow, 'id' | 'bodySealed'>): ApplicationBody | null {
  if (key === null || row.bodySealed === null) return null;
  return JSON.parse(decoder.decode(key.open(aadOf(row.id), row.bodySealed))) as ApplicationBody;
}

const decoder = new TextDecoder();

const REQUIRED = [
  ['applicant', 'name'],
  ['applicant', 'id_number'],
  ['applicant', 'monthly_income_fen'],
  ['applicant', 'employment'],
  ['request', 'amount_fen'],
  ['request', 'term_months'],
  ['request', 'purpose'],
] as const;

/** JSON pointers of what a submission still lacks. */
export function missingFields(body: ApplicationBody): string[] {
  return REQUIRED.filter(([part, field]) => (body[part] as Record<string, unknown>)[field] === undefined).map(([part, field]) => `/${part}/${field}`);
}

export function isComplete(body: ApplicationBody): body is CompleteBody {
  return REQUIRED.every(([part, field]) => (body[part] as Record<string, unknown>)[field] !== undefined);
}

interface Source {
  readonly body: CompleteBody;
  readonly facts: Facts;
  readonly photos: FieldValues['id_photos'];
  readonly card: FieldValues['bank_card'] | null;
}

const READERS: { readonly [K in keyof FieldValues]: (from: Source) => FieldValues[K] } = {
  name: ({ body }) => body.applicant.name,
  phone: ({ body }) => body.applicant.phone,
  id_number: ({ body }) => body.applicant.id_number,
  age: ({ facts }) => facts.age,
  region: ({ facts }) => facts.region,
  monthly_income_fen: ({ body }) => body.applicant.monthly_income_fen,
  employment: ({ body }) => body.applicant.employment,
  employer_type: ({ body }) => body.applicant.employer_type ?? null,
  years_employed: ({ body }) => body.applicant.years_employed ?? null,
  education: ({ body }) => body.applicant.education ?? null,
  assets: ({ body }) => body.applicant.assets,
  amount_fen: ({ body }) => body.request.amount_fen,
  term_months: ({ body }) => body.request.term_months,
  purpose: ({ body }) => body.request.purpose,
  id_photos: ({ photos }) => photos,
  device_id: ({ body }) => body.visit.device_id ?? null,
  ip: ({ body }) => body.visit.ip ?? null,
  // Told for one call and kept nowhere: whoever asks for it elsewhere has no card to ask for.
  bank_card: ({ card }) => {
    invariant(card !== null, 'no card was told for this call');
    return card;
  },
};

/** Reads single fields for `openGranted`; photos are loaded beforehand because they live outside the body. */
export function fieldSource(
  body: CompleteBody,
  facts: Facts,
  photos: FieldValues['id_photos'],
  card: FieldValues['bank_card'] | null = null,
): FieldSource {
  const source = { body, facts, photos, card };
  return (name) => READERS[name](source);
}

const aadOf = (applicationId: string): string => `applications/${applicationId}/body`;
