/** Every handing over leaves a receipt: what goes to whom under which consent, written before the call is made. */
import type { FieldName } from '../domain/applicant.ts';
import type { ConsentRow } from '../compliance/consent.ts';
import type { Funder } from '../domain/funder.ts';
import type { AttemptRow, ReceiptRow } from '../store/index.ts';
import type { Work } from './work.ts';

export interface HandingOver {
  readonly funder: Funder;
  readonly grant: ConsentRow;
  readonly capability: ReceiptRow['capability'];
  readonly fields: readonly FieldName[];
}

/** Returns the receipt's id. What was said and how it ended is filled in after the call. */
export function addReceipt(work: Work, attempt: AttemptRow, { funder, grant, capability, fields }: HandingOver): string {
  const id = work.newId('rcp');
  work.addReceipt({
    id,
    attemptId: attempt.id,
    consentId: grant.id,
    legalEntity: funder.legal_entity,
    capability,
    fields,
    createdAtMs: work.nowMs,
    exchangeSealed: null,
    outcome: null,
    latencyMs: null,
  });
  return id;
}
