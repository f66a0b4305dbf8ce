/** Ours and the baselines, as the prequential run uses them. */
import { emptyModel, learn } from '../../src/routing/model/model.ts';
import type { Decided } from '../../src/routing/model/model.ts';
import { predictor } from '../../src/routing/model/predict.ts';
import { encode, encodeKind } from '../../src/routing/model/schema.ts';
import type { Encoder } from './encode-hmda.ts';
import type { Row } from './hmda.ts';
import { fitRidge, logistic } from './ridge.ts';

/** A row and the moment it belongs to, milliseconds. */
export interface Timed {
  readonly row: Row;
  readonly atMs: number;
}

/** Learns rows and says how likely an approval is. */
export interface Predictor {
  predict(timed: Timed): number;
  learn(timed: readonly Timed[]): void;
}

/** The model that routes, on the register's features. */
export function ours(encoder: Encoder): Predictor {
  const { schema } = encoder;
  let model = emptyModel(schema);
  const decided = ({ row, atMs }: Timed): Decided => {
    const levels = encode(schema, [...encoder.application(row), ...encoder.kind(row)]);
    return { funderId: row.lender, levels, approved: row.approved, atMs, weight: 1 };
  };
  return {
    predict({ row, atMs }) {
      const of = predictor(model, encode(schema, encoder.application(row)), atMs);
      return of({ funderId: row.lender, kind: encodeKind(schema, encoder.kind(row)) }).p;
    },
    learn(timed) {
      model = learn(model, timed.map(decided));
    },
  };
}

/** The lender's own rate over everything learnt, leaning on the rate of all as on five outcomes. */
export function funderRate(): Predictor {
  const cells = new Map<string, { yes: number; all: number }>();
  const whole = { yes: 1, all: 2 };
  return {
    predict({ row }) {
      const { yes, all } = cells.get(row.lender) ?? { yes: 0, all: 0 };
      return (yes + (5 * whole.yes) / whole.all) / (all + 5);
    },
    learn(timed) {
      for (const { row } of timed) {
        const cell = cells.get(row.lender) ?? { yes: 0, all: 0 };
        cells.set(row.lender, cell);
        for (const one of [cell, whole]) {
          one.yes += row.approved ? 1 : 0;
          one.all += 1;
        }
      }
    },
  };
}

/** The lender's last 125 outcomes, with one approval and one decline assumed. */
export function window125(): Predictor {
  const windows = new Map<string, boolean[]>();
  return {
    predict({ row }) {
      const window = windows.get(row.lender) ?? [];
      return (window.filter(Boolean).length + 1) / (window.length + 2);
    },
    learn(timed) {
      for (const { row } of timed) windows.set(row.lender, [...(windows.get(row.lender) ?? []), row.approved].slice(-125));
    },
  };
}

/** Ridge logistic on the application and the lender, fitted to what is learnt first and never again. */
export function frozenLogistic(encoder: Encoder, panel: ReadonlySet<string>): Predictor {
  const lenders = new Map([...panel].toSorted().map((lender, index) => [lender, encoder.schema.sharedSize + index]));
  const placesOf = (row: Row): readonly number[] => [
    ...encode(encoder.schema, [...encoder.application(row), ...encoder.kind(row)]).shared,
    ...(lenders.has(row.lender) ? [lenders.get(row.lender)!] : []),
  ];
  let weights: Float64Array | null = null;
  return {
    predict: ({ row }) => (weights === null ? 0.5 : logistic(weights, placesOf(row))),
    learn(timed) {
      const size = encoder.schema.sharedSize + lenders.size;
      weights ??= fitRidge(
        timed.map(({ row }) => ({ at: placesOf(row), approved: row.approved })),
        size,
        1,
      );
    },
  };
}
