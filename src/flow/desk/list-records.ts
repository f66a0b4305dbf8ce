/** Desk records with their versions, for reading. */
import type { DeskRecordKind } from '../../domain/desk.ts';
import type { DeskRecordRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { changeView, type ChangeView } from './propose-change.ts';

export interface RecordView {
  readonly kind: DeskRecordKind;
  readonly id: string;
  readonly version: number;
  readonly retired: boolean;
  readonly body: unknown;
  readonly author: string;
  readonly approver: string | null;
  readonly at: string;
}
type Reading = Pick<Deps, 'store'>;

/** The newest version of each record of a kind; retired ones are marked. */
export function listRecords({ store }: Reading, kind: DeskRecordKind): RecordView[] {
  return store.desk
    .allRecords()
    .filter((row) => row.kind === kind)
    .map(recordView);
}

/** One record with all its versions, newest first; null when it never was. */
export function showRecord({ store }: Reading, kind: DeskRecordKind, id: string): (RecordView & { readonly history: readonly RecordView[] }) | null {
  const history = store.desk.history(kind, id).map(recordView);
  return history.length === 0 ? null : { ...history[0]!, history };
}

/** Newest first; `before` is the id of the last of the page before. */
export function listChanges({ store }: Reading, state: ChangeView['state'] | undefined, before: string | undefined, limit: number): ChangeView[] {
  return store.desk.changes(state, limit, before).map((row) => changeView(store, row));
}

export function showChange({ store }: Reading, id: string): ChangeView | null {
  const row = store.desk.change(id);
  return row === undefined ? null : changeView(store, row);
}

function recordView(row: DeskRecordRow): RecordView {
  return {
    kind: row.kind,
    id: row.id,
    version: row.version,
    retired: row.retired,
    body: JSON.parse(row.body) as unknown,
    author: row.author,
    approver: row.approver,
    at: iso(row.createdAtMs),
  };
}
