/**
 * Webhook deliveries, seen and sent again: one by its id, or all of an endpoint's since a time. Each (endpoint, event) has one delivery row
 * for good, and its id is the `webhook-id`: sending again starts the row's schedule anew, so a receiver sees a repeat as a repeat.
 * Events of the time in which the endpoint was disabled have no row yet and get theirs then.
 */
import { problem, type Problem } from '../../domain/failures.ts';
import { WebhookEndpoint } from '../../domain/desk.ts';
import { wantsEvent } from '../../outbox/endpoint.ts';
import type { DeliveryRow, EventRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { newDelivery } from '../new-delivery.ts';
import { iso } from '../view-application.ts';
import { perform, type Work } from '../work.ts';
import { appendAudit } from './append-audit.ts';
import { showEndpoint } from './edit-endpoints.ts';

/** Events looked at in one commit of a replay. */
const BATCH = 500;
/** A replay is spread out, so that it neither floods its receiver nor holds up what is new. */
const PER_SECOND = 100;

export interface DeliveryView {
  readonly id: string;
  readonly endpoint_id: string;
  readonly type: string;
  readonly state: DeliveryRow['state'];
  readonly tries: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: string;
  readonly next_try_at: string | null;
  readonly ended_at: string | null;
}

/** Newest first; `before` is the id of the last of the page before. */
export function listDeliveries(
  deps: Pick<Deps, 'store'>,
  endpointId: string,
  state: DeliveryRow['state'] | undefined,
  before: string | undefined,
  limit: number,
): DeliveryView[] | Problem {
  const endpoint = showEndpoint(deps, endpointId);
  if ('problem' in endpoint) return endpoint;
  return deps.store.desk.deliveryPage(endpointId, state, before, limit).map((row) => deliveryView(deps, row));
}

/** Sends one again now, whatever became of it. */
export async function resendDelivery(deps: Deps, actor: string, id: string): Promise<DeliveryView | Problem> {
  const row = deps.store.feed.delivery(id);
  if (row === undefined) return problem('not_found', '没有这次推送', 'there is no such delivery');
  const closed = closedEndpoint(deps, row.endpointId);
  if (closed !== null) return closed;
  await perform(deps, (work) => {
    const fresh = work.tx.feed.delivery(id);
    if (fresh !== undefined) startAnew(work, fresh, work.nowMs);
    appendAudit(work.tx, deps, { actor, action: 'delivery.resent', subject: id, detail: { endpoint: row.endpointId } });
  });
  return deliveryView(deps, deps.store.feed.delivery(id)!);
}

/** Sends everything this endpoint wants since then; with `deadOnly`, what was given up and nothing else. Returns how many are on their way. */
export async function replayDeliveries(
  deps: Deps,
  actor: string,
  endpointId: string,
  sinceMs: number,
  deadOnly: boolean,
): Promise<{ readonly queued: number } | Problem> {
  const closed = closedEndpoint(deps, endpointId);
  if (closed !== null) return closed;
  let cursor = deps.store.desk.cursorAt(sinceMs);
  const lastSeq = deps.store.feed.lastSeq();
  let queued = 0;
  while (cursor !== null && cursor < lastSeq) {
    const events: EventRow[] = deps.store.feed.eventsSince(cursor, BATCH).filter((event) => event.seq <= lastSeq);
    if (events.length === 0) break;
    const before = queued;
    queued += await perform(deps, (work) => requeue(work, endpointId, events, deadOnly, before));
    cursor = events.at(-1)!.seq;
  }
  await deps.commit((tx) =>
    appendAudit(tx, deps, {
      actor,
      action: 'deliveries.replayed',
      subject: endpointId,
      detail: { since: iso(sinceMs), dead_only: deadOnly, queued },
    }),
  );
  return { queued };
}

function requeue(work: Work, endpointId: string, events: readonly EventRow[], deadOnly: boolean, before: number): number {
  const record = work.tx.desk.record('webhook_endpoint', endpointId);
  if (record === undefined) return 0;
  const endpoint = WebhookEndpoint.parse(JSON.parse(record.body));
  let queued = 0;
  for (const event of events) {
    if (!wantsEvent(endpoint, event)) continue;
    const known = work.tx.desk.deliveryOf(endpointId, event.seq);
    if (known?.state === 'waiting' || (deadOnly && known?.state !== 'dead')) continue;
    startAnew(work, known ?? addDelivery(work, endpointId, event), work.nowMs + Math.floor((before + queued) / PER_SECOND) * 1_000);
    queued += 1;
  }
  return queued;
}

function addDelivery(work: Work, endpointId: string, event: EventRow): DeliveryRow {
  const row = newDelivery(work.newId('dlv'), endpointId, event.seq, event.type, work.nowMs);
  work.tx.feed.insertDelivery(row);
  return row;
}

/** One that is waiting keeps its tries and is only brought forward. */
function startAnew(work: Work, row: DeliveryRow, dueAtMs: number): void {
  if (row.state !== 'waiting')
    work.tx.feed.saveDelivery({ ...row, state: 'waiting', tries: 0, lastStatus: null, lastError: null, firstTryAtMs: null, endedAtMs: null });
  work.setTimer('delivery', row.id, dueAtMs);
}

/** A disabled endpoint would only bury them again. */
function closedEndpoint(deps: Deps, endpointId: string): Problem | null {
  const endpoint = showEndpoint(deps, endpointId);
  if ('problem' in endpoint) return endpoint;
  return endpoint.status === 'enabled' ? null : problem('illegal_transition', '接收端已停用，请先启用', 'the endpoint is disabled; enable it first');
}

function deliveryView(deps: Pick<Deps, 'store'>, row: DeliveryRow): DeliveryView {
  const due = row.state === 'waiting' ? deps.store.feed.timer('delivery', row.id)?.dueAtMs : undefined;
  return {
    id: row.id,
    endpoint_id: row.endpointId,
    type: row.type,
    state: row.state,
    tries: row.tries,
    last_status: row.lastStatus,
    last_error: row.lastError,
    created_at: iso(row.createdAtMs),
    next_try_at: due === undefined ? null : iso(due),
    ended_at: row.endedAtMs === null ? null : iso(row.endedAtMs),
  };
}
