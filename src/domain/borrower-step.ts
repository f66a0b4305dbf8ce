/** What a borrower may have to do at a funder before it goes on, whoever the funder is. */

/** `open_link`, `redirect`: a page of the funder's, with a lasting link or one that is fetched when it is opened. */
export type StepKind = 'open_link' | 'redirect' | 'bind_card' | 'enter_code';

/** What waits for it: the full application (half flow), the decision, or the payout. */
export type StepStage = 'before_submit' | 'before_decision' | 'before_payout';

/** A bank card as a funder names it: its own token and the last four digits, never the number. */
export interface BoundCard {
  readonly ref: string;
  readonly bank: string;
  readonly tail: string;
}

/** What is sealed in a step. */
export interface StepDetail {
  /** The link to open, or the bank's reference of a code it has sent. */
  readonly ref: string | null;
  /** Cards the funder already has of this borrower. */
  readonly cards: readonly BoundCard[];
}
