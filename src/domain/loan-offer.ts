/** What a funder offers: an amount, a plan of instalments, and every charge beside it. */
import type { AmountMinor } from './money.ts';

/** One instalment of a plan. Amounts in fen; `dueInMonths` counts from disbursement, 1 is the first. */
export interface Instalment {
  readonly dueInMonths: number;
  readonly principal: AmountMinor;
  readonly interest: AmountMinor;
  readonly fee: AmountMinor;
}

/** A charge beside the plan. `payee` is who receives it; `upfront` is deducted or paid at disbursement. */
export interface Fee {
  readonly item: string;
  readonly payee: string;
  readonly amount: AmountMinor;
  readonly when: 'upfront' | 'monthly';
}

export interface FunderOffer {
  /** The funder's own name of the offer, where it makes several for one application. */
  readonly ref?: string;
  readonly amount: AmountMinor;
  readonly termMonths: number;
  readonly quotedAprBps: number;
  readonly plan: readonly Instalment[];
  readonly fees: readonly Fee[];
  /** Null: the policy's own validity applies. */
  readonly expiresAtMs: number | null;
}
