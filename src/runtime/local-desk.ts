/** The desk in the same process and database as the cell: the embedded default. */
import { buildSnapshot } from '../flow/desk/build-snapshot.ts';
import { secretAad } from '../flow/desk/secrets.ts';
import type { Desk, Likelihoods, SigningSecret } from '../ports/desk.ts';
import type { Vault } from '../ports/vault.ts';
import { likelihoodsOf, type LikelihoodModel } from '../routing/likelihood.ts';
import type { Commit } from '../store/group-commit.ts';
import type { Store } from '../store/index.ts';

export interface LocalDesk extends Desk {
  /** Reads records, keys, secrets and the blacklist's state again; called after each change of the desk. */
  reload(): void;
  publishModel(model: LikelihoodModel, version: number): void;
}

export function createLocalDesk(deps: {
  readonly store: Store;
  readonly commit: Commit;
  readonly vault: Vault;
  readonly nowMs: () => number;
  readonly model: { model: LikelihoodModel; cursor: number };
}): LocalDesk {
  const { store, commit, vault, nowMs } = deps;
  let snapshot = buildSnapshot(store);
  let blacklisted = store.desk.blacklistPage(undefined, 1).length > 0;
  let model = deps.model.model;
  let modelVersion = deps.model.cursor;
  let published = publish();
  const secrets = new Map<string, readonly (SigningSecret & { readonly slot: string })[]>();

  function publish(): Likelihoods {
    const likelihoods = likelihoodsOf(model, snapshot.funders);
    return { version: modelVersion, predict: (funderId, facts) => likelihoods.predict(funderId, facts) };
  }

  function secretsOf(owner: string): readonly (SigningSecret & { readonly slot: string })[] {
    const known = secrets.get(owner);
    if (known !== undefined) return known;
    const decoder = new TextDecoder();
    const opened = store.desk.secretsOf(owner).map((row) => ({
      slot: row.slot,
      secret: decoder.decode(vault.serviceKey.open(secretAad(owner, row.slot), row.sealed)),
      expiresAtMs: row.expiresAtMs,
    }));
    // Who has none may be anybody's invention, and there is no end of those.
    if (opened.length > 0) secrets.set(owner, opened);
    return opened;
  }

  return {
    snapshot: () => snapshot,
    likelihoods: () => published,
    funderSecrets: (funderId) => Object.fromEntries(secretsOf(funderId).map(({ slot, secret }) => [slot, secret])),
    partnerSecrets: (partnerId) =>
      secretsOf(partnerId)
        .map(({ secret }) => secret)
        .toReversed(),
    endpointSecrets: (endpointId) => secretsOf(endpointId),
    hasBlacklist: () => blacklisted,
    lendCap: (key, limit, want) =>
      commit((tx) => {
        const lent = Math.max(0, Math.min(want, limit - tx.desk.lent(key)));
        if (lent > 0) tx.desk.lend(key, lent, nowMs());
        return lent;
      }),
    reload() {
      secrets.clear();
      snapshot = buildSnapshot(store);
      blacklisted = store.desk.blacklistPage(undefined, 1).length > 0;
      published = publish();
    },
    publishModel(next, version) {
      model = next;
      modelVersion = version;
      published = publish();
    },
  };
}
