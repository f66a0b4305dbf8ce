import { eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import {
  FUNDER_COUNTS,
  FUNNEL_COUNTS,
  type FunderCount,
  type FunderRollup,
  type FunnelCount,
  type FunnelRollup,
  type RefusalRollup,
  type RollupBasis,
  type RollupStep,
} from '../../domain/rollups.ts';
import type { Database } from '../database.ts';
import { arg, fast } from '../prepare.ts';
import { funderRollups, funnelProgress, funnelRollups, refusalRollups } from '../schema/index.ts';

export type FunnelProgressRow = typeof funnelProgress.$inferSelect;

/** What rows are added up by; `null`: all into one. */
export type RollupGroup = keyof typeof GROUPS | null;
/** Rows of `[fromMs, toMs)`, by their start. */
export interface RollupSpan {
  readonly basis: RollupBasis;
  readonly step: RollupStep;
  readonly fromMs: number;
  readonly toMs: number;
}
export type RollupFilter = Readonly<Partial<Record<Exclude<keyof typeof GROUPS, 'start' | 'arm'>, string>>>;
/** Counts of one group; `key` is '' where an application has none, and where there is one group. */
export type Summed<N extends string> = { readonly key: string | number } & Readonly<Record<N, number>>;

const GROUPS = {
  start: 'start_ms',
  channel: 'channel_id',
  variant: 'variant',
  policy: 'policy_id',
  segment: 'segment_id',
  /** An arm is one of its segment. */
  arm: "CASE WHEN segment_id = '' THEN '' ELSE segment_id || '/' || arm END",
  funder: 'funder_id',
} as const;
const FUNNEL_SUMS = sumsOf(FUNNEL_COUNTS);
const FUNDER_SUMS = sumsOf(FUNDER_COUNTS);

/** The read models: rows are added to by the consumer of the feed alone, and added up for the desk. */
export function rollupQueries(db: Database) {
  const progress = fast(
    db
      .select()
      .from(funnelProgress)
      .where(eq(funnelProgress.applicationId, arg('applicationId')))
      .prepare(),
  );
  const columns = getTableColumns(funnelProgress);
  const saveProgress = fast(
    db
      .insert(funnelProgress)
      .values(argsOf(columns) as never)
      .onConflictDoUpdate({
        target: funnelProgress.applicationId,
        set: setOf(Object.values(columns), (name) => `excluded.${name}`),
      })
      .prepare(),
  );
  const addFunnel = adder(db, funnelRollups, FUNNEL_COUNTS);
  const addFunder = adder(db, funderRollups, FUNDER_COUNTS);
  const addRefusal = adder(db, refusalRollups, ['n']);
  /** One look-up for each funder there is, not one for each row. */
  const fundersIn = ({ basis, step }: RollupSpan): string[] =>
    db
      .all<{ id: string }>(
        sql`WITH RECURSIVE known(id) AS (
          SELECT min(funder_id) FROM funder_rollups WHERE basis = ${basis} AND step = ${step}
          UNION ALL SELECT (SELECT min(funder_id) FROM funder_rollups WHERE basis = ${basis} AND step = ${step} AND funder_id > id) FROM known WHERE id IS NOT NULL)
          SELECT id FROM known WHERE id IS NOT NULL`,
      )
      .map(({ id }) => id);
  const sumsAt = (funder: string, span: RollupSpan, filter: RollupFilter, group: RollupGroup): Summed<FunderCount>[] => {
    const rows = sql`FROM funder_rollups WHERE ${within(span, { ...filter, funder })}`;
    if (group !== null && group !== 'funder') return db.all(sql`SELECT ${keyOf(group)} AS "key", ${FUNDER_SUMS} ${rows} GROUP BY 1`);
    return db.all(sql`SELECT ${group === null ? '' : funder} AS "key", ${FUNDER_SUMS} ${rows} HAVING count(*) > 0`);
  };
  return {
    progressOf: (applicationId: string): FunnelProgressRow | undefined => progress.get({ applicationId }),
    saveProgress: (row: FunnelProgressRow): void =>
      void saveProgress.run({ ...row, reasons: JSON.stringify(row.reasons), funders: JSON.stringify(row.funders) }),
    clear: (): void => {
      for (const table of [funnelRollups, funderRollups, refusalRollups, funnelProgress]) db.delete(table).run();
    },
    addFunnel: (row: FunnelRollup): void => addFunnel(row),
    addFunder: (row: FunderRollup): void => addFunder(row),
    addRefusal: (row: RefusalRollup): void => addRefusal(row),
    funnel: (span: RollupSpan, filter: RollupFilter, group: RollupGroup): Summed<FunnelCount>[] =>
      db.all(sql`SELECT ${keyOf(group)} AS "key", ${FUNNEL_SUMS} FROM funnel_rollups WHERE ${within(span, filter)} GROUP BY 1`),
    /** A group may come once for each funder. */
    funders: (span: RollupSpan, filter: RollupFilter, group: RollupGroup): Summed<FunderCount>[] => {
      const of = filter.funder === undefined ? fundersIn(span) : [filter.funder];
      return of.flatMap((funder) => sumsAt(funder, span, filter, group));
    },
    /** By channel, of each funder; a pair may come once for each span. */
    pairs: (span: RollupSpan, filter: RollupFilter): (Summed<FunderCount> & { readonly funder: string })[] => {
      const of = filter.funder === undefined ? fundersIn(span) : [filter.funder];
      return of.flatMap((funder) => sumsAt(funder, span, filter, 'channel').map((row) => ({ ...row, funder })));
    },
    /** Start of the first hour anything happened in. */
    firstHour: (): number | undefined =>
      db.get<{ at: number | null }>(sql`SELECT min(start_ms) AS at FROM funnel_rollups WHERE basis = 'activity' AND step = 'hour'`)?.at ?? undefined,
    refusals: (span: RollupSpan, filter: RollupFilter): { readonly reason: string; readonly n: number }[] =>
      db.all(sql`SELECT reason, sum(n) AS n FROM refusal_rollups WHERE ${within(span, filter)} GROUP BY reason`),
  };
}

/** Adds the counts of a row to those of its key, or makes the row. */
function adder<R extends object>(db: Database, table: SQLiteTable, counts: readonly string[]): (row: R) => void {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const isCount = new Set(counts);
  const all = Object.values(columns);
  const add = fast(
    db
      .insert(table)
      .values(argsOf(columns) as never)
      .onConflictDoUpdate({
        target: all.filter(({ name }) => !isCount.has(name)),
        set: setOf(
          all.filter(({ name }) => isCount.has(name)),
          (name) => `"${name}" + excluded."${name}"`,
        ),
      })
      .prepare(),
  );
  return (row) => void add.run(row as Record<string, unknown>);
}

function argsOf(columns: Readonly<Record<string, SQLiteColumn>>): Record<string, SQL> {
  return Object.fromEntries(Object.keys(columns).map((key) => [key, arg(key)]));
}

function setOf(columns: readonly SQLiteColumn[], to: (name: string) => string): Record<string, SQL> {
  return Object.fromEntries(columns.map((column) => [keyIn(column), sql.raw(to(column.name))]));
}

/** The name a column has in the code. */
function keyIn(column: SQLiteColumn): string {
  return Object.entries(getTableColumns(column.table)).find(([, each]) => each === column)![0];
}

function sumsOf(counts: readonly string[]): SQL {
  return sql.raw(counts.map((name) => `sum("${name}") AS "${name}"`).join(', '));
}

function keyOf(group: RollupGroup): SQL {
  return group === null ? sql.raw("''") : sql.raw(GROUPS[group]);
}

function within({ basis, step, fromMs, toMs }: RollupSpan, filter: RollupFilter): SQL {
  const filters = Object.entries(filter).map(([by, value]) => sql` AND ${keyOf(by as keyof RollupFilter)} = ${value}`);
  return sql`basis = ${basis} AND step = ${step} AND start_ms >= ${fromMs} AND start_ms < ${toMs}${sql.join(filters)}`;
}
