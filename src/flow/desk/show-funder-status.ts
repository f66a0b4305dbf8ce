/** How a funder fares right now: breaker, caps, what it is sitting on, and what its last callbacks came to. */
import { capNeeds } from '../../dispatch/caps.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import type { Funder } from '../../domain/funder.ts';
import type { Deps } from '../deps.ts';
import { loadPricing } from '../price-volume.ts';
import { iso } from '../view-application.ts';
import { factsOf, savedCounts } from '../watch-funders.ts';
import { funderChecks } from './funder-checks.ts';
import { alarmView } from './list-alarms.ts';

const CALLBACKS = 20;

export function showFunderStatus(deps: Deps, id: string) {
  const funder = deps.desk.snapshot().funders.get(id);
  if (funder === undefined) return problem('not_found', '没有这个资金方', 'there is no such funder');
  return {
    ...standingOf(deps, funder),
    attempts: Object.fromEntries(deps.store.tallies.attemptStates(id).map((row) => [row.state, row.n])),
    callbacks: callbacksOf(deps, id, CALLBACKS),
  };
}

export type FunderStatus = Exclude<ReturnType<typeof showFunderStatus>, Problem>;

/** What it told of its own accord and what was made of that, newest first; `before`: the id of the last one of the page before. */
export function callbacksOf({ store }: Pick<Deps, 'store'>, id: string, limit: number, before?: string) {
  const rows = before === undefined ? store.dispatch.recentCallbacks(id, limit) : store.dispatch.callbacksBefore(id, limit, before);
  return rows.map((row) => ({ id: row.id, state: row.state, detail: row.detail, attempt_id: row.attemptId, received_at: iso(row.receivedAtMs) }));
}

/** What is known of a funder without counting its past. */
export function standingOf(deps: Deps, funder: Funder) {
  const { id } = funder;
  const nowMs = deps.clock.nowMs();
  const line = deps.lines.of(funder);
  const breaker = line.state(nowMs);
  const facts = factsOf({ deps, nowMs }, deps.store, funder, savedCounts(deps.store));
  const pricing = loadPricing(deps);
  const byId = new Map(funder.caps.map((cap) => [cap.id, cap]));
  return {
    id: funder.id,
    name: funder.name,
    status: funder.status,
    at: iso(nowMs),
    checks: funderChecks(deps, funder, nowMs),
    breaker:
      breaker.kind === 'open'
        ? { state: breaker.kind, until: iso(breaker.untilMs) }
        : { state: breaker.kind, ...(breaker.kind === 'closed' ? { calls: breaker.calls, failures: breaker.failures } : {}) },
    latency_ms: Math.round(line.latencyMs),
    caps: capNeeds(funder, 0, nowMs).map(({ key, capId, limit }) => {
      const lease = deps.store.dispatch.lease(key);
      const cap = byId.get(capId)!;
      return {
        id: capId,
        unit: cap.unit,
        window: cap.window,
        key,
        limit,
        lent: deps.store.desk.lent(key),
        leased: lease?.leased ?? 0,
        used: lease?.used ?? 0,
      };
    }),
    /** Approvals against what is capped or promised, and the price that keeps them to it, as of the last update. */
    volume: pricing.targets.flatMap(({ id: target, funderId, kind, unit, window, volume }) => {
      const paced = pricing.prices[target];
      if (funderId !== id || paced === undefined) return [];
      const priceFen = Math.round(unit === 'count' ? paced.priceFen : paced.priceFen * pricing.meanAmountFen);
      return [{ id: target, kind, unit, window, period: paced.window, volume, used: paced.used, progress: paced.progress, price_fen: priceFen }];
    }),
    /** How long the oldest of each state has been waiting. */
    waiting: facts.waiting.map((each) => ({
      state: each.state,
      count: each.count,
      oldest_at: iso(each.oldestMs),
      age_s: Math.round((nowMs - each.oldestMs) / 1_000),
    })),
    /** Null: none has come yet, or this protocol has none. */
    last_callback_at: facts.callbacksAtMs[0] === undefined ? null : iso(facts.callbacksAtMs[0]),
    last_24h: facts.counts,
    alarms: deps.store.watch.alarmsOf(`funder/${id}`).map(alarmView),
  };
}
