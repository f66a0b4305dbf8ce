/** The person behind an actor. Two people have to agree on a change, not two keys: a key that belongs to an operator is that operator. */
import type { Store } from '../../store/index.ts';

/** `actor`: the id of a key or of an operator. A key of nobody in particular stands for itself. */
export function personOf(tx: Pick<Store, 'desk'>, actor: string): string {
  if (!actor.startsWith('key_')) return actor;
  return tx.desk.key(actor)?.operatorId ?? actor;
}
