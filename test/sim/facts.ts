/** What the service has said yes to: from then on it must be so, whatever crashes. */
import type { Ask } from './borrower-world.ts';
import type { Ledger } from './ledger.ts';
import type { Reply } from './network.ts';

export type Fact =
  | {
      readonly kind: 'created';
      readonly ask: Ask;
      readonly reply: Reply;
      readonly applicationId: string;
      readonly secrets: readonly string[];
      readonly cards: readonly string[];
    }
  | { readonly kind: 'repaying'; readonly applicationId: string; readonly repaymentId: string }
  | { readonly kind: 'accepted' | 'withdrawn' | 'erased'; readonly applicationId: string }
  /** `sentAtMs`: when it was asked for; what the borrower agrees to later is another matter. */
  | { readonly kind: 'consent_withdrawn'; readonly applicationId: string; readonly recipient: string; readonly sentAtMs: number };

/** What was acknowledged and is not so; null when it is. */
export function lostFact(ledger: Ledger, fact: Fact): string | null {
  const application = ledger.get('applications', fact.applicationId);
  if (application === undefined) return `${fact.applicationId} was ${fact.kind} and does not exist`;
  const { state } = application;
  switch (fact.kind) {
    case 'created':
      return null;
    case 'accepted':
      return ledger.of('loans', fact.applicationId).length > 0 ? null : `${fact.applicationId} was accepted and has no loan`;
    case 'withdrawn':
      return state === 'withdrawn' || state === 'erased' ? null : `${fact.applicationId} was withdrawn and is ${state}`;
    case 'repaying':
      return ledger.get('repayments', fact.repaymentId) === undefined ? `${fact.repaymentId} was taken and does not exist` : null;
    case 'erased':
      return state === 'erased' ? null : `${fact.applicationId} was erased and is ${state}`;
    case 'consent_withdrawn': {
      const entity = `${fact.recipient.slice(4)} ltd`;
      const rows = ledger.of('consents', fact.applicationId);
      const live = rows.some((row) => row.legalEntity === entity && row.withdrawnAtMs === null && row.agreedAtMs <= fact.sentAtMs);
      return live ? `${fact.applicationId} has a live consent to ${entity} again` : null;
    }
  }
}
