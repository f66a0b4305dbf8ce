/** Alarms that stand at this moment. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const alarms = sqliteTable(
  'alarms',
  {
    /** `funder/<id>` or `channel/<id>`. */
    subject: text().notNull(),
    kind: text().notNull(),
    detail: text().notNull(),
    sinceMs: integer('since_ms').notNull(),
    seenAtMs: integer('seen_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.subject, t.kind] })],
);
