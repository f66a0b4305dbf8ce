import { and, eq, gte, sql } from 'drizzle-orm';
import { clicks, conversions, impressions, partnerOfferCounts } from '../schema/index.ts';
import type { Database } from '../database.ts';
import { arg, fast, insertInto } from '../prepare.ts';

export type ImpressionRow = typeof impressions.$inferSelect;
export type ClickRow = typeof clicks.$inferSelect;
export type ConversionRow = typeof conversions.$inferSelect;

/** Partner offers shown, clicked and converted, with their counts. */
export function partnerQueries(db: Database) {
  const impression = fast(
    db
      .select()
      .from(impressions)
      .where(eq(impressions.id, arg('id')))
      .prepare(),
  );
  const ofBorrower = fast(
    db
      .select()
      .from(impressions)
      .where(and(eq(impressions.borrowerId, arg('borrowerId')), gte(impressions.createdAtMs, arg('sinceMs'))))
      .prepare(),
  );
  const ofApplication = fast(
    db
      .select()
      .from(impressions)
      .where(eq(impressions.applicationId, arg('applicationId')))
      .orderBy(impressions.rank)
      .prepare(),
  );
  const click = fast(
    db
      .select()
      .from(clicks)
      .where(eq(clicks.id, arg('id')))
      .prepare(),
  );
  const clickOf = fast(
    db
      .select()
      .from(clicks)
      .where(eq(clicks.impressionId, arg('impressionId')))
      .prepare(),
  );
  const conversion = fast(
    db
      .select()
      .from(conversions)
      .where(eq(conversions.dedupeKey, arg('dedupeKey')))
      .prepare(),
  );
  const conversionsOfClick = fast(
    db
      .select()
      .from(conversions)
      .where(eq(conversions.clickId, arg('clickId')))
      .prepare(),
  );
  const bump = fast(
    db
      .insert(partnerOfferCounts)
      .values({
        offerId: arg('offerId'),
        shown: arg('shown'),
        clicks: arg('clicks'),
        leads: arg('leads'),
        sales: arg('sales'),
        earnedFen: arg('earnedFen'),
      })
      .onConflictDoUpdate({
        target: partnerOfferCounts.offerId,
        set: {
          shown: sql`shown + excluded.shown`,
          clicks: sql`clicks + excluded.clicks`,
          leads: sql`leads + excluded.leads`,
          sales: sql`sales + excluded.sales`,
          earnedFen: sql`earned_fen + excluded.earned_fen`,
        },
      })
      .prepare(),
  );
  return {
    impression: (id: string): ImpressionRow | undefined => impression.get({ id }),
    impressionsOfBorrower: (borrowerId: string, sinceMs: number): ImpressionRow[] => ofBorrower.all({ borrowerId, sinceMs }),
    impressionsOf: (applicationId: string): ImpressionRow[] => ofApplication.all({ applicationId }),
    insertImpression: insertInto(db, impressions),
    click: (id: string): ClickRow | undefined => click.get({ id }),
    clickOf: (impressionId: string): ClickRow | undefined => clickOf.get({ impressionId }),
    insertClick: insertInto(db, clicks),
    conversion: (dedupeKey: string): ConversionRow | undefined => conversion.get({ dedupeKey }),
    conversionsOfClick: (clickId: string): ConversionRow[] => conversionsOfClick.all({ clickId }),
    insertConversion: insertInto(db, conversions),
    counts: () => db.select().from(partnerOfferCounts).all(),
    /** Adds to the counts of one offer. */
    bump: (offerId: string, add: Partial<Omit<typeof partnerOfferCounts.$inferSelect, 'offerId'>>) =>
      void bump.run({ offerId, shown: 0, clicks: 0, leads: 0, sales: 0, earnedFen: 0, ...add }),
  };
}
