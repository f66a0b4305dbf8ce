/** Names of those who do things at the desk: operators by their accounts, keys as they were called when they were made. */
import type { Deps } from '../deps.ts';
import { operatorView } from '../operators/account.ts';

/** By id; without those that are not known, such as the machine itself. */
export function actorNames(deps: Pick<Deps, 'store' | 'vault'>, ids: readonly string[]): ReadonlyMap<string, string> {
  const wanted = new Set(ids);
  const keys = [...wanted].some((id) => id.startsWith('key_')) ? deps.store.desk.keys() : [];
  const names = new Map(keys.flatMap(({ id, name }) => (wanted.has(id) ? [[id, name] as const] : [])));
  for (const id of wanted) {
    const operator = names.has(id) ? undefined : deps.store.operators.operator(id);
    const name = operator === undefined ? '' : operatorView(deps, operator).name;
    if (name !== '') names.set(id, name);
  }
  return names;
}
