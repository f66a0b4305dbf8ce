/** Arms for the drift test: lenders whose approval rate is that of the register, year by year. */
import { DataError } from './hmda.ts';
import type { Row } from './hmda.ts';
import { shuffled } from './prequential.ts';

/** A lender's approval rate in each year, in order. */
export interface Arm {
  readonly lender: string;
  readonly rates: readonly number[];
}

/** The lenders with at least `minRows` rows in every year, by name. Throws DataError when they are fewer than `least`. */
export function armsOf(rows: readonly Row[], minRows: number, least: number): readonly Arm[] {
  const years = [...new Set(rows.map((row) => row.year))].toSorted((left, right) => left - right);
  const lenders = [...Map.groupBy(rows, (row) => row.lender)].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const arms = lenders.flatMap(([lender, of]) => {
    const cells = years.map((year) => of.filter((row) => row.year === year));
    if (cells.some((cell) => cell.length < minRows)) return [];
    return [{ lender, rates: cells.map((cell) => cell.filter((row) => row.approved).length / cell.length) }];
  });
  if (arms.length < least) throw new DataError(`${arms.length} lenders have ${minRows} rows in every year, ${least} are needed`);
  return arms;
}

/** `count` of the arms, each at most once. */
export function drawArms(arms: readonly Arm[], count: number, next: () => number): readonly Arm[] {
  return shuffled(arms, next).slice(0, count);
}
