/** What many cells need beside the tables of one. */
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { mark } from './mark.ts';

/** The tables of the desk that every cell has a copy of; of a receiver's health, whether it is out of use. */
export const COPIED_TABLES = ['desk_records', 'api_keys', 'desk_secrets', 'blacklist', 'endpoint_health', 'operators', 'operator_sessions'] as const;
export type CopiedTable = (typeof COPIED_TABLES)[number];

/** Which of the copied rows changed when. Kept by triggers. */
export const deskRevisions = sqliteTable(
  'desk_revisions',
  {
    source: text().$type<CopiedTable>().notNull(),
    /** The row's primary key. */
    key: text({ mode: 'json' }).$type<readonly (string | number)[]>().notNull(),
    revision: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.key] }), uniqueIndex('desk_revisions_revision').on(t.revision)],
);

/** At the desk: what each cell holds of a cap window as of its last statement (`turn`). */
export const capLoans = sqliteTable(
  'cap_loans',
  {
    cell: integer().notNull(),
    key: text().notNull(),
    turn: integer().notNull(),
    lent: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.cell, t.key] })],
);

/** At the desk: pieces of its feed that were written to the object store, sealed. */
export const feedSegments = sqliteTable('feed_segments', {
  firstSeq: integer('first_seq').primaryKey(),
  lastSeq: integer('last_seq').notNull(),
  /** Sealed. */
  bytes: integer().notNull(),
  /** Its events are in `events` as well: brought back for a reader that is built anew. */
  present: integer({ mode: 'boolean' }).notNull(),
  archivedAtMs: integer('archived_at_ms').notNull(),
});

/** The cells in which somebody applied with an ID number, in the one that its mark names. */
export const idRegister = sqliteTable(
  'id_register',
  {
    idIndex: mark('id_index').notNull(),
    cell: integer().notNull(),
    toldAtMs: integer('told_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.idIndex, t.cell] }), index('id_register_told').on(t.toldAtMs)],
);
