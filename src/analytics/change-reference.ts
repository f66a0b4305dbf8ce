/**
 * What to expect of an outcome by a funder's own calm past: a table of cells (band, channel, kind of case), each leaning on what its levels
 * have in common, so that a change of the traffic alone is expected and raises nothing. In: counted cells. Out: a rate for any cell, also one
 * never seen. It must not look at the live likelihood model, which learns a change within some hundred outcomes and would then expect it.
 */

/** Outcomes and their sum by `band|channel|case`. */
export type Cells = Record<string, [n: number, x: number]>;

/** One cell's name in three levels. */
export type Levels = readonly [band: string, channel: string, kind: string];

/** What the past leads to expect. */
export interface Reference {
  readonly n: number;
  /** Of all cells together. */
  readonly rate: number;
  /** The mean of what is expected of them; all but the same as `rate`. */
  readonly expected: number;
  /** The largest that is expected of any of them. */
  readonly highest: number;
  expect(key: string): number;
  /** Outcomes and rate of one level: `band/fair`, `channel/ad`; '' is all. */
  of(segment: string): { readonly n: number; readonly rate: number };
}

/** A cell leans on its levels as if they were so many outcomes of its own. */
const CELL_LEANS = 60;
/** A level leans on the whole as if it were so many expected approvals. */
const LEVEL_LEANS = 4;
const ROUNDS = 6;
const LOWEST = 0.001;
const HIGHEST = 0.985;

export function referenceOf(cells: Cells): Reference {
  const rows = Object.entries(cells).map(([key, [n, x]]) => ({ key, levels: levelsOf(key), n, x }));
  const n = rows.reduce((sum, row) => sum + row.n, 0);
  const rate = n === 0 ? 0.5 : rows.reduce((sum, row) => sum + row.x, 0) / n;
  const factors: [Map<string, number>, Map<string, number>, Map<string, number>] = [new Map(), new Map(), new Map()];
  const main = (levels: Levels): number => rate * levels.reduce((product, level, dimension) => product * (factors[dimension]!.get(level) ?? 1), 1);
  // Each factor is what is left for it once the others have explained theirs: iterated indirect standardisation.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [dimension, of] of factors.entries()) {
      const sums = new Map<string, { seen: number; expected: number }>();
      for (const { levels, n: count, x } of rows) {
        const level = levels[dimension]!;
        const sum = sums.get(level) ?? { seen: 0, expected: 0 };
        sum.seen += x;
        sum.expected += (count * main(levels)) / (of.get(level) ?? 1);
        sums.set(level, sum);
      }
      for (const [level, { seen, expected }] of sums) of.set(level, (seen + LEVEL_LEANS) / (expected + LEVEL_LEANS));
    }
  }
  const known = new Map(rows.map((row) => [row.key, clamped((row.x + CELL_LEANS * clamped(main(row.levels))) / (row.n + CELL_LEANS))]));
  const segments = marginals(rows);
  return {
    n,
    rate,
    expected: n === 0 ? rate : rows.reduce((sum, row) => sum + row.n * known.get(row.key)!, 0) / n,
    highest: Math.max(LOWEST, ...known.values()),
    expect: (key) => known.get(key) ?? clamped(main(levelsOf(key))),
    of: (segment) => (segment === '' ? { n, rate } : (segments.get(segment) ?? { n: 0, rate })),
  };
}

export function keyOf(levels: Levels): string {
  return levels.join('|');
}

export function levelsOf(key: string): Levels {
  const [band = '', channel = '', kind = ''] = key.split('|');
  return [band, channel, kind];
}

/** Whether a cell belongs to a segment; '' has all. */
export function isIn(segment: string, key: string): boolean {
  const [band, channel] = levelsOf(key);
  return segment === '' || segment === `band/${band}` || segment === `channel/${channel}`;
}

/** Adds cells to others, which are changed. */
export function addCells(to: Cells, from: Cells): void {
  for (const [key, [n, x]] of Object.entries(from)) countIn(to, key, n, x);
}

export function countIn(cells: Cells, key: string, n: number, x: number): void {
  const cell = (cells[key] ??= [0, 0]);
  cell[0] += n;
  cell[1] += x;
}

export function sizeOf(cells: Cells): number {
  return Object.values(cells).reduce((sum, [n]) => sum + n, 0);
}

function marginals(rows: readonly { readonly levels: Levels; readonly n: number; readonly x: number }[]): Map<string, { n: number; rate: number }> {
  const sums = new Map<string, { n: number; rate: number }>();
  for (const { levels, n, x } of rows) {
    for (const segment of [`band/${levels[0]}`, `channel/${levels[1]}`]) {
      const of = sums.get(segment) ?? { n: 0, rate: 0 };
      // The running mean needs no second pass.
      const total = of.n + n;
      sums.set(segment, { n: total, rate: total === 0 ? 0 : (of.rate * of.n + x) / total });
    }
  }
  return sums;
}

function clamped(rate: number): number {
  return Math.min(HIGHEST, Math.max(LOWEST, rate));
}
