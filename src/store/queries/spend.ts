import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { channelSpend } from '../schema/index.ts';

export type ChannelSpendRow = typeof channelSpend.$inferSelect;

/** What was spent on channels, by day. */
export function spendQueries(db: Database) {
  return {
    spendOn: (channelId: string, day: string): ChannelSpendRow | undefined =>
      db
        .select()
        .from(channelSpend)
        .where(and(eq(channelSpend.channelId, channelId), eq(channelSpend.day, day)))
        .get(),
    /** Days of `[fromDay, toDay)`. */
    spendIn: (fromDay: string, toDay: string): ChannelSpendRow[] =>
      db
        .select()
        .from(channelSpend)
        .where(and(gte(channelSpend.day, fromDay), lt(channelSpend.day, toDay)))
        .orderBy(asc(channelSpend.day), asc(channelSpend.channelId))
        .all(),
    saveSpend: (row: ChannelSpendRow): void =>
      void db
        .insert(channelSpend)
        .values(row)
        .onConflictDoUpdate({
          target: [channelSpend.channelId, channelSpend.day],
          set: { spendFen: row.spendFen, author: row.author, updatedAtMs: row.updatedAtMs },
        })
        .run(),
  };
}
