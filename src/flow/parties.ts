/** Who a loan is with: its attempt, offer, funder and adapter. Null when any of them is not there any more. */
import type { AdapterContext, FunderAdapter } from '../../adapters/contract.ts';
import type { Funder } from '../domain/funder.ts';
import type { AttemptRow, LoanRow, OfferRow } from '../store/index.ts';
import { contextFor } from './adapter-context.ts';
import type { Deps } from './deps.ts';

export interface Parties {
  readonly attempt: AttemptRow;
  readonly offer: OfferRow;
  readonly funder: Funder;
  readonly adapter: FunderAdapter;
  readonly ctx: AdapterContext;
}

export function partiesOf(deps: Deps, loan: Pick<LoanRow, 'attemptId' | 'offerId' | 'funderId'>): Parties | null {
  const attempt = deps.store.dispatch.byId(loan.attemptId);
  const offer = deps.store.offers.byId(loan.offerId);
  const funder = deps.desk.snapshot().funders.get(loan.funderId);
  const adapter = funder === undefined ? undefined : deps.adapters.get(funder.adapter);
  if (attempt === undefined || offer === undefined || funder === undefined || adapter === undefined) return null;
  return { attempt, offer, funder, adapter, ctx: contextFor(deps, funder) };
}
