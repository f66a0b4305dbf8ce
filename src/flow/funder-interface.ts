/** A funder as the desk has it now, with the adapter that speaks its protocol: what every call to it begins with. */
import type { FunderAdapter } from '../../adapters/contract.ts';
import type { Funder } from '../domain/funder.ts';
import type { Deps } from './deps.ts';

export interface FunderInterface {
  readonly funder: Funder;
  readonly adapter: FunderAdapter;
}

/** Null when the desk has no such funder (any more), or the build no such adapter. */
export function funderInterface(deps: Pick<Deps, 'desk' | 'adapters'>, funderId: string): FunderInterface | null {
  const funder = deps.desk.snapshot().funders.get(funderId);
  const adapter = funder === undefined ? undefined : deps.adapters.get(funder.adapter);
  return funder === undefined || adapter === undefined ? null : { funder, adapter };
}
