/** Builds the desk's snapshot from its records: the one in force, or the one that was in force when a stored decision was made. */
import { DESK_RECORDS, type ApiKey, type DeskRecord, type DeskRecordKind, type DeskSnapshot } from '../../domain/desk.ts';
import { invariant } from '../../domain/failures.ts';
import { Policy } from '../../domain/policy.ts';
import type { DeskRecordRow, Store } from '../../store/index.ts';

/** From the newest version of every record. A record that no longer fits its schema stops the start and is named. */
export function buildSnapshot(store: Store): DeskSnapshot {
  const rows = inForce(store);
  const of = <K extends DeskRecordKind>(kind: K): DeskRecord<K>[] => ofKind(rows, kind);
  return Object.freeze({
    version: store.desk.recordsVersion(),
    ...routingRecords(rows),
    channels: byId(of('channel')),
    partnerOffers: byId(of('partner_offer')),
    consentTexts: new Map(of('consent_text').map((text) => [text.purpose, text])),
    costCaps: of('cost_cap'),
    endpoints: of('webhook_endpoint'),
    keysByHash: new Map(
      store.desk
        .keys()
        .map((row): [string, ApiKey] => [row.hash, { id: row.id, kind: row.kind, channelId: row.channelId, role: row.role, name: row.name }]),
    ),
  });
}

/** What a plan was made with: the policy and the funders as of that snapshot version. */
export function routingRecordsAt(store: Store, version: number): Pick<DeskSnapshot, 'policy' | 'policyVersion' | 'funders'> {
  return routingRecords(inForce(store, version));
}

function inForce(store: Store, asOf?: number): readonly DeskRecordRow[] {
  return store.desk.allRecords(asOf).filter((row) => !row.retired);
}

/** One policy decides for every application: the first by id. */
function routingRecords(rows: readonly DeskRecordRow[]): Pick<DeskSnapshot, 'policy' | 'policyVersion' | 'funders'> {
  const policy = rows.find((row) => row.kind === 'policy');
  return {
    funders: byId(ofKind(rows, 'funder')),
    policy: policy === undefined ? Policy.parse({ id: 'pol_default', name: 'Default', strategy: 'waterfall' }) : parse('policy', policy),
    policyVersion: policy?.version ?? 0,
  };
}

function ofKind<K extends DeskRecordKind>(rows: readonly DeskRecordRow[], kind: K): DeskRecord<K>[] {
  return rows.filter((row) => row.kind === kind).map((row) => parse(kind, row));
}

function byId<T extends { readonly id: string }>(records: readonly T[]): ReadonlyMap<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}

function parse<K extends DeskRecordKind>(kind: K, row: DeskRecordRow): DeskRecord<K> {
  const parsed = DESK_RECORDS[kind].safeParse(JSON.parse(row.body));
  invariant(
    parsed.success,
    `${kind} ${row.id} version ${row.version} does not fit its schema: ${parsed.error?.issues.map((issue) => `${issue.path.join('/')} ${issue.code}`).join(', ')}`,
  );
  return parsed.data as DeskRecord<K>;
}
