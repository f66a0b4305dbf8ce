import { z } from 'zod';
import { InvariantError } from '../domain/failures.ts';
import { BANDS } from './band.ts';
import type { LikelihoodModel } from './likelihood.ts';

/** The stored form of a model. Format 1: cells are [approvals, outcomes], lists are sorted by tier and by funder id. */
const count = z.number().min(0);
const Cell = z.tuple([count, count]).refine(([yes, all]) => yes <= all * (1 + 1e-9), 'more approvals than outcomes');
const Cells = z.array(Cell).length(BANDS.length);
const Stored = z.strictObject({
  format: z.literal(1),
  version: z.number().int().min(0),
  half_life: z.number().positive().nullable(),
  overall: Cell,
  bands: Cells,
  tiers: z.array(z.tuple([z.number().int(), Cells])),
  funders: z.array(z.tuple([z.string(), z.strictObject({ bands: Cells, whole: Cell, expected: count })])),
});

/** A model as text. Equal models give equal bytes, whatever the order in which their funders were met. */
export function modelToJson(model: LikelihoodModel): string {
  const pair = (cell: { yes: number; all: number }): [number, number] => [cell.yes, cell.all];
  const stored: z.infer<typeof Stored> = {
    format: 1,
    version: model.version,
    half_life: model.halfLife,
    overall: pair(model.overall),
    bands: model.bands.map(pair),
    tiers: [...model.tiers].toSorted(([left], [right]) => left - right).map(([tier, cells]) => [tier, cells.map(pair)]),
    funders: [...model.funders]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([id, cells]) => [id, { bands: cells.bands.map(pair), whole: pair(cells.whole), expected: cells.expected }]),
  };
  return JSON.stringify(stored);
}

/** Reads what `modelToJson` wrote. Throws InvariantError, naming the first fault, for anything else: a stored model is our own. */
export function modelFromJson(text: string): LikelihoodModel {
  const parsed = Stored.safeParse(parse(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InvariantError(`stored likelihood model is not readable at /${issue.path.join('/')}: ${issue.message}`);
  }
  const { version, half_life: halfLife, overall, bands, tiers, funders } = parsed.data;
  const cell = ([yes, all]: [number, number]): { yes: number; all: number } => ({ yes, all });
  return {
    version,
    halfLife,
    overall: cell(overall),
    bands: bands.map(cell),
    tiers: new Map(tiers.map(([tier, cells]) => [tier, cells.map(cell)])),
    funders: new Map(funders.map(([id, cells]) => [id, { bands: cells.bands.map(cell), whole: cell(cells.whole), expected: cells.expected }])),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvariantError('stored likelihood model is not JSON');
  }
}
