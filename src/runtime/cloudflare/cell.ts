/**
 * A cell, or the desk, as a Durable Object: a service in a database of its own, the same code as on the Node host.
 * In: requests from the Worker, and alarms. The alarm stands at the earliest row of the timer table, so that an object that was evicted,
 * or killed, takes its work up again. It must never throw, nor must the constructor, without which there is no alarm: after six failures in a row
 * the platform calls no more. So one that cannot start or cannot read its timers says so, stays, and tries again.
 */
import { starting } from '../cells/part.ts';
import { complain } from './complain.ts';
import { edgeClock } from './host.ts';
import { readEnvironment, type Bindings } from './environment.ts';
import type { DurableObjectState } from './platform.ts';
import { DESK_CELL } from '../cells/generations.ts';
import { startPart, type RunningPart } from './start-part.ts';

/** Longest time without a look at the timer table: a lost alarm costs no more than this. */
const RECHECK_MS = 30_000;
/** Rows that are being worked on stay due until their handler moves them, so the next look is never at once. */
const SOONEST_MS = 1_000;

class PartObject {
  readonly #state: DurableObjectState;
  readonly #env: Bindings;
  #alarmAtMs = Number.POSITIVE_INFINITY;
  #running: RunningPart | null = null;

  constructor(state: DurableObjectState, env: Bindings) {
    this.#state = state;
    this.#env = env;
    void state.blockConcurrencyWhile(() => this.#start());
  }

  async fetch(request: Request): Promise<Response> {
    return this.#running?.answer(request) ?? starting(request);
  }

  async alarm(): Promise<void> {
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    // Before anything is done: whatever that does to this object, there is a next time.
    this.#armAlarm();
    if (this.#running === null) return this.#state.blockConcurrencyWhile(() => this.#start());
    try {
      this.#running.wake();
      this.#running.service.drain.wakeAt(edgeClock.nowMs());
    } catch (error) {
      complain('alarm.failed', error);
    }
    // What is due is taken up in the next turn, and what it writes arms the alarm again.
    await edgeClock.sleep(0);
    this.#armAlarm();
  }

  /** Never rejects: what is wrong (a migration, a key, a variable) is for the next deployment to mend, and then the alarm finds it mended. */
  async #start(): Promise<void> {
    try {
      const { storage } = this.#state;
      this.#running = await startPart(await numberOf(this.#state), storage, readEnvironment(this.#env), this.#env, () => this.#armAlarm());
    } catch (error) {
      complain('part.not_started', error);
    }
    this.#armAlarm();
  }

  /** Called after every commit, which no failure in here may undo; the platform is told only when the time has come nearer. */
  #armAlarm(): void {
    const nowMs = edgeClock.nowMs();
    let nextMs: number | null = nowMs + RECHECK_MS;
    try {
      if (this.#running !== null) nextMs = this.#running.service.deps.store.feed.nextDueMs(0);
    } catch (error) {
      complain('timers.unreadable', error);
    }
    if (nextMs === null) return;
    const atMs = Math.min(nowMs + RECHECK_MS, Math.max(nextMs, nowMs + SOONEST_MS));
    if (atMs >= this.#alarmAtMs && this.#alarmAtMs > nowMs) return;
    this.#alarmAtMs = atMs;
    // Goes to disk with the writes of this turn; one that fails is a storage that fails, and then the object starts anew.
    void this.#state.storage.setAlarm(atMs);
  }
}

/** Borrowers, with all that is theirs. */
export class Cell extends PartObject {}

/** What is common to all cells. */
export class Desk extends PartObject {}

const NAME = 'name';

/** The number an object was named by; the desk is named by none. Kept, since one that an alarm wakes is not told. */
async function numberOf({ id, storage }: DurableObjectState): Promise<number> {
  const kept = await storage.get(NAME);
  const name = id.name ?? kept;
  if (typeof name !== 'string') throw new Error('an object without a name is not ours');
  if (kept === undefined) await storage.put(NAME, name);
  return name === 'desk' ? DESK_CELL : Number(name);
}
