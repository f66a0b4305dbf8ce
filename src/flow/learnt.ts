/**
 * What was learnt of funders' answers up to one event of the feed: the likelihood model and the spread of the latent quality. As text it is the snapshot
 * that is stored and published; equal events give equal bytes. A snapshot that does not fit is refused, and the one kept before it is gone on from.
 */
import { z } from 'zod';
import { InvariantError } from '../domain/failures.ts';
import type { Log } from '../ports/log.ts';
import { emptySpread, SIGMAS, type LatentSpread } from '../routing/latent-spread.ts';
import { APPLICANT_SCHEMA } from '../routing/model/applicant-features.ts';
import { modelFromJson, modelToJson } from '../routing/model/model-json.ts';
import { emptyModel, type Model } from '../routing/model/model.ts';
import type { Store } from '../store/index.ts';

export interface Learnt {
  readonly model: Model;
  readonly spread: LatentSpread;
  /** Number of the last event it has seen. */
  readonly cursor: number;
}

/** Consumers of the feed: the snapshot saved last, and one from some time before, in case that it cannot be read. */
const CURRENT = 'likelihood-model';
const KEPT = 'likelihood-model-kept';
export const LEARNT_CONSUMERS: readonly string[] = [CURRENT, KEPT];
/** How much older the kept one may become. */
const KEPT_FOR_MS = 24 * 3_600_000;

const Spread = z.strictObject({ seen: z.number().int().min(0), evidence: z.array(z.number()).length(SIGMAS.length) });
const Snapshot = z.strictObject({ format: z.literal(1), spread: Spread, model: z.unknown() });

export function nothingLearnt(): Learnt {
  return { model: emptyModel(APPLICANT_SCHEMA), spread: emptySpread(), cursor: 0 };
}

export function learntToJson({ model, spread }: Learnt): string {
  return `{"format":1,"spread":${JSON.stringify(spread)},"model":${modelToJson(model)}}`;
}

/** Reads what `learntToJson` wrote. Throws InvariantError that names what does not fit. */
export function learntFromJson(text: string, cursor: number): Learnt {
  const parsed = Snapshot.safeParse(parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InvariantError(`stored likelihood snapshot is not readable at /${issue!.path.join('/')}: ${issue!.message}`);
  }
  const { spread, model } = parsed.data;
  return { model: modelFromJson(APPLICANT_SCHEMA, JSON.stringify(model)), spread, cursor };
}

/**
 * The last good snapshot. What was decided since is in the feed and is learnt again from there, so that a snapshot that is refused costs time and no
 * knowledge; without any the whole feed is.
 */
export function loadLearnt(tx: Pick<Store, 'feed'>, log: Log): Learnt {
  for (const name of [CURRENT, KEPT]) {
    const row = tx.feed.consumer(name);
    if (row === undefined) continue;
    try {
      return learntFromJson(row.state, row.cursor);
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      log.error('model.refused', { snapshot: name, cursor: row.cursor, why: error.message });
    }
  }
  return nothingLearnt();
}

/** Number of the last event that the snapshot saved last has seen. */
export function savedLearntCursor(tx: Pick<Store, 'feed'>): number {
  return tx.feed.consumer(CURRENT)?.cursor ?? 0;
}

/** Saves a snapshot; once a day the one before it is kept, if it can be read. */
export function saveLearnt(tx: Pick<Store, 'feed'>, learnt: Learnt, nowMs: number): void {
  const kept = tx.feed.consumer(KEPT);
  if (kept === undefined || nowMs - kept.updatedAtMs >= KEPT_FOR_MS) {
    const before = tx.feed.consumer(CURRENT);
    if (before !== undefined && isReadable(before.state)) tx.feed.saveConsumer({ ...before, name: KEPT, updatedAtMs: nowMs });
  }
  tx.feed.saveConsumer({ name: CURRENT, cursor: learnt.cursor, state: learntToJson(learnt), updatedAtMs: nowMs });
}

function isReadable(text: string): boolean {
  try {
    return learntFromJson(text, 0).model.version >= 0;
  } catch {
    return false;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
