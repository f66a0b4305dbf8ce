/** Makes a link into the console beside the data, for when nobody can sign in who could be asked for one. */
import type { Role } from '../../domain/desk.ts';
import { mintId } from '../../domain/ids.ts';
import { appendAudit } from '../../flow/desk/append-audit.ts';
import { emailIndex, newAccount } from '../../flow/operators/account.ts';
import { startAnew } from '../../flow/operators/edit-team.ts';
import { firstRunToken, welcomeLink } from '../../flow/operators/first-run.ts';
import { inviteAnew } from '../../flow/operators/invitations.ts';
import { createStore, type Store } from '../../store/index.ts';
import type { Config } from './config.ts';
import { openDataDir, openVault } from './data-dir.ts';
import { nodeClock, nodeRandom } from './host.ts';

export interface InvitationWish {
  readonly email: string;
  /** Left out: that of the operator who has this address, else `admin`. */
  readonly role: Role | null;
}

interface Made {
  readonly id: string;
  readonly role: Role;
  readonly token: string;
}

/** The link for the first administrator of a server that runs with the same master key, here or elsewhere. */
export function firstLink(config: Config): string {
  return welcomeLink(urlOf(config), firstRunToken({ vault: openVault(config) }, nodeClock.nowMs()));
}

function urlOf({ publicUrl, port }: Config): string {
  return publicUrl ?? `http://127.0.0.1:${port}`;
}

/** Whoever has the address begins anew by the link: password, app and sessions of before are worth nothing. A running server knows of it at once. */
export function inviteBeside(config: Config, { email, role }: InvitationWish): { readonly id: string; readonly role: Role; readonly link: string } {
  const nowMs = nodeClock.nowMs();
  const { vault, data } = openDataDir(config, nowMs);
  const deps = { vault, random: nodeRandom(), clock: nodeClock };
  const made: Made[] = [];
  data.transact(() => {
    const store = createStore(data.db);
    const known = store.operators.accountByEmail(emailIndex(deps, email));
    made.push(known === undefined ? invited(store, email, role ?? 'admin') : reset(store, known.operatorId, role));
  });
  data.close();
  const { id, role: given, token } = made[0]!;
  return { id, role: given, link: welcomeLink(urlOf(config), token) };

  function invited(store: Store, address: string, as: Role): Made {
    const id = mintId('opr', config.cell, nowMs, deps.random.bytes(10));
    store.operators.insertOperator({ id, role: as, status: 'invited', createdAtMs: nowMs });
    store.operators.insertAccount(newAccount(deps, id, { email: address, name: '' }));
    appendAudit(store, deps, { actor: 'machine', action: 'operator.invited', subject: id, detail: { role: as } });
    return { id, role: as, token: inviteAnew(store, deps, id) };
  }

  function reset(store: Store, id: string, as: Role | null): Made {
    const operator = store.operators.operator(id)!;
    const anew = { ...operator, role: as ?? operator.role };
    return { id, role: anew.role, token: startAnew(store, deps, 'machine', anew) };
  }
}
