/** Makes an operator key beside the data, for when there is nobody yet who could be asked over HTTP. */
import type { Role } from '../../domain/desk.ts';
import { mintId } from '../../domain/ids.ts';
import { appendAudit } from '../../flow/desk/append-audit.ts';
import { insertKey, keyText } from '../../flow/desk/edit-keys.ts';
import { createStore } from '../../store/index.ts';
import type { Config } from './config.ts';
import { openDataDir } from './data-dir.ts';
import { nodeClock, nodeRandom } from './host.ts';

/** The key's text is in the answer and nowhere else. A running server takes it up at its next start. */
export function grantKey(config: Config, wish: { readonly role: Role; readonly name: string }): { readonly id: string; readonly key: string } {
  const nowMs = nodeClock.nowMs();
  const random = nodeRandom();
  const { vault, data } = openDataDir(config, nowMs);
  const key = keyText('operator', config.mode, random);
  const id = mintId('key', config.cell, nowMs, random.bytes(10));
  data.transact(() => {
    const store = createStore(data.db);
    insertKey(store, vault, id, key, { kind: 'operator', name: wish.name, channelId: null, role: wish.role }, nowMs);
    appendAudit(
      store,
      { clock: nodeClock, vault },
      { actor: 'machine', action: 'key.created', subject: id, detail: { kind: 'operator', role: wish.role } },
    );
  });
  data.close();
  return { id, key };
}
