/** Why a funder said no, in our words, whatever its own codes are. */
export const FUNDER_REASON_CODES = [
  'credit',
  'income',
  'age',
  'region',
  'existing_customer',
  'recent_rejection',
  'blacklist',
  'identity',
  'amount',
  'duplicate',
  'other',
] as const;

/** `detail` is the funder's code, for the operator; no personal data. */
export interface FunderReason {
  readonly code: (typeof FUNDER_REASON_CODES)[number];
  readonly detail: string;
}
