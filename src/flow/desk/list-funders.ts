/** All funders in force at a glance: how each stands now, and how it fared of late by the read models. */
import { medianMs, shareOf } from '../../analytics/read-figures.ts';
import { DAY_MS, FUNDER_COUNTS, startOf, type FunderCount } from '../../domain/rollups.ts';
import type { Summed } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { standingOf } from './show-funder-status.ts';

/** Days of China, today's among them. */
const DAYS = 7;
const NOTHING = Object.fromEntries(FUNDER_COUNTS.map((name) => [name, 0])) as Record<FunderCount, number>;

export function listFunders(deps: Deps) {
  const nowMs = deps.clock.nowMs();
  const fromMs = startOf('day', nowMs) - (DAYS - 1) * DAY_MS;
  const span = { basis: 'activity', step: 'day', fromMs, toMs: nowMs + DAY_MS } as const;
  const recent = new Map<string | number, Summed<FunderCount>>(deps.store.rollups.funders(span, {}, 'funder').map((row) => [row.key, row]));
  const funders = [...deps.desk.snapshot().funders.values()].toSorted((a, b) => a.tier - b.tier || (a.id < b.id ? -1 : 1));
  return {
    data: funders.map((funder) => {
      const row = recent.get(funder.id) ?? { ...NOTHING, key: funder.id };
      return {
        ...standingOf(deps, funder),
        funder_type: funder.funder_type,
        tier: funder.tier,
        /** The last seven days of China, by what happened in them. */
        recent: {
          from: iso(fromMs),
          attempts: row.attempts,
          sent: row.sent,
          approved: row.approved,
          declined: row.declined,
          approval_rate: shareOf(row.approved, row.approved + row.declined),
          median_ms: medianMs(row),
        },
      };
    }),
  };
}
