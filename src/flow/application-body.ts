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
  return JSON.parse(new TextDecoder().decode(key.open(aadOf(row.id), row.bodySealed))) as ApplicationBody;
}

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
  return missingFields(body).length === 0;
}

/** Reads single fields for `openGranted`; photos are loaded beforehand because they live outside the body. */
export function fieldSource(
  body: CompleteBody,
  facts: Facts,
  photos: FieldValues['id_photos'],
  card: FieldValues['bank_card'] | null = null,
): FieldSource {
  const { applicant, request, visit } = body;
  const values: { readonly [K in keyof FieldValues]: () => FieldValues[K] } = {
    name: () => applicant.name,
    phone: () => applicant.phone,
    id_number: () => applicant.id_number,
    age: () => facts.age,
    region: () => facts.region,
    monthly_income_fen: () => applicant.monthly_income_fen,
    employment: () => applicant.employment,
    employer_type: () => applicant.employer_type ?? null,
    years_employed: () => applicant.years_employed ?? null,
    education: () => applicant.education ?? null,
    assets: () => applicant.assets,
    amount_fen: () => request.amount_fen,
    term_months: () => request.term_months,
    purpose: () => request.purpose,
    id_photos: () => photos,
    device_id: () => visit.device_id ?? null,
    ip: () => visit.ip ?? null,
    // Told for one call and kept nowhere: whoever asks for it elsewhere has no card to ask for.
    bank_card: () => {
      invariant(card !== null, 'no card was told for this call');
      return card;
    },
  };
  return (name) => values[name]();
}

const aadOf = (applicationId: string): string => `applications/${applicationId}/body`;
