/** Who a loan is with: its attempt, offer, funder and adapter. Null when any of them is not there any more. */
import type { AdapterContext } from '../../adapters/contract.ts';
import type { AttemptRow, LoanRow, OfferRow } from '../store/index.ts';
import { contextFor } from './adapter-context.ts';
import type { Deps } from './deps.ts';
import { funderInterface, type FunderInterface } from './funder-interface.ts';

export interface Parties extends FunderInterface {
  readonly attempt: AttemptRow;
  readonly offer: OfferRow;
  readonly ctx: AdapterContext;
}

export function partiesOf(deps: Deps, loan: Pick<LoanRow, 'attemptId' | 'offerId' | 'funderId'>): Parties | null {
  const attempt = deps.store.dispatch.byId(loan.attemptId);
  const offer = deps.store.offers.byId(loan.offerId);
  const at = funderInterface(deps, loan.funderId);
  if (attempt === undefined || offer === undefined || at === null) return null;
  return { attempt, offer, ...at, ctx: contextFor(deps, at.funder) };
}
