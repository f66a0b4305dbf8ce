/** Webhook endpoints: made, changed, given new secrets. One person is enough for these, and every deed is in the audit trail. */
import { canonicalJson } from '../../compliance/canonical-json.ts';
import { WebhookEndpoint } from '../../domain/desk.ts';
import { fault, problem, type Fault, type Problem } from '../../domain/failures.ts';
import { asymmetricSecret, symmetricSecret } from '../../outbox/sign.ts';
import type { DeskRecordRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import type { RecordReply } from '../intake-input.ts';
import type { Saved } from '../save-application.ts';
import { iso } from '../view-application.ts';
import { appendAudit } from './append-audit.ts';
import { newDeskId } from './desk-ids.ts';
import { invalid } from './propose-change.ts';
import { setSecret } from './secrets.ts';

/** How long a replaced secret still signs beside the new one. */
const ROTATION_MS = 24 * 3_600_000;
/** Symmetric secrets an endpoint may have at once, the new one included. */
const MOST_SECRETS = 5;
const SECRET_BYTES = 32;
const SYMMETRIC_SLOT = 'whsec_';
const PRIVATE_SLOT = 'whsk';

export type EndpointInput = Pick<WebhookEndpoint, 'url' | 'types' | 'channel_id'>;
export type EndpointPatch = { readonly [K in 'url' | 'types' | 'status']?: WebhookEndpoint[K] | undefined };

export interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly channel_id: string | null;
  /** `disabled` also when it failed for too long. */
  readonly status: 'enabled' | 'disabled';
  readonly disabled_reason: string | null;
  readonly health: { readonly failing_since: string | null; readonly disabled_at: string | null };
  readonly version: number;
  readonly created_at: string;
}
/** Told once: secrets are sealed and never shown again. */
export interface EndpointSecrets {
  readonly secret: string;
  readonly public_key: string;
}
type CheckUrl = (url: string) => string | null;

/** The caller reloads the desk afterwards. */
export async function createEndpoint(
  deps: Deps,
  actor: string,
  input: EndpointInput,
  checkUrl: CheckUrl,
  record: RecordReply,
): Promise<Saved | Problem> {
  const faults = faultsOf(deps, input, checkUrl);
  if (faults.length > 0) return invalid(faults);
  const id = newDeskId(deps, 'ep');
  const secret = symmetricSecret(deps.random.bytes(SECRET_BYTES));
  const pair = asymmetricSecret(deps.vault.ed25519Pair());
  const endpoint: WebhookEndpoint = { id, ...input, status: 'enabled', disabled_reason: null };
  return deps.commit((tx) => {
    const nowMs = deps.clock.nowMs();
    const row = write(tx, deps, actor, endpoint, 0);
    setSecret(tx, deps.vault, id, `${SYMMETRIC_SLOT}${nowMs}`, secret, nowMs);
    setSecret(tx, deps.vault, id, PRIVATE_SLOT, pair.secret, nowMs);
    appendAudit(tx, deps, { actor, action: 'endpoint.created', subject: id, detail: { version: row.version } });
    const reply = { ...endpointView(tx, row), secret, public_key: pair.publicKey } satisfies EndpointView & EndpointSecrets;
    const saved = { id, status: 201, body: JSON.stringify(reply) };
    record(tx, saved.status, saved.body);
    return saved;
  });
}

/** Enabling gives it a clean sheet. The caller reloads the desk afterwards. */
export async function changeEndpoint(
  deps: Deps,
  actor: string,
  id: string,
  patch: EndpointPatch,
  checkUrl: CheckUrl,
): Promise<EndpointView | Problem> {
  const faults = faultsOf(deps, patch, checkUrl);
  if (faults.length > 0) return invalid(faults);
  return deps.commit((tx) => {
    const row = current(tx, id);
    if ('problem' in row) return row;
    const before = endpointOf(row);
    const { url = before.url, types = before.types, status = before.status } = patch;
    const after: WebhookEndpoint = {
      ...before,
      url,
      types,
      status,
      disabled_reason: status === 'disabled' ? (before.disabled_reason ?? 'by an operator') : null,
    };
    const changed = canonicalJson(after) !== canonicalJson(before);
    const next = changed ? write(tx, deps, actor, after, row.version) : row;
    if (patch.status === 'enabled') tx.feed.setHealth({ endpointId: id, failingSinceMs: null, disabledAtMs: null, disabledReason: null });
    if (changed || patch.status === 'enabled')
      appendAudit(tx, deps, { actor, action: 'endpoint.changed', subject: id, detail: { version: next.version, status } });
    return endpointView(tx, next);
  });
}

/** A new symmetric secret signs from now on; the old ones sign beside it for 24 hours. The caller reloads the desk afterwards. */
export async function rotateSecret(
  deps: Deps,
  actor: string,
  id: string,
): Promise<{ readonly id: string; readonly secret: string; readonly old_valid_until: string } | Problem> {
  const secret = symmetricSecret(deps.random.bytes(SECRET_BYTES));
  return deps.commit((tx) => {
    const row = current(tx, id);
    if ('problem' in row) return row;
    const nowMs = deps.clock.nowMs();
    const untilMs = nowMs + ROTATION_MS;
    const old = tx.desk.secretsOf(id).filter((each) => each.slot.startsWith(SYMMETRIC_SLOT));
    const spent = old.filter((each) => each.expiresAtMs !== null && each.expiresAtMs <= nowMs);
    const living = old.filter((each) => !spent.includes(each));
    if (living.length >= MOST_SECRETS)
      return problem('rate_limited', '密钥更换过于频繁，请等旧密钥失效', 'too many secrets are still valid; wait until the old ones have run out');
    if (spent.length > 0)
      tx.desk.dropSecrets(
        id,
        spent.map((each) => each.slot),
      );
    for (const each of living) tx.desk.setSecret({ ...each, expiresAtMs: Math.min(each.expiresAtMs ?? untilMs, untilMs) });
    const serial = old.filter((each) => each.slot.startsWith(`${SYMMETRIC_SLOT}${nowMs}`)).length;
    setSecret(tx, deps.vault, id, serial === 0 ? `${SYMMETRIC_SLOT}${nowMs}` : `${SYMMETRIC_SLOT}${nowMs}_${serial}`, secret, nowMs);
    appendAudit(tx, deps, { actor, action: 'endpoint.rotated', subject: id, detail: { still_valid: living.length } });
    return { id, secret, old_valid_until: iso(untilMs) };
  });
}

export function listEndpoints({ store }: Pick<Deps, 'store'>): EndpointView[] {
  return store.desk
    .allRecords()
    .filter((row) => row.kind === 'webhook_endpoint' && !row.retired)
    .map((row) => endpointView(store, row));
}

export function showEndpoint({ store }: Pick<Deps, 'store'>, id: string): EndpointView | Problem {
  const row = current(store, id);
  return 'problem' in row ? row : endpointView(store, row);
}

function faultsOf(
  deps: Deps,
  input: { readonly url?: string | undefined; readonly channel_id?: string | null | undefined },
  checkUrl: CheckUrl,
): Fault[] {
  const refused = input.url === undefined ? null : checkUrl(input.url);
  const channel = input.channel_id ?? null;
  return [
    ...(refused === null ? [] : [fault('/url', `url_${refused}`, '不能向该地址推送', 'is not an address that may be called')]),
    ...(channel === null || deps.desk.snapshot().channels.has(channel)
      ? []
      : [fault('/channel_id', 'unknown_channel', '没有这个渠道', 'there is no such channel')]),
  ];
}

function current(store: Store, id: string): DeskRecordRow | Problem {
  const row = store.desk.record('webhook_endpoint', id);
  return row === undefined || row.retired ? problem('not_found', '没有这个接收端', 'there is no such endpoint') : row;
}

function write(tx: Store, deps: Deps, actor: string, endpoint: WebhookEndpoint, version: number): Omit<DeskRecordRow, 'ordinal'> {
  const row = {
    kind: 'webhook_endpoint',
    id: endpoint.id,
    version: version + 1,
    body: canonicalJson(endpoint),
    retired: false,
    createdAtMs: deps.clock.nowMs(),
    author: actor,
    approver: null,
  } as const;
  tx.desk.insertRecord(row);
  return row;
}

function endpointOf(row: Pick<DeskRecordRow, 'body'>): WebhookEndpoint {
  return WebhookEndpoint.parse(JSON.parse(row.body));
}

function endpointView(store: Store, row: Omit<DeskRecordRow, 'ordinal'>): EndpointView {
  const { id, url, types, channel_id, status, disabled_reason } = endpointOf(row);
  const health = store.feed.health(id);
  const failed = (health?.disabledAtMs ?? null) !== null;
  const ms = (at: number | null | undefined): string | null => (at === null || at === undefined ? null : iso(at));
  return {
    id,
    url,
    types,
    channel_id,
    status: failed ? 'disabled' : status,
    disabled_reason: failed ? (health?.disabledReason ?? null) : disabled_reason,
    health: { failing_since: ms(health?.failingSinceMs), disabled_at: ms(health?.disabledAtMs) },
    version: row.version,
    created_at: ms(store.desk.recordVersion('webhook_endpoint', id, 1)?.createdAtMs) ?? iso(row.createdAtMs),
  };
}
