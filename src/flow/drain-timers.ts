/**
 * The one schedule. Due rows of the timer table are handed to their handlers; a handler clears its row or moves it on in its own commit,
 * so a crash in between only means that it is taken up again. A handler that throws is a bug: its row is pushed back with growing delay.
 */
import { backOffMs } from '../domain/back-off.ts';
import type { TimerKind, TimerRow } from '../store/index.ts';
import { onApplicationTimer } from './application-timer.ts';
import { QUOTA, returnQuota } from './cells/hold-quota.ts';
import { SHIP, shipEvents } from './cells/ship-events.ts';
import { publishDue } from './desk/publish-change.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import type { Deps } from './deps.ts';
import { onLoanTimer } from './draw-loan.ts';
import { keepHouse } from './keep-house.ts';
import { learnFromFeed } from './learn-from-feed.ts';
import { onAttemptTimer } from './query-attempt.ts';
import { VOLUME, priceVolume } from './price-volume.ts';
import { processCallback } from './receive-callback.ts';
import { onRepaymentTimer } from './repay-loan.ts';
import { ROLLUPS, rollUp } from './roll-up.ts';
import { CHANGES, watchChanges } from './watch-changes.ts';
import { watchFunders } from './watch-funders.ts';

const BATCH = 256;
/** While fewer than this are being worked on, what is due and was not taken yet is taken up at once. */
const MOST_AT_ONCE = 2_048;
/** Longest sleep between two looks at the table. */
const LONGEST_MS = 1_000;

const HANDLERS: Readonly<Record<TimerKind, (deps: Deps, ref: string) => Promise<void>>> = {
  application: onApplicationTimer,
  attempt: onAttemptTimer,
  loan: onLoanTimer,
  callback: processCallback,
  delivery: deliverWebhook,
  housekeeping: keepHouse,
  learn: (deps, ref) => (ref === VOLUME ? priceVolume(deps) : learnFromFeed(deps)),
  publish: publishDue,
  repayment: onRepaymentTimer,
  desk: (deps, ref) => (ref === QUOTA ? returnQuota(deps) : shipEvents(deps)),
  watch: (deps, ref) => (ref === CHANGES ? watchChanges(deps) : ref === ROLLUPS ? rollUp(deps) : watchFunders(deps)),
};

/** What a service is: all there is, one of many cells, or the desk that they share. */
export type Role = 'whole' | 'cell' | 'desk';

/** What comes round without anybody's doing: who sees to it, and the delay of the first time. */
const STANDING: readonly (readonly [kind: TimerKind, ref: string, afterMs: number, ...roles: Role[]])[] = [
  ['housekeeping', 'all', 60_000, 'whole', 'cell', 'desk'],
  ['learn', 'likelihood', 1_000, 'whole', 'desk'],
  ['learn', VOLUME, 5_000, 'whole', 'desk'],
  ['watch', 'funders', 60_000, 'whole', 'cell'],
  ['watch', CHANGES, 45_000, 'whole', 'desk'],
  ['watch', ROLLUPS, 3_000, 'whole', 'desk'],
  ['desk', SHIP, 1_000, 'cell'],
  ['desk', QUOTA, 30_000, 'cell'],
];

export interface Drain {
  /** Starts looking; seeds the standing timers. */
  start(): Promise<void>;
  /** Looks again at this time, if that is sooner than planned. */
  wakeAt(dueAtMs: number): void;
  /** Stops taking up work; resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** `depsOf` because the drain and the deps need each other. */
export function createDrain(depsOf: () => Deps, role: Role = 'whole'): Drain {
  const running = new Map<string, Promise<void>>();
  let cancel: (() => void) | null = null;
  let plannedMs = Number.POSITIVE_INFINITY;
  let stopped = true;

  function plan(atMs: number): void {
    if (stopped || atMs >= plannedMs) return;
    cancel?.();
    plannedMs = atMs;
    const { clock } = depsOf();
    cancel = clock.after(Math.max(0, atMs - clock.nowMs()), look);
  }

  function look(): void {
    plannedMs = Number.POSITIVE_INFINITY;
    cancel = null;
    if (stopped) return;
    const deps = depsOf();
    const nowMs = deps.clock.nowMs();
    // Rows being worked on stay in the table until their handler moves them, so ask for more than they are.
    const most = BATCH + running.size;
    const due = deps.store.feed.dueTimers(nowMs, most);
    for (const row of due) take(deps, row);
    if (due.length === most && running.size < MOST_AT_ONCE) return plan(nowMs);
    const nextMs = deps.store.feed.nextDueMs(nowMs) ?? Number.POSITIVE_INFINITY;
    plan(Math.min(nextMs, nowMs + LONGEST_MS));
  }

  function take(deps: Deps, row: TimerRow): void {
    const key = `${row.kind}/${row.ref}`;
    if (running.has(key)) return;
    const work = HANDLERS[row.kind](deps, row.ref)
      .catch((error: unknown) => pushBack(deps, row, error))
      .finally(() => running.delete(key));
    running.set(key, work);
  }

  return {
    async start() {
      stopped = false;
      const deps = depsOf();
      await deps.commit((tx) => {
        const nowMs = deps.clock.nowMs();
        for (const [kind, ref, afterMs, ...roles] of STANDING) {
          const there = tx.feed.timer(kind, ref) !== undefined;
          if (!roles.includes(role)) {
            // Left by an earlier life of this data as something else.
            if (there) tx.feed.clearTimer(kind, ref);
          } else if (!there) tx.feed.setTimer(kind, ref, nowMs + afterMs);
        }
      });
      plan(deps.clock.nowMs());
    },
    wakeAt: plan,
    async stop() {
      stopped = true;
      cancel?.();
      cancel = null;
      plannedMs = Number.POSITIVE_INFINITY;
      await Promise.all(running.values());
    },
  };
}

async function pushBack(deps: Deps, row: TimerRow, error: unknown): Promise<void> {
  deps.log.error('timer.failed', {
    kind: row.kind,
    ref: row.ref,
    tries: row.tries,
    error: error instanceof Error ? error.name : 'unknown',
    message: safeMessage(error),
  });
  const delayMs = backOffMs(row.tries, 5_000, 3_600_000);
  await deps.commit((tx) => tx.feed.setTimer(row.kind, row.ref, deps.clock.nowMs() + delayMs, row.tries + 1)).catch(() => undefined);
}

/** Our own invariants carry no data; anything else might, so only its kind is told. */
function safeMessage(error: unknown): string {
  return error instanceof Error && error.name === 'InvariantError' ? error.message : '';
}
