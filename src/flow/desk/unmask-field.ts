/** One field of a borrower in plain, for an operator who says why. Every look is in the audit trail before it is answered. */
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { openBody } from '../application-body.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from './append-audit.ts';
import { invalid } from './propose-change.ts';

export const UNMASKED_FIELDS = ['name', 'phone', 'id_number'] as const;
export type UnmaskedField = (typeof UNMASKED_FIELDS)[number];

/** A reason stays in the audit trail in plain: a long number in it might be a person's, however it is set apart. */
const LONG_NUMBER = /\d[\d\s().,/·、-]{9,}/;

export async function unmaskField(
  deps: Deps,
  actor: string,
  id: string,
  field: UnmaskedField,
  reason: string,
): Promise<{ readonly field: UnmaskedField; readonly value: string } | Problem> {
  if (LONG_NUMBER.test(reason.normalize('NFKC')))
    return invalid([fault('/reason', 'number_in_reason', '原因里不能写号码', 'a reason must not hold a phone or ID number: it is kept in plain')]);
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
