/** Train on the warm years, then predict the test year a row at a time and learn each outcome only after it was used. */
import { generator } from '../../src/routing/draw.ts';
import { encoderOf } from './encode-hmda.ts';
import type { Encoder } from './encode-hmda.ts';
import { DataError } from './hmda.ts';
import type { Row } from './hmda.ts';
import type { Predictor, Timed } from './predictors.ts';
import type { Scored } from './scores.ts';

export interface Trial {
  readonly warmYears: readonly number[];
  readonly testYear: number;
  /** Rows of the panel between a prediction and the arrival of its outcome. */
  readonly delay: number;
  /** A lender is of the panel with at least so many rows in the whole file. */
  readonly minRows: number;
}

/** The rows of a trial, before shuffling. */
export interface Prepared {
  readonly warm: readonly (readonly Row[])[];
  readonly test: readonly Row[];
  readonly panel: ReadonlySet<string>;
  readonly encoder: Encoder;
}

const YEAR_MS = 365.25 * 86_400_000;

/** Throws DataError when a year has no rows, or the panel none. */
export function prepare(rows: readonly Row[], { warmYears, testYear, minRows }: Trial): Prepared {
  if (warmYears.includes(testYear)) throw new DataError(`${testYear} cannot both warm and test`);
  const warm = warmYears.map((year) => rows.filter((row) => row.year === year));
  const empty = [...warmYears.filter((_, index) => warm[index]!.length === 0), ...(rows.some((row) => row.year === testYear) ? [] : [testYear])];
  if (empty.length > 0) throw new DataError(`no decided applications in ${empty.join(', ')}; the file has ${yearsOf(rows).join(', ') || 'none'}`);
  const sizes = Map.groupBy(rows, (row) => row.lender);
  const panel = new Set([...sizes].flatMap(([lender, of]) => (of.length >= minRows ? [lender] : [])));
  const test = rows.filter((row) => row.year === testYear && panel.has(row.lender));
  if (test.length === 0) throw new DataError(`no lender with ${minRows} rows has one in ${testYear}`);
  return { warm, test, panel, encoder: encoderOf(warm.flat()) };
}

/** One shuffle: every year is learnt in a random order, since the register has no dates. */
export function runTrial(prepared: Prepared, trial: Trial, seed: number, predictor: Predictor): readonly Scored[] {
  const timed = timeline(prepared, trial, seed);
  predictor.learn(timed.warm);
  return timed.test.map((one, index) => {
    const scored = { p: predictor.predict(one), approved: one.row.approved };
    if (index >= trial.delay) predictor.learn([timed.test[index - trial.delay]!]);
    return scored;
  });
}

/** Within a year time stands still, for its rows have no order; from one to the next it moves by the years between them. */
function timeline({ warm, test }: Prepared, { warmYears, testYear }: Trial, seed: number): { warm: readonly Timed[]; test: readonly Timed[] } {
  const next = generator(seed, 'shuffle');
  let elapsed = 0;
  const years = warm.map((rows, index) => {
    elapsed += index === 0 ? 0 : Math.abs(warmYears[index]! - warmYears[index - 1]!);
    return shuffled(rows, next).map((row) => ({ row, atMs: elapsed * YEAR_MS }));
  });
  const testMs = (elapsed + Math.abs(testYear - warmYears.at(-1)!)) * YEAR_MS;
  return { warm: years.flat(), test: shuffled(test, next).map((row) => ({ row, atMs: testMs })) };
}

/** Fisher and Yates. */
export function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

function yearsOf(rows: readonly Row[]): number[] {
  return [...new Set(rows.map((row) => row.year))].toSorted((left, right) => left - right);
}
