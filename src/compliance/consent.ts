/**
 * Consent: rows of the ledger go in, the grant that covers a call or the lack of one comes out. A grant names one legal entity, one
 * purpose and its fields; grants are never added together, so what was agreed to at one moment is what is relied on. It must not read
 * or write the ledger, must not open data, and must never take doubt for a yes.
 */
import type { ConsentPurpose, FieldName } from '../domain/applicant.ts';

/** One agreement of a borrower, as the ledger keeps it. Times in milliseconds since the epoch. */
export interface ConsentRow {
  readonly id: string;
  readonly borrowerId: string;
  readonly applicationId: string;
  /** `platform` or a funder's id. */
  readonly recipient: string;
  readonly legalEntity: string;
  readonly purpose: ConsentPurpose;
  readonly fields: readonly FieldName[];
  readonly textVersion: string;
  /** Hash of the text as it was shown. */
  readonly textHash: string;
  readonly agreedAtMs: number;
  readonly withdrawnAtMs: number | null;
}

/** What a call is going to hand over, and to whom. */
export interface ConsentWant {
  readonly legalEntity: string;
  readonly purpose: ConsentPurpose;
  readonly needs: readonly FieldName[];
}

/** A channel's clock may be ahead of ours by this much; anything later was not agreed to yet. */
export const AGREED_AT_SKEW_MS = 120_000;

/**
 * The newest live grant that covers the want on its own, or null. `rows` are one borrower's, already narrowed to the applications they
 * may count for. A want without fields still needs a grant: that a person applied is personal data too.
 */
export function liveGrant(rows: readonly ConsentRow[], want: ConsentWant, nowMs: number): ConsentRow | null {
  let best: ConsentRow | null = null;
  for (const row of rows) {
    if (!covers(row, want, nowMs)) continue;
    if (best === null || row.agreedAtMs > best.agreedAtMs || (row.agreedAtMs === best.agreedAtMs && row.id > best.id)) best = row;
  }
  return best;
}

/** True when this one row allows the want at this moment. */
export function covers(row: ConsentRow, want: ConsentWant, nowMs: number): boolean {
  return (
    row.withdrawnAtMs === null &&
    row.legalEntity === want.legalEntity &&
    row.purpose === want.purpose &&
    row.agreedAtMs <= nowMs + AGREED_AT_SKEW_MS &&
    want.needs.every((name) => row.fields.includes(name))
  );
}
