import type { Vault } from '../ports/vault.ts';
import type { Database } from '../store/database.ts';
import type { Transact } from '../store/group-commit.ts';
import { createStore } from '../store/index.ts';
import { indexCheck } from './vault.ts';

const INDEX_ROOT = 'index_root';

/**
 * Blind indexes find people again only under the root they were made with. Another root (a master key left out) would silently know nobody:
 * no duplicate, no blacklist, no tombstone. So the first start leaves its mark, and false says that this one does not match it.
 */
export function holdIndexRoot(db: Database, transact: Transact, vault: Vault): boolean {
  const store = createStore(db);
  const mark = indexCheck(vault);
  transact(() => void store.desk.insertFact({ name: INDEX_ROOT, value: mark }));
  return store.desk.fact(INDEX_ROOT) === mark;
}
