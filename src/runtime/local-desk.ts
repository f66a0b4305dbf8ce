/** The desk in the same process and database as the cell: the embedded default. */
import { DESK_RECORDS, type ApiKey, type DeskRecord, type DeskRecordKind, type DeskSnapshot } from '../domain/desk.ts';
import { invariant } from '../domain/failures.ts';
import { Policy } from '../domain/policy.ts';
import type { Desk, Likelihoods, SigningSecret } from '../ports/desk.ts';
import type { Vault } from '../ports/vault.ts';
import { likelihoodsOf, type LikelihoodModel } from '../routing/likelihood.ts';
import type { Commit } from '../store/group-commit.ts';
import type { DeskRecordRow, Store } from '../store/index.ts';

export interface LocalDesk extends Desk {
  /** Reads records, keys, secrets and the blacklist's state again; called after each change of the desk. */
  reload(): void;
  publishModel(model: LikelihoodModel, version: number): void;
}

export const secretAad = (owner: string, slot: string): string => `desk_secrets/${owner}/${slot}`;

export function createLocalDesk(deps: { readonly store: Store; readonly commit: Commit; readonly vault: Vault; readonly nowMs: () => number; readonly model: { model: LikelihoodModel; cursor: number } }): LocalDesk {
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
    secrets.set(owner, opened);
    return opened;
  }

  return {
    snapshot: () => snapshot,
    likelihoods: () => published,
    funderSecrets: (funderId) => Object.fromEntries(secretsOf(funderId).map(({ slot, secret }) => [slot, secret])),
    partnerSecrets: (partnerId) => secretsOf(partnerId).map(({ secret }) => secret).toReversed(),
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

/** Builds the snapshot from the newest version of every record. A record that no longer fits its schema stops the start and is named. */
export function buildSnapshot(store: Store): DeskSnapshot {
  const rows = store.desk.allRecords().filter((row) => !row.retired);
  const of = <K extends DeskRecordKind>(kind: K): DeskRecord<K>[] => rows.filter((row) => row.kind === kind).map((row) => parse(kind, row));
  const policies = rows.filter((row) => row.kind === 'policy');
  const policy = policies.at(0);
  const byId = <T extends { id: string }>(records: T[]): ReadonlyMap<string, T> => new Map(records.map((record) => [record.id, record]));
  return Object.freeze({
    version: store.desk.recordsVersion(),
    funders: byId(of('funder')),
    channels: byId(of('channel')),
    policy: policy === undefined ? Policy.parse({ id: 'pol_default', name: 'Default', strategy: 'waterfall' }) : parse('policy', policy),
    policyVersion: policy?.version ?? 0,
    partnerOffers: byId(of('partner_offer')),
    consentTexts: new Map(of('consent_text').map((text) => [text.purpose, text])),
    costCaps: of('cost_cap'),
    endpoints: of('webhook_endpoint'),
    keysByHash: new Map(store.desk.keys().map((row): [string, ApiKey] => [row.hash, { id: row.id, kind: row.kind, channelId: row.channelId, role: row.role, name: row.name }])),
  });
}

function parse<K extends DeskRecordKind>(kind: K, row: DeskRecordRow): DeskRecord<K> {
  const parsed = DESK_RECORDS[kind].safeParse(JSON.parse(row.body));
  invariant(parsed.success, `${kind} ${row.id} version ${row.version} does not fit its schema: ${parsed.error?.issues.map((issue) => `${issue.path.join('/')} ${issue.code}`).join(', ')}`);
  return parsed.data as DeskRecord<K>;
}
