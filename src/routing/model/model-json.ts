import { z } from 'zod';
import { InvariantError } from '../../domain/failures.ts';
import { CALIBRATION_SIZE } from './calibration.ts';
import { diagonal, triangle } from './gaussian.ts';
import type { Gaussian } from './gaussian.ts';
import type { Model } from './model.ts';
import type { Schema } from './schema.ts';

/** The stored form. Format 1: a belief is its means and the lower triangle of its covariance, 64-bit little-endian numbers in base64. */
const Belief = z.strictObject({ mean: z.string(), covariance: z.string() });
const atMs = z.number().finite();
const Stored = z.strictObject({
  format: z.literal(1),
  schema: z.string(),
  version: z.number().int().min(0),
  shared: Belief,
  shared_at_ms: atMs,
  calibration: Belief,
  funders: z.array(z.tuple([z.string(), atMs, Belief])),
});

/** A model as text. Equal models give equal bytes, whatever the order in which their funders were met. */
export function modelToJson(model: Model): string {
  const stored: z.infer<typeof Stored> = {
    format: 1,
    schema: model.schema.print,
    version: model.version,
    shared: toBelief(model.shared),
    shared_at_ms: model.sharedAtMs,
    calibration: toBelief(model.calibration),
    funders: [...model.funders].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([id, own]) => [id, own.atMs, toBelief(own.belief)]),
  };
  return JSON.stringify(stored);
}

/**
 * Reads what `modelToJson` wrote for the same schema. Throws InvariantError, naming the first fault, for anything else: another format or
 * schema, a belief of another size, a number that is none, a variance that is not positive. Whoever reads keeps the model it has.
 */
export function modelFromJson(schema: Schema, text: string): Model {
  const parsed = Stored.safeParse(parse(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InvariantError(`stored likelihood model is not readable at /${issue.path.join('/')}: ${issue.message}`);
  }
  const stored = parsed.data;
  if (stored.schema !== schema.print) throw new InvariantError('stored likelihood model is for other features');
  const funders = stored.funders.map(
    ([id, at, belief], index) => [id, { belief: fromBelief(belief, schema.ownSize, `funders/${index}`), atMs: at }] as const,
  );
  if (new Set(stored.funders.map(([id]) => id)).size < funders.length) throw new InvariantError('stored likelihood model has a funder twice');
  return {
    schema,
    version: stored.version,
    shared: fromBelief(stored.shared, schema.sharedSize, 'shared'),
    sharedAtMs: stored.shared_at_ms,
    calibration: fromBelief(stored.calibration, CALIBRATION_SIZE, 'calibration'),
    funders: new Map(funders),
  };
}

/** Beliefs as written. Between two states only the funders that had outcomes differ, and a belief in a model never changes. */
const written = new WeakMap<Gaussian, z.infer<typeof Belief>>();

function toBelief(belief: Gaussian): z.infer<typeof Belief> {
  const known = written.get(belief);
  if (known !== undefined) return known;
  const text = { mean: toBase64(belief.mean), covariance: toBase64(belief.covariance) };
  written.set(belief, text);
  return text;
}

function fromBelief(stored: z.infer<typeof Belief>, size: number, where: string): Gaussian {
  const mean = fromBase64(stored.mean);
  const covariance = fromBase64(stored.covariance);
  const fits = mean?.length === size && covariance?.length === triangle(size);
  if (!fits) throw new InvariantError(`stored likelihood model has a belief of another size at /${where}`);
  const sound = mean.every(Number.isFinite) && covariance.every(Number.isFinite) && mean.every((_, row) => covariance[diagonal(row)]! > 0);
  if (!sound) throw new InvariantError(`stored likelihood model has a belief that is none at /${where}`);
  return { mean, covariance };
}

const CHUNK = 0x2000;

function toBase64(numbers: Float64Array): string {
  // As they lie in memory: every host this runs on is little-endian.
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let text = '';
  for (let from = 0; from < bytes.length; from += CHUNK) text += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  return btoa(text);
}

function fromBase64(text: string): Float64Array | null {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  if (bytes.length % 8 !== 0) return null;
  return new Float64Array(bytes.buffer);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvariantError('stored likelihood model is not JSON');
  }
}
