/**
 * Prices what is scarce or promised: a consumer of the feed that compares what each funder approved with its caps and promised volumes, as they should
 * stand by this hour of its day, and publishes a price for each (routing/dual-price.ts). The prices choose; the reservations before a submit refuse.
 */
import { z } from 'zod';
import { updatePrices, type Prices, type Use, type VolumeTarget } from '../routing/dual-price.ts';
import { learnDay, newDayLearner, windowOf, type DayLearner } from '../routing/pacing.ts';
import { volumeTargetsOf } from '../routing/volume-targets.ts';
import type { EventRow, Store } from '../store/index.ts';
import { bringBack } from './cells/archive-feed.ts';
import type { Deps } from './deps.ts';

export interface Pricing {
  readonly targets: readonly VolumeTarget[];
  readonly prices: Prices;
  /** How much traffic each hour of the day usually has. */
  readonly day: DayLearner;
  /** A usual amount asked, fen. */
  readonly meanAmountFen: number;
}

/** The consumer whose state the prices are. */
export const PRICING = 'volume';
/** The timer's `ref` under the kind `learn`. */
export const VOLUME = 'volume';
/** Between two updates reservations alone hold; by measurement every ten seconds is as good as always (eval:pacing). */
const EVERY_MS = 10_000;
const SPAN = 20_000;
const WATCHED = ['attempt.approved', 'attempt.cancelled', 'attempt.expired'];
const ZONE = 'Asia/Shanghai';
const FIRST_AMOUNT_FEN = 2_000_000;
/** Amounts after which one counts a third in the mean. */
const AMOUNTS = 500;

const Hours = z.array(z.number().min(0)).length(24);
const State = z.strictObject({
  prices: z.record(
    z.string(),
    z.strictObject({ priceFen: z.number(), window: z.string(), used: z.number(), progress: z.number(), settledFen: z.number() }),
  ),
  day: z.strictObject({
    shape: z.strictObject({ timeZone: z.string(), hours: Hours }),
    days: z.number().int().min(0),
    date: z.string(),
    whole: z.boolean(),
    counts: Hours,
  }),
  meanAmountFen: z.number().positive(),
});
type State = Pick<Pricing, 'prices' | 'day' | 'meanAmountFen'>;

/** Takes up what was used since, publishes the new prices and sets its next time. */
export async function priceVolume(deps: Deps): Promise<void> {
  const { feed } = deps.store;
  await bringBack(deps, feed.consumer(PRICING)?.cursor ?? feed.lastSeq(), SPAN);
  const pricing = await deps.commit((tx) => {
    const nowMs = deps.clock.nowMs();
    const { state, cursor } = savedPricing(tx);
    const { events, upTo, behind } = tx.feed.read(cursor, SPAN, WATCHED);
    const { targets, ...next } = price(state, [...deps.desk.snapshot().funders.values()], events, nowMs);
    // The day's shape by the traffic of the whole feed: every application leaves about as many events.
    const saved: State = { ...next, day: learnDay(next.day, upTo - cursor, nowMs) };
    tx.feed.saveConsumer({ name: PRICING, cursor: upTo, state: JSON.stringify(saved), updatedAtMs: nowMs });
    tx.feed.setTimer('learn', VOLUME, nowMs + (behind ? 0 : EVERY_MS));
    return { ...saved, targets };
  });
  deps.publishPrices(pricing);
}

/** The prices as last saved, for the funders of the desk; what a service begins with. */
export function loadPricing(deps: Pick<Deps, 'desk' | 'store'>): Pricing {
  const { state } = savedPricing(deps.store);
  return { ...state, targets: targetsOf([...deps.desk.snapshot().funders.values()], state.meanAmountFen) };
}

function savedPricing(tx: Pick<Store, 'feed'>): { readonly state: State; readonly cursor: number } {
  const row = tx.feed.consumer(PRICING);
  if (row === undefined) return { state: { prices: {}, day: newDayLearner(ZONE), meanAmountFen: FIRST_AMOUNT_FEN }, cursor: tx.feed.lastSeq() };
  return { state: State.parse(JSON.parse(row.state)), cursor: row.cursor };
}

type Funders = readonly Parameters<typeof volumeTargetsOf>[0][];

function targetsOf(funders: Funders, meanAmountFen: number): VolumeTarget[] {
  return funders.flatMap((funder) => volumeTargetsOf(funder, meanAmountFen));
}

function price(state: State, funders: Funders, events: readonly EventRow[], nowMs: number): Pricing {
  let { meanAmountFen } = state;
  for (const { type, data } of events) {
    const asked = data['asked_fen'];
    if (type === 'attempt.approved' && typeof asked === 'number') meanAmountFen += (asked - meanAmountFen) / AMOUNTS;
  }
  const targets = targetsOf(funders, meanAmountFen);
  const { shape } = state.day;
  return { targets, day: state.day, meanAmountFen, prices: updatePrices(state.prices, targets, usesOf(targets, events, nowMs), nowMs, shape) };
}

/** What the events used of each target's present window: after a stop, yesterday's are not today's. An approval that was taken back uses nothing. */
function usesOf(targets: readonly VolumeTarget[], events: readonly EventRow[], nowMs: number): Use[] {
  const byFunder = Map.groupBy(targets, ({ funderId }) => funderId);
  const present = new Map(targets.map((target) => [target, windowOf(target, nowMs)]));
  return events.flatMap(({ type, atMs, data }) => {
    const { funder_id: funderId, asked_fen: asked, was_approved: wasApproved } = data;
    if (typeof funderId !== 'string' || typeof asked !== 'number') return [];
    const sign = type === 'attempt.approved' ? 1 : wasApproved === true ? -1 : 0;
    if (sign === 0) return [];
    return (byFunder.get(funderId) ?? []).flatMap((target): Use[] =>
      windowOf(target, atMs) === present.get(target) ? [{ targetId: target.id, amount: sign * (target.unit === 'count' ? 1 : asked) }] : [],
    );
  });
}
