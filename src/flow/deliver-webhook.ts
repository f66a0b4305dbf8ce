/** One attempt to deliver one event to one endpoint, signed; then delivered, to be tried again, or dead. */
import { afterAttempt } from '../outbox/after-attempt.ts';
import { alarmBody } from '../outbox/alarm-body.ts';
import { DATA_KEYS, webhookBody, type DataKey } from '../outbox/body.ts';
import { createWebhookSigner, type WebhookSigner } from '../outbox/sign.ts';
import type { WebhookEndpoint } from '../domain/desk.ts';
import type { DeliveryRow, EventRow, Store } from '../store/index.ts';
import type { Deps } from './deps.ts';
import { perform, type Work } from './work.ts';

const TIMEOUT_MS = 15_000;
const MAX_REPLY_BYTES = 64 * 1024;

export async function deliverWebhook(
  deps: Deps,
  deliveryId: string,
  carry?: { readonly delivery: DeliveryRow; readonly event: EventRow },
): Promise<void> {
  const delivery = carry?.delivery ?? deps.store.feed.delivery(deliveryId);
  const event = carry?.event ?? (delivery === undefined ? undefined : deps.store.feed.event(delivery.eventSeq));
  if (delivery === undefined || event === undefined || delivery.state !== 'waiting')
    return void (await perform(deps, (work) => work.clearTimer('delivery', deliveryId)));
  const endpoint = deps.desk.snapshot().endpoints.find((each) => each.id === delivery.endpointId);
  const health = healthOf(deps, delivery.endpointId);
  if (endpoint === undefined || endpoint.status === 'disabled' || (health.row?.disabledAtMs ?? null) !== null)
    return kill(deps, deliveryId, 'endpoint_disabled');
  const nowMs = deps.clock.nowMs();
  const secrets = deps.desk
    .endpointSecrets(endpoint.id)
    .filter((each) => each.expiresAtMs === null || each.expiresAtMs > nowMs)
    .map((each) => each.secret);
  if (secrets.length === 0) return kill(deps, deliveryId, 'no_secret');
  const request = signerOf(deps).request(endpoint.url, { id: deliveryId, nowMs, body: bodyOf(event), secrets });
  const outcome = await deps.transport.send(request, { timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_REPLY_BYTES, target: 'guarded' });
  await perform(deps, (work) => {
    const known = work.tx.feed.healthChanges() === health.changes ? health.row : work.tx.feed.health(endpoint.id);
    const settle = (row: DeliveryRow): boolean => {
      const firstAtMs = row.firstTryAtMs ?? nowMs;
      const step = afterAttempt({
        outcome,
        attempt: row.tries + 1,
        firstAtMs,
        nowMs: work.nowMs,
        health: { failingSinceMs: known?.failingSinceMs ?? null },
        uniform: () => deps.random.uniform(),
      });
      if (!apply(work, row, firstAtMs, step, endpoint)) return false;
      if ((known?.failingSinceMs ?? null) !== step.endpoint.failingSinceMs || step.disable !== null) setHealth(work, endpoint, step);
      return true;
    };
    // What was read before is mostly still so, and then need not be read again; a failure draws lots, and that but once.
    if (outcome.kind === 'response' && outcome.response.status < 300 && settle(delivery)) return;
    const row = work.tx.feed.delivery(deliveryId);
    if (row === undefined || row.state !== 'waiting') work.clearTimer('delivery', deliveryId);
    else settle(row);
  });
}

type Health = NonNullable<ReturnType<Store['feed']['health']>>;
interface KnownHealth {
  readonly changes: number;
  readonly row: Health | undefined;
}
const healths = new WeakMap<Deps, Map<string, KnownHealth>>();

/** An endpoint's health, read again only when any has changed. Not for use inside a commit, where what is read may yet be undone. */
function healthOf(deps: Deps, endpointId: string): KnownHealth {
  const known = healths.get(deps) ?? new Map<string, KnownHealth>();
  healths.set(deps, known);
  const changes = deps.store.feed.healthChanges();
  const found = known.get(endpointId);
  if (found?.changes === changes) return found;
  const read = { changes, row: deps.store.feed.health(endpointId) };
  known.set(endpointId, read);
  return read;
}

/** The event as it is sent: ids and codes, in the same bytes every time. */
export function bodyOf(event: EventRow): string {
  const { type, atMs } = event;
  if (type === 'alarm.raised' || type === 'alarm.cleared') return alarmBody({ type, atMs, data: event.data });
  const data: Partial<Record<DataKey, string>> = {};
  for (const key of DATA_KEYS) {
    const value = event.data[key];
    if (typeof value === 'string') data[key] = value;
  }
  const [noun, status] = event.type.split('.');
  if (noun === 'application' && status !== undefined) data.status = status;
  return webhookBody({ type: event.type, atMs: event.atMs, applicationId: event.applicationId ?? 'none', sequence: event.applicationSeq ?? 1, data });
}

/** False, and nothing changed, when the row is not as it was any more. */
function apply(work: Work, was: DeliveryRow, firstTryAtMs: number, step: ReturnType<typeof afterAttempt>, endpoint: WebhookEndpoint): boolean {
  const { verdict, delivery } = step;
  const tried = {
    ...was,
    tries: was.tries + 1,
    firstTryAtMs,
    lastStatus: verdict.status,
    lastError: verdict.kind === 'failed' ? verdict.code : null,
  };
  const { feed } = work.tx;
  if (delivery.kind === 'retry') {
    if (!feed.saveTried(tried, was)) return false;
    work.setTimer('delivery', was.id, delivery.dueAtMs, tried.tries);
    return true;
  }
  if (!feed.saveTried({ ...tried, state: delivery.kind, endedAtMs: work.nowMs }, was)) return false;
  if (delivery.kind === 'dead') work.deps.log.warn('webhook.dead', { endpoint: endpoint.id, delivery: was.id, why: delivery.why });
  work.clearTimer('delivery', was.id);
  return true;
}

function setHealth(work: Work, endpoint: WebhookEndpoint, step: ReturnType<typeof afterAttempt>): void {
  const disabled = step.disable !== null;
  work.tx.feed.setHealth({
    endpointId: endpoint.id,
    failingSinceMs: step.endpoint.failingSinceMs,
    disabledAtMs: disabled ? work.nowMs : null,
    disabledReason: step.disable,
  });
  if (!disabled) return;
  work.emitGeneral('endpoint.disabled', { endpoint_id: endpoint.id, why: step.disable });
  work.deps.log.error('webhook.endpoint_disabled', { endpoint: endpoint.id, why: step.disable });
}

async function kill(deps: Deps, deliveryId: string, why: string): Promise<void> {
  await perform(deps, (work) => {
    const row = work.tx.feed.delivery(deliveryId);
    if (row !== undefined && row.state === 'waiting') work.tx.feed.saveDelivery({ ...row, state: 'dead', lastError: why, endedAtMs: work.nowMs });
    work.clearTimer('delivery', deliveryId);
  });
}

const signers = new WeakMap<Deps['vault'], WebhookSigner>();

function signerOf(deps: Deps): WebhookSigner {
  let signer = signers.get(deps.vault);
  if (signer === undefined) signers.set(deps.vault, (signer = createWebhookSigner(deps.vault)));
  return signer;
}
