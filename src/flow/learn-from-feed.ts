/**
 * The learner as a consumer of the feed: decisions in, new likelihoods out. It works in memory and saves a snapshot with its cursor now and then: what came
 * after a snapshot is learnt again from the feed, to the same bytes, however the events are cut into batches.
 */
import { FUNDER_TYPES, type Funder } from '../domain/funder.ts';
import { learnSpread } from '../routing/latent-spread.ts';
import { APPLICANT_SCHEMA, levelsOfFunder } from '../routing/model/applicant-features.ts';
import { encodeCode } from '../routing/model/level-code.ts';
import { learn, weightAfterDeclines, type Decided } from '../routing/model/model.ts';
import { encodeKind } from '../routing/model/schema.ts';
import type { EventRow, Store } from '../store/index.ts';
import { bringBack } from './cells/archive-feed.ts';
import type { Deps } from './deps.ts';
import { nothingLearnt, saveLearnt, type Learnt } from './learnt.ts';

const EVERY_MS = 2_000;
const SAVE_EVERY_MS = 30_000;
/** Events of the feed that are looked at in one go: some milliseconds during which no borrower is served. */
const SPAN = 500;
const DECISIONS = ['attempt.approved', 'attempt.declined'];

/** Takes up new decisions, publishes what was learnt of them, and sets its next time. */
export async function learnFromFeed(deps: Deps): Promise<void> {
  const before = deps.learner.now;
  await bringBack(deps, before.cursor, SPAN);
  const { events, upTo, behind } = deps.store.feed.read(before.cursor, SPAN, DECISIONS);
  const next = upTo === before.cursor ? before : { ...learnAll(before, events), cursor: upTo };
  const nowMs = deps.clock.nowMs();
  const saves = next.cursor > deps.learner.savedCursor && nowMs >= deps.learner.savedAtMs + SAVE_EVERY_MS;
  await deps.commit((tx) => {
    tx.feed.setTimer('learn', 'likelihood', nowMs + (behind ? 0 : EVERY_MS));
    if (saves) saveLearnt(tx, next, nowMs);
  });
  if (saves) Object.assign(deps.learner, { savedCursor: next.cursor, savedAtMs: nowMs });
  deps.learner.now = next;
  if (next.model !== before.model || next.spread !== before.spread) deps.publishLearnt(next);
}

/** What is known after every decision among the events; the cursor is left to the caller. */
export function learnAll(before: Learnt, events: readonly EventRow[]): Learnt {
  const outcomes: Decided[] = [];
  let { spread } = before;
  for (const event of events) {
    const decided = decidedOf(event);
    if (decided === null) continue;
    outcomes.push(decided);
    const { prior_ppm: prior, declined_prior_ppm: declined } = event.data;
    if (typeof prior !== 'number' || !isNumbers(declined)) continue;
    spread = learnSpread(spread, { declined: declined.map((ppm) => ppm / 1e6), asked: prior / 1e6, approved: decided.approved });
  }
  return outcomes.length === 0 ? before : { ...before, model: learn(before.model, outcomes), spread };
}

/** The same from the whole feed: what the snapshot of that event must equal. */
export function rebuildLearnt(tx: Pick<Store, 'feed'>, untilSeq: number): Learnt {
  let learnt = nothingLearnt();
  while (learnt.cursor < untilSeq) {
    const { events, upTo } = tx.feed.read(learnt.cursor, Math.min(SPAN, untilSeq - learnt.cursor), DECISIONS);
    if (upTo === learnt.cursor) break;
    learnt = { ...learnAll(learnt, events), cursor: upTo };
  }
  return learnt;
}

/** Null for an event that says nothing: of a magic phone, of levels in a format that is no longer read, of something else. */
function decidedOf({ type, atMs, data }: EventRow): Decided | null {
  if (type !== 'attempt.approved' && type !== 'attempt.declined') return null;
  const { funder_id: funderId, levels: code, tier, funder_type: funderType, prior_ppm: prior, mean_ppm: mean } = data;
  if (typeof funderId !== 'string' || typeof code !== 'string' || typeof tier !== 'number' || !isFunderType(funderType)) return null;
  const levels = encodeCode(APPLICANT_SCHEMA, code, kindOf(tier, funderType));
  if (levels === null) return null;
  const approved = type === 'attempt.approved';
  return {
    funderId,
    levels,
    approved,
    atMs,
    weight: typeof prior === 'number' && typeof mean === 'number' ? weightAfterDeclines(approved, prior / 1e6, mean / 1e6) : 1,
  };
}

const kinds = new Map<string, Int32Array>();

/** There are few kinds, and many decisions of each. */
function kindOf(tier: number, funderType: Funder['funder_type']): Int32Array {
  const name = `${tier} ${funderType}`;
  let kind = kinds.get(name);
  if (kind === undefined) kinds.set(name, (kind = encodeKind(APPLICANT_SCHEMA, levelsOfFunder({ tier, funder_type: funderType }))));
  return kind;
}

function isFunderType(value: unknown): value is Funder['funder_type'] {
  return (FUNDER_TYPES as readonly unknown[]).includes(value);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}
