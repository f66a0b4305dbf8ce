import { mintId } from '../../domain/ids.ts';
import type { Deps } from '../deps.ts';

/** Ids of the desk's own things: a proposed change, a policy draft, a webhook endpoint, a key, an operator. */
export function newDeskId(deps: Pick<Deps, 'cell' | 'clock' | 'random'>, prefix: 'chg' | 'pdr' | 'ep' | 'key' | 'opr'): string {
  return mintId(prefix, deps.cell, deps.clock.nowMs(), deps.random.bytes(10));
}
