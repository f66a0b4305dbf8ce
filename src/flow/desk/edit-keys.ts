/** Keys and secrets. A key's text is told once and never stored; a secret goes in and never comes out. */
import type { ApiKey, Role } from '../../domain/desk.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import type { Vault } from '../../ports/vault.ts';
import type { Random } from '../../ports/random.ts';
import type { Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { appendAudit } from './append-audit.ts';
import { newDeskId } from './desk-ids.ts';
import { setSecret } from './secrets.ts';

export interface KeyWish {
  readonly kind: ApiKey['kind'];
  readonly name: string;
  /** For publishable and secret keys. */
  readonly channelId: string | null;
  /** For operator keys. */
  readonly role: Role | null;
  /** Whose an operator key is: whoever makes it, when that is known. */
  readonly operatorId?: string | null;
}
export interface KeyView {
  readonly id: string;
  readonly kind: ApiKey['kind'];
  readonly name: string;
  readonly channel_id: string | null;
  readonly role: Role | null;
}

const LETTERS = { publishable: 'pk', secret: 'sk', operator: 'ok' } as const;

export async function createKey(deps: Deps, actor: string, wish: KeyWish): Promise<(KeyView & { readonly key: string }) | Problem> {
  if (wish.kind !== 'operator' && !deps.desk.snapshot().channels.has(wish.channelId ?? '')) {
    return problem('invalid_request', '没有这个渠道', 'there is no such channel', {
      faults: [{ pointer: '/channel_id', code: 'unknown_channel', message: { zh: '没有这个渠道', en: 'there is no such channel' } }],
    });
  }
  const id = newDeskId(deps, 'key');
  const key = keyText(wish.kind, deps.mode, deps.random);
  await deps.commit((tx) => {
    insertKey(tx, deps.vault, id, key, wish, deps.clock.nowMs());
    appendAudit(tx, deps, { actor, action: 'key.created', subject: id, detail: { kind: wish.kind, role: wish.role, channel: wish.channelId } });
  });
  return { id, kind: wish.kind, name: wish.name, channel_id: wish.channelId, role: wish.role, key };
}

/** A key of 256 random bits, with its kind and mode in front. */
export function keyText(kind: ApiKey['kind'], mode: 'sandbox' | 'live', random: Random): string {
  const body = btoa(String.fromCharCode(...random.bytes(32)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  return `${LETTERS[kind]}_${mode === 'sandbox' ? 'test' : 'live'}_${body}`;
}

/** Stores the key's SHA-256; the text itself is nowhere. Call inside a commit. */
export function insertKey(tx: Store, vault: Vault, id: string, key: string, wish: KeyWish, nowMs: number): void {
  tx.desk.insertKey({
    id,
    hash: vault.sha256Hex(key),
    kind: wish.kind,
    channelId: wish.channelId,
    role: wish.role,
    name: wish.name,
    createdAtMs: nowMs,
    revokedAtMs: null,
    operatorId: wish.operatorId ?? null,
  });
}

export function listKeys(deps: Deps): (KeyView & { readonly created_at: string })[] {
  return deps.store.desk
    .keys()
    .map((row) => ({ id: row.id, kind: row.kind, name: row.name, channel_id: row.channelId, role: row.role, created_at: iso(row.createdAtMs) }));
}

/** Ends a key at once. Nobody can end the key they are using: the last administrator could lock everybody out. */
export async function revokeKey(deps: Deps, actor: string, id: string): Promise<Problem | null> {
  if (id === actor) return problem('same_person', '不能停用正在使用的密钥', 'a key cannot revoke itself');
  return deps.commit((tx) => {
    if (!tx.desk.revokeKey(id, deps.clock.nowMs())) return problem('not_found', '没有这个密钥', 'there is no such key');
    appendAudit(tx, deps, { actor, action: 'key.revoked', subject: id });
    return null;
  });
}

/** Stores a secret of a funder (by the names of its adapter's manifest) or of a partner (`postback`). */
export async function putSecret(deps: Deps, actor: string, owner: string, slot: string, secret: string): Promise<Problem | null> {
  const allowed = slotsOf(deps, owner);
  if (allowed === null) return problem('not_found', '没有这个资金方或合作方', 'there is no such funder or partner');
  if (!allowed.includes(slot)) return problem('not_found', `可设置的密钥有：${allowed.join('、')}`, `the secrets it has are: ${allowed.join(', ')}`);
  await deps.commit((tx) => {
    setSecret(tx, deps.vault, owner, slot, secret, deps.clock.nowMs());
    appendAudit(tx, deps, { actor, action: 'secret.set', subject: `${owner}/${slot}` });
  });
  return null;
}

function slotsOf(deps: Deps, owner: string): readonly string[] | null {
  const snapshot = deps.desk.snapshot();
  const funder = snapshot.funders.get(owner);
  if (funder !== undefined) return deps.adapters.get(funder.adapter)?.manifest.secretNames ?? [];
  for (const offer of snapshot.partnerOffers.values()) if (offer.partner_id === owner) return ['postback'];
  return null;
}
