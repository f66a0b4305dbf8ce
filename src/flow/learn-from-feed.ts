/** The learner as a consumer of the feed: decisions in, a new model out, its cursor in the same commit. Can be rebuilt from the first event. */
import { invariant } from '../domain/failures.ts';
import { BANDS, type Band } from '../routing/band.ts';
import { modelFromJson, modelToJson } from '../routing/likelihood-json.ts';
import { emptyModel, learn, type LikelihoodModel } from '../routing/likelihood.ts';
import type { EventRow, Store } from '../store/index.ts';
import type { Deps } from './deps.ts';

const CONSUMER = 'likelihood';
const EVERY_MS = 2_000;
const BATCH = 2_000;

/** Takes up new decisions, publishes the model when it changed, and sets its next time. */
export async function learnFromFeed(deps: Deps): Promise<void> {
  const changed = await deps.commit((tx) => {
    const nowMs = deps.clock.nowMs();
    const { model, cursor } = loadModel(tx);
    const events = tx.feed.eventsSince(cursor, BATCH);
    tx.feed.setTimer('learn', CONSUMER, nowMs + (events.length === BATCH ? 0 : EVERY_MS));
    if (events.length === 0) return null;
    const next = learnAll(model, events);
    tx.feed.saveConsumer({ name: CONSUMER, cursor: events.at(-1)!.seq, state: modelToJson(next), updatedAtMs: nowMs });
    return next === model ? null : { model: next, version: events.at(-1)!.seq };
  });
  if (changed !== null) deps.publishModel(changed.model, changed.version);
}

/** The model as last saved and the number of the last event it has seen. */
export function loadModel(tx: Pick<Store, 'feed'>): { readonly model: LikelihoodModel; readonly cursor: number } {
  const row = tx.feed.consumer(CONSUMER);
  return row === undefined ? { model: emptyModel(), cursor: 0 } : { model: modelFromJson(row.state), cursor: row.cursor };
}

/** Learns every decision among the events. Equal events give an equal model, to the byte. */
export function learnAll(model: LikelihoodModel, events: readonly EventRow[]): LikelihoodModel {
  return events.reduce((current, event) => {
    if (event.type !== 'attempt.approved' && event.type !== 'attempt.declined') return current;
    const { funder_id: funderId, band, tier, prior_ppm: priorPpm, mean_ppm: meanPpm } = event.data;
    if (typeof funderId !== 'string' || typeof tier !== 'number' || !isBand(band)) return current;
    const asked =
      typeof priorPpm === 'number' && typeof meanPpm === 'number' && priorPpm !== meanPpm
        ? { asked: { prior: priorPpm / 1e6, mean: meanPpm / 1e6 } }
        : {};
    return learn(current, { funderId, tier, band, approved: event.type === 'attempt.approved', ...asked });
  }, model);
}

/** The model from the whole feed: what `loadModel` must equal. */
export function rebuildModel(tx: Pick<Store, 'feed'>, untilSeq: number): LikelihoodModel {
  let model = emptyModel();
  let cursor = 0;
  while (cursor < untilSeq) {
    const events = tx.feed.eventsSince(cursor, BATCH).filter((event) => event.seq <= untilSeq);
    if (events.length === 0) break;
    model = learnAll(model, events);
    invariant(events.at(-1)!.seq > cursor, 'the feed did not move on');
    cursor = events.at(-1)!.seq;
  }
  return model;
}

function isBand(value: unknown): value is Band {
  return (BANDS as readonly unknown[]).includes(value);
}
