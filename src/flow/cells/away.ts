/**
 * What lies outside of a cell where a service is many of them: the desk and the other cells. Every call rejects with `Unreachable` when
 * the other side does not answer; nothing of a borrower may wait for that longer than for a moment.
 */
import type { InboundCallback, OutboundResponse } from '../../../adapters/contract.ts';
import type { CopiedRow, DocumentRow, EventRow } from '../../store/index.ts';

export class Unreachable extends Error {
  override name = 'Unreachable';
}

/** How much of the desk a cell has. */
export interface KnownDesk {
  readonly revision: number;
  /** Cursor of the learnt snapshot it works with; null: it does not want another now. */
  readonly learnt: number | null;
  /** When the prices it works with were made. */
  readonly pricedAtMs: number;
}
export interface DeskChanges {
  /** What is there must go first: the desk knows nothing of the revision that the cell has. */
  readonly whole: boolean;
  readonly rows: readonly CopiedRow[];
  readonly upTo: number;
  /** There is more after `upTo`. */
  readonly behind: boolean;
  readonly learnt: { readonly cursor: number; readonly snapshot: string } | null;
  readonly pricing: { readonly cursor: number; readonly state: string; readonly updatedAtMs: number } | null;
}

/** A cell states what it holds of a cap window, and wants so much more of it. */
export interface Holding {
  readonly cell: number;
  readonly key: string;
  /** Grows with each statement of this cell about this window; an older one is not heard any more. */
  readonly turn: number;
  readonly held: number;
  readonly want: number;
  readonly limit: number;
}

/** What the desk makes of it. */
export interface Heard {
  /** Null: not heard, since the statement of `turn` was heard before. */
  readonly lent: number | null;
  readonly turn: number;
}

/** What another cell knows of an ID number: as `History`, and of the erased by their marks. */
export interface ElsewhereQuery {
  readonly idIndex: string;
  readonly tombstone: string;
  readonly duplicateSinceMs: number;
  readonly idNumberSinceMs: number;
}
export interface Elsewhere {
  readonly duplicates: number;
  readonly idNumber: number;
}

export interface Away {
  hasCell(cell: number): boolean;
  deskChanges(known: KnownDesk): Promise<DeskChanges>;
  /** Where the desk then stands in this cell's feed: `after` plus the batch, or wherever it stood when that was not `after`. */
  ship(after: number, events: readonly EventRow[]): Promise<number>;
  hold(holding: Holding): Promise<Heard>;
  /** Null: the cell has no such funder or order. */
  forwardCallback(cell: number, funderId: string, callback: InboundCallback): Promise<OutboundResponse | null>;
  /** The cell that has this order of the funder's, if any other has. */
  cellOfOrder(funderId: string, funderRef: string): Promise<number | null>;
  giveDocument(cell: number, id: string, channelId: string): Promise<DocumentRow | null>;
  documentTaken(cell: number, id: string): Promise<void>;
  /** Notes that the ID number is used here; other cells in which it was. */
  register(idIndex: string): Promise<readonly number[]>;
  historyAt(cell: number, query: ElsewhereQuery): Promise<Elsewhere>;
  /** Tells the desk that the session of this hash is in use. */
  sessionSeen(hash: string): Promise<void>;
}
