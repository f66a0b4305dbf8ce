/**
 * A cell, or the desk, as a Durable Object: a service in a database of its own, the same code as on the Node host.
 * In: requests from the Worker, and alarms. The alarm stands at the earliest row of the timer table, so that an object that was evicted,
 * or killed, takes its work up again; it must never throw, since after six failures in a row the platform calls no more.
 */
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
  #alarmAtMs = Number.POSITIVE_INFINITY;
  #running: RunningPart | null = null;

  constructor(state: DurableObjectState, env: Bindings) {
    this.#state = state;
    void state.blockConcurrencyWhile(async () => {
      this.#running = await startPart(await numberOf(state), state.storage, readEnvironment(env), env, () => this.#armAlarm());
      this.#armAlarm();
    });
  }

  fetch(request: Request): Promise<Response> {
    return this.#running!.answer(request);
  }

  async alarm(): Promise<void> {
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    this.#running!.wake();
    this.#running!.service.drain.wakeAt(edgeClock.nowMs());
    // What is due is taken up in the next turn, and what it writes arms the alarm again.
    await edgeClock.sleep(0);
    this.#armAlarm();
  }

  /** Called after every commit; the platform is told only when the time has come nearer. */
  #armAlarm(): void {
    const nowMs = edgeClock.nowMs();
    const nextMs = this.#running?.service.deps.store.feed.nextDueMs(0) ?? null;
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
