/** What is to be done in the world once a commit is durable. Each is also covered by a timer written in that commit, for when we die in between. */
import type { Facts } from '../domain/applicant.ts';
import type { ApplicationRow, AttemptRow, DeliveryRow, EventRow } from '../store/index.ts';
import type { CompleteBody } from './application-body.ts';

export type Effect =
  | { readonly kind: 'precheck'; readonly attemptId: string; readonly receiptId: string }
  | { readonly kind: 'submit'; readonly attemptId: string; readonly receiptId: string; readonly carry?: Carried | undefined }
  | { readonly kind: 'query'; readonly attemptId: string }
  | { readonly kind: 'cancel'; readonly attemptId: string }
  | { readonly kind: 'draw' | 'refresh_loan'; readonly loanId: string }
  | { readonly kind: 'repay'; readonly repaymentId: string }
  | { readonly kind: 'lease'; readonly attemptId: string; readonly wants: readonly LeaseWant[] }
  | { readonly kind: 'callback'; readonly callbackId: string }
  | {
      readonly kind: 'deliver';
      readonly deliveryId: string;
      readonly carry?: { readonly delivery: DeliveryRow; readonly event: EventRow } | undefined;
    };

/** What the commit had at hand anyway, so that the effect need not read and open it again. Consent is not among it: that is looked up at the moment of sending. */
export interface Carried {
  readonly attempt: AttemptRow;
  readonly application: ApplicationRow;
  readonly body: CompleteBody;
  readonly facts: Facts;
}

/** Cap quota that the cell has to borrow from the desk before an attempt can go on. */
export interface LeaseWant {
  readonly key: string;
  readonly funderId: string;
  readonly limit: number;
  readonly need: number;
}
