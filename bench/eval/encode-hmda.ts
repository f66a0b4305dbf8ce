/** The register's columns as levels. Bands are quantiles of the warm years, levels those that the warm years have: the test year has no say. */
import { schemaOf } from '../../src/routing/model/schema.ts';
import type { Feature, Level, Schema } from '../../src/routing/model/schema.ts';
import type { Row } from './hmda.ts';

export interface Encoder {
  readonly schema: Schema;
  /** Of the application alone. */
  readonly application: (row: Row) => readonly Level[];
  /** Of the lender's kind. */
  readonly kind: (row: Row) => readonly Level[];
}

/** A number cut into equal shares; `absent` says what a missing number is: a level of its own, or no level. */
interface Banded {
  readonly name: string;
  readonly of: (row: Row) => number | null;
  readonly bands: number;
  readonly crossed?: boolean;
  readonly absent: 'level' | 'silent';
}

/**
 * A missing tract or area goes with denials (a third approved, against three quarters): maybe the property was never named because the answer was
 * no. So it is silent. A missing income does not (it is common where none is asked for), and has a level.
 */
const BANDED: readonly Banded[] = [
  { name: 'amount', of: (row) => row.amount, bands: 12, absent: 'silent' },
  { name: 'income', of: (row) => row.income, bands: 12, absent: 'level' },
  { name: 'burden', of: (row) => row.burden, bands: 12, absent: 'level' },
  { name: 'tract', of: (row) => row.tract, bands: 6, absent: 'silent' },
  { name: 'area', of: (row) => row.area, bands: 6, absent: 'silent' },
  { name: 'coarse income', of: (row) => row.income, bands: 4, crossed: true, absent: 'level' },
  { name: 'coarse burden', of: (row) => row.burden, bands: 4, crossed: true, absent: 'level' },
];

const NAMED: readonly { readonly name: string; readonly of: (row: Row) => string | null; readonly crossed?: boolean }[] = [
  { name: 'loan type', of: (row) => row.loanType, crossed: true },
  { name: 'property', of: (row) => row.propertyType },
  { name: 'purpose', of: (row) => row.purpose, crossed: true },
  { name: 'occupancy', of: (row) => row.occupancy, crossed: true },
  { name: 'preapproval', of: (row) => row.preapproval, crossed: true },
  { name: 'lien', of: (row) => row.lien, crossed: true },
  { name: 'coapplicant', of: (row) => row.coapplicant },
  { name: 'state', of: (row) => row.state },
];

const ABSENT = 'absent';

/** The encoder that the warm rows make. */
export function encoderOf(warm: readonly Row[]): Encoder {
  const cut = BANDED.map((one) => ({
    ...one,
    bounds: quantiles(
      warm.flatMap((row) => one.of(row) ?? []),
      one.bands,
    ),
  }));
  const levelsIn = (of: (row: Row) => string | null): string[] => [...new Set(warm.flatMap((row) => of(row) ?? []))].toSorted();
  const features: Feature[] = [
    ...cut.map(({ name, bounds, crossed, absent }) => ({
      name,
      levels: [...bounds.map((_, index) => `${index}`), `${bounds.length}`, ...(absent === 'level' ? [ABSENT] : [])],
      of: ofWhat(crossed),
    })),
    ...NAMED.map(({ name, of, crossed }) => ({ name, levels: levelsIn(of), of: ofWhat(crossed) })),
    { name: 'agency', levels: levelsIn((row) => row.agency), of: 'kind' },
  ];
  const application = (row: Row): readonly Level[] => [
    ...cut.map(({ name, of, bounds }): Level => {
      const value = of(row);
      return [name, value === null ? ABSENT : `${bounds.filter((bound) => value >= bound).length}`];
    }),
    ...NAMED.map(({ name, of }): Level => [name, of(row) ?? ABSENT]),
  ];
  return { schema: schemaOf(features), application, kind: (row) => [['agency', row.agency]] };
}

function ofWhat(crossed: boolean | undefined): Feature['of'] {
  return crossed === true ? 'crossed' : 'application';
}

/** Bounds that cut the values into equal shares, each once. */
export function quantiles(values: readonly number[], shares: number): readonly number[] {
  const sorted = Float64Array.from(values).toSorted();
  const bounds = Array.from({ length: shares - 1 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / shares)]);
  return [...new Set(bounds.filter((bound) => bound !== undefined))];
}
