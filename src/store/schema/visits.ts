/** Who has looked at the page today, as keyed tags that say nothing of anybody. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const visits = sqliteTable(
  'visits',
  {
    mark: text().primaryKey(),
    ipMark: text('ip_mark').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [index('visits_ip').on(t.ipMark, t.createdAtMs), index('visits_created').on(t.createdAtMs)],
);
