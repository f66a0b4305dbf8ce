import type { AdapterContext } from '../../adapters/contract.ts';
import type { Funder } from '../domain/funder.ts';
import { hexOf } from '../domain/hex.ts';
import type { Deps } from './deps.ts';

/** What an adapter is told about its funder and this call; fresh for each call. */
export function contextFor(deps: Deps, funder: Funder): AdapterContext {
  return {
    baseUrl: funder.base_url.replace(/\/$/, ''),
    params: funder.params,
    secrets: deps.desk.funderSecrets(funder.id),
    nowMs: deps.clock.nowMs(),
    nonce: hexOf(deps.random.bytes(16)),
    callbackUrl: `${deps.publicUrl}/v1/callbacks/${funder.id}`,
  };
}
