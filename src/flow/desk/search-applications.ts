/** Whose a phone is, for an operator: masked, and in the audit trail, since already the answer that somebody has applied says something of them. */
import type { Deps } from '../deps.ts';
import { appendAudit } from './append-audit.ts';
import { applicationsOfPhone, type DeskApplication } from './show-application.ts';

/** What this phone has applied for, newest first. The trail has the newest application in place of the phone; `none` when there is none. */
export async function searchApplications(deps: Deps, actor: string, phone: string): Promise<DeskApplication[]> {
  return deps.commit((tx) => {
    const found = applicationsOfPhone({ ...deps, store: tx }, phone);
    appendAudit(tx, deps, { actor, action: 'application.searched', subject: found[0]?.id ?? 'none', detail: { found: found.length } });
    return found;
  });
}
