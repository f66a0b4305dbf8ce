/** How much of each funder's caps has been taken in the window that is running. */
import { capNeeds } from '../../dispatch/caps.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';

export function showCaps(deps: Pick<Deps, 'desk' | 'store' | 'clock'>) {
  const nowMs = deps.clock.nowMs();
  const funders = [...deps.desk.snapshot().funders.values()].filter(({ status }) => status === 'live');
  return {
    at: iso(nowMs),
    data: funders.flatMap((funder) => {
      const byId = new Map(funder.caps.map((cap) => [cap.id, cap]));
      return capNeeds(funder, 0, nowMs).map(({ key, capId, limit }) => {
        const { unit, window } = byId.get(capId)!;
        const lent = deps.store.desk.lent(key);
        /** Lent out in small parts beforehand, so a little more than is used. */
        return { funder: funder.id, name: funder.name, cap: capId, unit, window, limit, lent, share: limit === 0 ? 1 : Math.min(1, lent / limit) };
      });
    }),
  };
}
