/** Secrets of funders, partners and webhook endpoints: sealed under the service key, bound to owner and slot. */
import type { Vault } from '../../ports/vault.ts';
import type { Store } from '../../store/index.ts';

/** What binds a sealed secret to its place. */
export const secretAad = (owner: string, slot: string): string => `desk_secrets/${owner}/${slot}`;

/** Stores a secret, or another one in its place. `expiresAtMs`: until when it still signs; null is without end. Call inside a commit. */
export function setSecret(
  tx: Store,
  vault: Vault,
  owner: string,
  slot: string,
  secret: string,
  nowMs: number,
  expiresAtMs: number | null = null,
): void {
  tx.desk.setSecret({ owner, slot, sealed: vault.serviceKey.seal(secretAad(owner, slot), secret) as Buffer, createdAtMs: nowMs, expiresAtMs });
}
