/** Builds the desk's snapshot from its records: the one in force, or the one that was in force when a stored decision was made. */
import { DESK_RECORDS, type ApiKey, type DeskRecord, type DeskRecordKind, type DeskSnapshot, type PolicyInForce } from '../../domain/desk.ts';
import { invariant } from '../../domain/failures.ts';
import { Policy } from '../../domain/policy.ts';
import type { DeskRecordRow, Store } from '../../store/index.ts';

/** From the newest version of every record. A record that no longer fits its schema stops the start and is named. */
export function buildSnapshot(store: Store): DeskSnapshot {
  const rows = inForce(store);
  const of = <K extends DeskRecordKind>(kind: K): DeskRecord<K>[] => ofKind(rows, kind);
  return Object.freeze({
    version: store.desk.recordsVersion(),
    funders: byId(of('funder')),
    ...policyRecords(rows),
    channels: byId(of('channel')),
    pageVariants: of('page_variant').toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    partnerOffers: byId(of('partner_offer')),
    consentTexts: new Map(of('consent_text').map((text) => [text.purpose, text])),
    costCaps: of('cost_cap'),
    endpoints: of('webhook_endpoint'),
    keysByHash: new Map(
      store.desk
        .keys()
        .map((row): [string, ApiKey] => [
          row.hash,
          { id: row.id, kind: row.kind, channelId: row.channelId, role: row.role, name: row.name, operatorId: row.operatorId },
        ]),
    ),
  });
}

/** What a plan was made with: its policy and the funders as of that snapshot version. `policyId` null: of a time when the first by id decided for all. */
export function routingRecordsAt(store: Store, version: number, policyId: string | null): Pick<DeskSnapshot, 'policy' | 'policyVersion' | 'funders'> {
  const rows = inForce(store, version);
  const { policies } = policyRecords(rows);
  const own = policyId === null ? [...policies.values()][0] : policies.get(policyId);
  return { funders: byId(ofKind(rows, 'funder')), ...decided(own) };
}

function inForce(store: Store, asOf?: number): readonly DeskRecordRow[] {
  return store.desk.allRecords(asOf).filter((row) => !row.retired);
}

/** The champion of the last segment is everybody's policy until a segment is found; without segments it is the first policy by id. */
function policyRecords(rows: readonly DeskRecordRow[]): Pick<DeskSnapshot, 'policy' | 'policyVersion' | 'policies' | 'segments'> {
  const policies = new Map(
    rows
      .filter((row) => row.kind === 'policy')
      .map((row): [string, PolicyInForce] => [row.id, { policy: parse('policy', row), version: row.version }]),
  );
  const segments = ofKind(rows, 'segment').toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const last = segments.at(-1);
  const general = (last === undefined ? undefined : policies.get(last.champion)) ?? [...policies.values()][0];
  return { policies, segments, ...decided(general) };
}

/** An instance without any policy goes by the defaults of the schema. */
function decided(found: PolicyInForce | undefined): Pick<DeskSnapshot, 'policy' | 'policyVersion'> {
  return { policy: found?.policy ?? NO_POLICY, policyVersion: found?.version ?? 0 };
}

const NO_POLICY = Policy.parse({ id: 'pol_default', name: 'Default', strategy: 'waterfall' });

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
