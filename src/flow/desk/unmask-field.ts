/** One field of a borrower in plain, for an operator who says why. Every look is in the audit trail before it is answered. */
import { problem, type Problem } from '../../domain/failures.ts';
import { openBody } from '../application-body.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from './append-audit.ts';
import { numberIn } from './plain-reason.ts';
import { invalid } from './propose-change.ts';

export const UNMASKED_FIELDS = ['name', 'phone', 'id_number'] as const;
export type UnmaskedField = (typeof UNMASKED_FIELDS)[number];

export async function unmaskField(
  deps: Deps,
  actor: string,
  id: string,
  field: UnmaskedField,
  reason: string,
): Promise<{ readonly field: UnmaskedField; readonly value: string } | Problem> {
  const number = numberIn(reason, '/reason');
  if (number !== null) return invalid([number]);
  return deps.commit((tx) => {
    const row = tx.applications.byId(id);
    if (row === undefined) return problem('not_found', '没有这个申请', 'there is no such application');
    const borrower = tx.applications.borrowerById(row.borrowerId);
    const body = openBody(borrower === undefined ? null : deps.keys.of(borrower), row);
    const value = body?.applicant[field];
    if (value === undefined) return problem('gone', '没有这项资料，或已删除', 'it was never given, or was erased');
    appendAudit(tx, deps, { actor, action: 'application.unmasked', subject: id, detail: { field, reason } });
    return { field, value };
  });
}
