/** The learner as a consumer of the feed: decisions in, a new model out, its cursor in the same commit. Can be rebuilt from the first event. */
import { BANDS, type Band } from '../routing/band.ts';
import { modelFromJson, modelToJson } from '../routing/likelihood-json.ts';
import { emptyModel, learn, type LikelihoodModel } from '../routing/likelihood.ts';
import type { EventRow, Store } from '../store/index.ts';
import type { Deps } from './deps.ts';

const CONSUMER = 'likelihood';
const EVERY_MS = 2_000;
/** Events of the feed that are looked at in one commit. */
const SPAN = 5_000;
const DECISIONS = ['attempt.approved', 'attempt.declined'];

/** Takes up new decisions, publishes the model when it changed, and sets its next time. */
export async function learnFromFeed(deps: Deps): Promise<void> {
  const changed = await deps.commit((tx) => {
    const nowMs = deps.clock.nowMs();
    const { model, cursor } = loadModel(tx);
    const { events, upTo, behind } = tx.feed.read(cursor, SPAN, DECISIONS);
    tx.feed.setTimer('learn', CONSUMER, nowMs + (behind ? 0 : EVERY_MS));
    if (upTo === cursor) return null;
    const next = learnAll(model, events);
    tx.feed.saveConsumer({ name: CONSUMER, cursor: upTo, state: modelToJson(next), updatedAtMs: nowMs });
    return next === model ? null : { model: next, version: upTo };
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
    const { events, upTo } = tx.feed.read(cursor, Math.min(SPAN, untilSeq - cursor), DECISIONS);
    if (upTo === cursor) break;
    model = learnAll(model, events);
    cursor = upTo;
  }
  return model;
}

function isBand(value: unknown): value is Band {
  return (BANDS as readonly unknown[]).includes(value);
}
