/** What is to be done in the world once a commit is durable. Each is also covered by a timer written in that commit, for when we die in between. */
export type Effect =
  | { readonly kind: 'precheck'; readonly attemptId: string; readonly receiptId: string }
  | { readonly kind: 'submit'; readonly attemptId: string; readonly receiptId: string }
  | { readonly kind: 'query'; readonly attemptId: string }
  | { readonly kind: 'cancel'; readonly attemptId: string }
  | { readonly kind: 'draw'; readonly loanId: string }
  | { readonly kind: 'lease'; readonly attemptId: string; readonly wants: readonly LeaseWant[] }
  | { readonly kind: 'callback'; readonly callbackId: string }
  | { readonly kind: 'deliver'; readonly deliveryId: string };

/** Cap quota that the cell has to borrow from the desk before an attempt can go on. */
export interface LeaseWant {
  readonly key: string;
  readonly funderId: string;
  readonly limit: number;
  readonly need: number;
}
