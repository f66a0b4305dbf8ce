/**
 * npm run bench:scaling -- [--per-day 1000000,100000000] [--write]
 *
 * The tables of docs/scaling.md: what was measured last (`npm run bench -- --host edge --save`), and what so many applications a day come to from there.
 * `--write` puts them into their places there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { limitsOf, needOf } from './edge/arithmetic.ts';
import { cellsTable, countsTable, frontTable, measuredLine, type EdgeFigures } from './edge/figures.ts';
import { assumedTable, limitsTable, needsTable } from './edge/tables.ts';

const FIGURES = new URL('edge/figures.json', import.meta.url);
const DOCS = new URL('../docs/scaling.md', import.meta.url);
export const PER_DAY = [1_000_000, 100_000_000];

/** By the name of their place in the docs. */
export function scalingTables(figures: EdgeFigures, perDay: readonly number[]): Readonly<Record<string, string>> {
  return {
    measured: measuredLine(figures),
    cells: cellsTable(figures),
    front: frontTable(figures),
    counts: countsTable(figures),
    assumed: assumedTable(),
    needs: needsTable(perDay.map((each) => needOf(each, figures))),
    limits: limitsTable(limitsOf(figures)),
  };
}

/** Puts each table between `<!-- its name -->` and `<!-- end -->`. Throws when it has no such place. */
export function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((before, [name, table]) => {
    const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`);
    if (!place.test(before)) throw new Error(`there is no place for the table ${name}`);
    return before.replace(place, (_, head: string, tail: string) => `${head}\n${table}\n\n${tail}`);
  }, text);
}

export function readFigures(): EdgeFigures {
  return JSON.parse(readFileSync(FIGURES, 'utf8')) as EdgeFigures;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { 'per-day': { type: 'string', default: PER_DAY.join(',') }, write: { type: 'boolean', default: false } },
  });
  const tables = scalingTables(readFigures(), values['per-day'].split(',').map(Number));
  console.log(Object.values(tables).join('\n\n'));
  if (values.write) writeFileSync(DOCS, withTables(readFileSync(DOCS, 'utf8'), tables));
}
