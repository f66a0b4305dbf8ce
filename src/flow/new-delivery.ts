import type { DeliveryRow } from '../store/index.ts';

/** The delivery of one event to one endpoint, not tried yet. Its id is the `webhook-id` for good. */
export function newDelivery(id: string, endpointId: string, eventSeq: number, type: string, nowMs: number): DeliveryRow {
  return {
    id,
    endpointId,
    eventSeq,
    type,
    state: 'waiting',
    tries: 0,
    lastStatus: null,
    lastError: null,
    createdAtMs: nowMs,
    firstTryAtMs: null,
    endedAtMs: null,
  };
}
