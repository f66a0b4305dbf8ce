/** Opened data keys of borrowers, kept in memory for a while so that one application does not unwrap its key at every step. */
import type { DataKey, Vault } from '../ports/vault.ts';
import type { BorrowerRow } from '../store/index.ts';

export interface OpenKeys {
  /** The borrower's key, or null when the borrower was erased. Throws `SealBrokenError` when the wrapping is damaged. */
  of(borrower: Pick<BorrowerRow, 'id' | 'dataKey'>): DataKey | null;
  /** The key when it is in memory already. */
  cached(borrowerId: string): DataKey | undefined;
  /** A fresh key for a new borrower. */
  fresh(borrowerId: string): { readonly key: DataKey; readonly wrapped: Uint8Array };
  /** Drops the key from memory; part of erasure. */
  forget(borrowerId: string): void;
}

export function createOpenKeys(vault: Vault, limit = 4_096): OpenKeys {
  const open = new Map<string, DataKey>();

  function keep(borrowerId: string, key: DataKey): DataKey {
    if (open.size >= limit) open.delete(open.keys().next().value as string);
    open.set(borrowerId, key);
    return key;
  }

  return {
    of(borrower) {
      if (borrower.dataKey === null) {
        open.delete(borrower.id);
        return null;
      }
      return open.get(borrower.id) ?? keep(borrower.id, vault.openDataKey(aadOf(borrower.id), borrower.dataKey));
    },
    cached: (borrowerId) => open.get(borrowerId),
    fresh(borrowerId) {
      const { key, wrapped } = vault.newDataKey(aadOf(borrowerId));
      keep(borrowerId, key);
      return { key, wrapped };
    },
    forget: (borrowerId) => void open.delete(borrowerId),
  };
}

const aadOf = (borrowerId: string): string => `borrowers/${borrowerId}/data_key`;
