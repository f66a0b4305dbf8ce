/** The desk in the same process and database as the cell: the embedded default. */
import { buildSnapshot } from '../flow/desk/build-snapshot.ts';
import { secretAad } from '../flow/desk/secrets.ts';
import type { Learnt } from '../flow/learnt.ts';
import type { Pricing } from '../flow/price-volume.ts';
import type { Desk, Likelihoods, SigningSecret } from '../ports/desk.ts';
import type { Vault } from '../ports/vault.ts';
import { pricesFor } from '../routing/dual-price.ts';
import { sigmaOf } from '../routing/latent-spread.ts';
import { modelLikelihoods } from '../routing/model/likelihoods.ts';
import type { Commit } from '../store/group-commit.ts';
import type { Store } from '../store/index.ts';

export interface LocalDesk extends Desk {
  /** Reads records, keys, secrets and the blacklist's state again; called after each change of the desk. */
  reload(): void;
  publishLearnt(learnt: Learnt): void;
  publishPrices(pricing: Pick<Pricing, 'prices' | 'targets'>): void;
}

export function createLocalDesk(deps: {
  readonly store: Store;
  readonly commit: Commit;
  readonly vault: Vault;
  readonly nowMs: () => number;
  readonly learnt: Learnt;
}): LocalDesk {
  const { store, commit, vault, nowMs } = deps;
  let snapshot = buildSnapshot(store);
  let blacklisted = store.desk.blacklistPage(undefined, 1).length > 0;
  let { learnt } = deps;
  let published = publish();
  let pricing: Pick<Pricing, 'prices' | 'targets'> | null = null;
  const secrets = new Map<string, readonly (SigningSecret & { readonly slot: string })[]>();

  function publish(): Likelihoods {
    const { predict } = modelLikelihoods(learnt.model, snapshot.funders, nowMs());
    return { version: learnt.cursor, predict, latentSigma: sigmaOf(learnt.spread) };
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
    volumePrices: (amountFen) => (pricing === null ? undefined : pricesFor(pricing.prices, pricing.targets, amountFen)),
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
    publishLearnt(next) {
      learnt = next;
      published = publish();
    },
    publishPrices({ prices, targets }) {
      // Nothing is scarce on most days, and then nobody need add it up.
      pricing = targets.some(({ id }) => (prices[id]?.priceFen ?? 0) !== 0) ? { prices, targets } : null;
    },
  };
}
