/**
 * Which rows of an instance that was cell and desk in one become the desk's, and which its cell's, when it is moved to a host of many cells. Every table is
 * named here, so that a new one is not forgotten. What each side keeps of the other's place is made here too: the desk has taken every event of the
 * cell and lent it what it holds. So nothing is counted, sent or lent a second time.
 */
import { CHANGE_KINDS } from '../../analytics/change-words.ts';
import { invariant } from '../../domain/failures.ts';
import { SHIP } from '../../flow/cells/ship-events.ts';
import { placeOfCell } from '../../flow/cells/take-batch.ts';
import { LEARNT_CONSUMERS } from '../../flow/learnt.ts';
import { PRICING } from '../../flow/price-volume.ts';
import type { RawRow } from '../../store/transfer/tables.ts';

export type MovedPart = 'desk' | 'cell';
export const MOVED_PARTS: readonly MovedPart[] = ['desk', 'cell'];

/** The only cell that every phone finds whatever generations there are: that of a generation of one. */
export const MOVED_CELL = 0;

type Place = MovedPart | 'both' | 'neither' | ((row: RawRow) => MovedPart | 'both');

const PLACES: Readonly<Record<string, Place>> = {
  // Of the many cells' copies of the desk this one is made at once: timers go on before the desk was first asked.
  api_keys: 'both',
  blacklist: 'both',
  desk_records: 'both',
  desk_secrets: 'both',
  endpoint_health: 'both',
  operators: 'both',
  operator_sessions: 'both',
  // The desk's feed is that of all cells, and until now there was one.
  events: 'both',
  // Some are of borrowers' requests and some of operators'; which is not to be seen, and after seven days they are gone.
  idempotency: 'both',
  // Which chain a record belongs to cannot be changed any more. The cell begins one of its own.
  audit: 'desk',
  audit_head: 'desk',
  cap_loans: 'desk',
  cap_quotas: 'desk',
  desk_changes: 'desk',
  funder_rollups: 'desk',
  funnel_progress: 'desk',
  feed_segments: 'desk',
  // Passwords, links and tries to sign in are looked at where people sign in.
  channel_spend: 'desk',
  operator_accounts: 'desk',
  operator_invitations: 'desk',
  sign_in_tries: 'desk',
  funnel_rollups: 'desk',
  policy_drafts: 'desk',
  refusal_rollups: 'desk',
  alarms: ({ kind }) => ((CHANGE_KINDS as readonly unknown[]).includes(kind) ? 'desk' : 'cell'),
  // A cell works with what was learnt and with the prices; all else reads the feed of all.
  consumers: ({ name }) => ([...LEARNT_CONSUMERS, PRICING].includes(String(name)) ? 'both' : 'desk'),
  timers: ({ kind }) => (kind === 'publish' ? 'desk' : 'cell'),
  applications: 'cell',
  attempts: 'cell',
  borrower_steps: 'cell',
  borrowers: 'cell',
  callbacks: 'cell',
  cap_leases: 'cell',
  consents: 'cell',
  deliveries: 'cell',
  documents: 'cell',
  id_register: 'cell',
  loans: 'cell',
  offers: 'cell',
  partner_clicks: 'cell',
  partner_conversions: 'cell',
  partner_impressions: 'cell',
  partner_offer_counts: 'cell',
  phone_verifications: 'cell',
  plans: 'cell',
  receipts: 'cell',
  repayments: 'cell',
  tombstones: 'cell',
  visits: 'cell',
  // Each database keeps its own.
  instance_facts: 'neither',
};

/** Throws for a table that is not in the list. */
export function placeOfTable(table: string): Place {
  const place = PLACES[table];
  invariant(place !== undefined, `it was never decided whether the table ${table} is the desk's or a cell's`);
  return place;
}

export function goesTo(part: MovedPart, table: string): 'all' | 'none' | ((row: RawRow) => boolean) {
  const place = placeOfTable(table);
  if (typeof place === 'function') return (row) => [part, 'both'].includes(place(row));
  return place === part || place === 'both' ? 'all' : 'none';
}

/** What is to be known of the whole before its parts are made. */
export interface MovedWhole {
  /** Number of the last event. */
  readonly lastSeq: number;
  readonly leases: readonly RawRow[];
  readonly movedAtMs: number;
}

/** Rows that a part has beside those that were exported. */
export function addedRows(part: MovedPart, table: string, { lastSeq, leases, movedAtMs }: MovedWhole): RawRow[] {
  if (table === 'consumers')
    return [{ name: part === 'desk' ? placeOfCell(MOVED_CELL) : SHIP, cursor: lastSeq, state: '', updated_at_ms: movedAtMs }];
  if (part !== 'desk' || table !== 'cap_loans') return [];
  return leases.map(({ key, leased, turn }): RawRow => ({ cell: MOVED_CELL, key: key!, turn: turn!, lent: leased! }));
}

/** Rows of a table that the store keeps by its key are read back in that order. */
export function inKeyOrder(table: string, rows: readonly RawRow[]): readonly RawRow[] {
  if (table !== 'cap_loans') return rows;
  return rows.toSorted(
    (a, b) => Number(a['cell']) - Number(b['cell']) || Buffer.compare(Buffer.from(String(a['key'])), Buffer.from(String(b['key']))),
  );
}
