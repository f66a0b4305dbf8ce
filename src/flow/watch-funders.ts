/**
 * Looks every few minutes at how long things have been waiting at each funder, at its callbacks and at the day's counts; raises alarms and takes
 * them back. An interface that fails in silence costs a day of conversion; here it costs a quarter of an hour.
 */
import { COUNTED_TYPES, countEvents, countsOf, NO_COUNTS, type AttemptCounts, type CountsBySubject } from '../analytics/attempt-counts.ts';
import { ALARM_KINDS, channelAlarms, funderAlarms, type Alarm, type FunderFacts } from '../analytics/funder-alarms.ts';
import type { Funder } from '../domain/funder.ts';
import type { Store } from '../store/index.ts';
import type { Deps } from './deps.ts';
import { settleAlarms } from './settle-alarms.ts';
import { perform, type Work } from './work.ts';

const CONSUMER = 'attempt_counts';
const EVERY_MS = 300_000;
/** Events of the feed that are looked at in one commit. */
const SPAN = 5_000;
const CALLBACKS = 20;
const DAY_HOURS = 24;

export async function watchFunders(deps: Deps): Promise<void> {
  await perform(deps, (work) => {
    const { counts, behind } = takeEvents(work);
    // While the feed is still being read the counts are of the past, and would raise yesterday's alarms.
    work.setTimer('watch', 'funders', work.nowMs + (behind ? 0 : EVERY_MS));
    if (behind) return;
    for (const funder of work.desk.funders.values()) {
      settle(work, `funder/${funder.id}`, funderAlarms(factsOf(work, work.tx, funder, counts)));
    }
    for (const [subject, others] of channelsOf(counts, work.nowMs))
      settle(work, subject, channelAlarms(countsOf(counts, subject, work.nowMs, DAY_HOURS), others));
  });
}

/** What is judged of a funder; also shown to operators. */
export function factsOf(sight: Pick<Work, 'deps' | 'nowMs'>, tx: Store, funder: Funder, counts: CountsBySubject): FunderFacts {
  return {
    nowMs: sight.nowMs,
    tellsByCallback: sight.deps.adapters.get(funder.adapter)?.callback !== undefined,
    callbacksAtMs: tx.dispatch
      .recentCallbacks(funder.id, CALLBACKS)
      .filter((row) => row.state !== 'forged')
      .map((row) => row.receivedAtMs),
    waiting: tx.watch.waitingAt(funder.id),
    latencyMs: sight.deps.lines.of(funder).latencyMs,
    decisionMs: funder.timeouts.decision_ms,
    counts: countsOf(counts, `funder/${funder.id}`, sight.nowMs, DAY_HOURS),
  };
}

/** The counts as last saved. */
export function savedCounts(tx: Pick<Store, 'feed'>): CountsBySubject {
  const row = tx.feed.consumer(CONSUMER);
  return row === undefined ? {} : (JSON.parse(row.state) as CountsBySubject);
}

function takeEvents(work: Work): { readonly counts: CountsBySubject; readonly behind: boolean } {
  const { feed } = work.tx;
  const cursor = feed.consumer(CONSUMER)?.cursor ?? 0;
  const { events, upTo, behind } = feed.read(cursor, SPAN, COUNTED_TYPES);
  const counts = countEvents(savedCounts(work.tx), events, work.nowMs);
  if (upTo > cursor) feed.saveConsumer({ name: CONSUMER, cursor: upTo, state: JSON.stringify(counts), updatedAtMs: work.nowMs });
  return { counts, behind };
}

/** Every channel with the sum of all others. */
function channelsOf(counts: CountsBySubject, nowMs: number): readonly (readonly [string, AttemptCounts])[] {
  const subjects = Object.keys(counts).filter((subject) => subject.startsWith('channel/'));
  const each = subjects.map((subject) => [subject, countsOf(counts, subject, nowMs, DAY_HOURS)] as const);
  return each.map(([subject]) => {
    const others = { ...NO_COUNTS };
    for (const [other, part] of each)
      if (other !== subject) for (const name of Object.keys(others) as (keyof AttemptCounts)[]) others[name] += part[name];
    return [subject, others] as const;
  });
}

function settle(work: Work, subject: string, alarms: readonly Alarm[]): void {
  const found = alarms.map(({ kind, detail }) => ({ subject, kind, detail }));
  settleAlarms(work, subject, found, ALARM_KINDS);
}
