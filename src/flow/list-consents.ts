/** What the borrower of an application has agreed to, and taken back: each recipient once, as it stands. */
import { saysNo } from '../domain/consent-line.ts';
import type { ApplicationRow } from '../store/index.ts';
import type { Deps } from './deps.ts';
import { recipientOf } from './record-consents.ts';
import { iso } from './view-application.ts';
import { Work } from './work.ts';

export interface GivenConsent {
  readonly recipient: string;
  readonly name: string;
  readonly legal_entity: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly text_version: string;
  readonly agreed_at: string;
  readonly withdrawn_at: string | null;
}

export function listConsents(deps: Deps, application: ApplicationRow): GivenConsent[] {
  const last = new Map<string, GivenConsent>();
  for (const row of new Work(deps, deps.store).consentsOf(application.id)) {
    if (saysNo(row)) continue;
    last.set(`${row.recipient}/${row.purpose}`, {
      recipient: row.recipient,
      name: recipientOf(deps, row.recipient)?.name ?? row.recipient,
      legal_entity: row.legalEntity,
      purpose: row.purpose,
      fields: row.fields,
      text_version: row.textVersion,
      agreed_at: iso(row.agreedAtMs),
      withdrawn_at: row.withdrawnAtMs === null ? null : iso(row.withdrawnAtMs),
    });
  }
  return [...last.values()];
}
