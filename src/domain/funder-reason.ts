/** Why a funder said no, in our words, whatever its own codes are. `detail` is the funder's code, for the operator; no personal data. */
export interface FunderReason {
  readonly code:
    | 'credit'
    | 'income'
    | 'age'
    | 'region'
    | 'existing_customer'
    | 'recent_rejection'
    | 'blacklist'
    | 'identity'
    | 'amount'
    | 'duplicate'
    | 'other';
  readonly detail: string;
}
