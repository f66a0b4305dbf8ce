import { mintId } from '../../domain/ids.ts';
import type { Deps } from '../deps.ts';

/** Ids of the desk's own things, in the form of all our ids: `chg` a proposed change, `ep` a webhook endpoint. */
export function newDeskId(deps: Pick<Deps, 'cell' | 'clock' | 'random'>, prefix: 'chg' | 'ep'): string {
  const minted = mintId('ers', deps.cell, deps.clock.nowMs(), deps.random.bytes(10));
  return `${prefix}${minted.slice(minted.indexOf('_'))}`;
}
