/** Several offers for one application, as rate tables give them: each with a name of its own, in parts until the list is complete. */
import type { FunderOffer } from '../contract.ts';
import { pending, safeRef } from './answers.ts';
import type { OrderReader } from './order-states.ts';
import type { Json } from './read-json.ts';
import { at, listOf } from './read-json.ts';

/** More offers than this for one application are a fault of the funder. */
const MAX_OFFERS = 50;

/**
 * Reads the offers at `list`. One that cannot be read, or has the name of another, is left out. Nothing but such is not a decline: it stays
 * pending and loud. No offer yet is pending; none in a complete list is the decline that the contract makes of it.
 */
export function offersAt(list: string, ref: string, readOffer: (row: Json) => FunderOffer | null, complete: boolean): OrderReader {
  return (order, place) => {
    const rows = listOf(at(order, list));
    if (rows === null || rows.length > MAX_OFFERS) return pending(place, 'offers_unreadable');
    const offers = new Map<string, FunderOffer>();
    for (const row of rows) {
      const [name, offer] = [safeRef(at(row, ref)), readOffer(row)];
      if (name !== null && offer !== null && !offers.has(name)) offers.set(name, { ref: name, ...offer });
    }
    if (offers.size === 0 && rows.length > 0) return pending(place, 'offers_unreadable');
    return offers.size === 0 && !complete ? pending(place, null) : { kind: 'offers', offers: [...offers.values()], complete, ...place };
  };
}
