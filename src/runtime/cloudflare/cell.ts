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
import { problem } from '../../domain/failures.ts';
import { problemResponse } from '../../http/problem.ts';
import { IMPORT } from '../cells/importer.ts';
import { openPart, type OpenPart, type RunningPart } from './start-part.ts';

/** Longest time without a look at the timer table: a lost alarm costs no more than this. */
const RECHECK_MS = 30_000;
/** Rows that are being worked on stay due until their handler moves them, so the next look is never at once. */
const SOONEST_MS = 1_000;

class PartObject {
  readonly #state: DurableObjectState;
  readonly #env: Bindings;
  #alarmAtMs = Number.POSITIVE_INFINITY;
  #part: OpenPart | null = null;
  #starting: Promise<void> | null = null;
  #running: RunningPart | null = null;

  constructor(state: DurableObjectState, env: Bindings) {
    this.#state = state;
    this.#env = env;
    void state.blockConcurrencyWhile(() => this.#begin());
  }

  async fetch(request: Request): Promise<Response> {
    const importer = this.#part?.importer;
    if (importer !== undefined && new URL(request.url).pathname.startsWith(IMPORT)) return importer.answer(request);
    if (importer?.waits() === true) return movingIn(request);
    return this.#running?.answer(request) ?? starting(request);
  }

  async alarm(): Promise<void> {
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    // Before anything is done: whatever that does to this object, there is a next time.
    this.#armAlarm();
    if (this.#running === null) return this.#state.blockConcurrencyWhile(() => this.#begin());
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
  async #begin(): Promise<void> {
    try {
      this.#part ??= openPart(await numberOf(this.#state), this.#state.storage, readEnvironment(this.#env), this.#env, () => this.#start());
      if (!this.#part.importer.waits()) await this.#start();
    } catch (error) {
      complain('part.not_started', error);
    }
    this.#armAlarm();
  }

  /** Once, however often it is called; again only after it failed. */
  #start(): Promise<void> {
    this.#starting ??= this.#part!.start(() => this.#armAlarm()).then(
      (running) => {
        this.#running = running;
        this.#armAlarm();
      },
      (error: unknown) => {
        this.#starting = null;
        throw error;
      },
    );
    return this.#starting;
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

function movingIn(request: Request): Response {
  const waiting = problem('overloaded', '数据正在迁入，请稍后再试', 'the data is being moved in; try again later', { retryAfterS: 5 });
  return problemResponse(waiting, 'zh', request.headers.get('x-request-id') ?? 'req_moving');
}

const NAME = 'name';

/** The number an object was named by; the desk is named by none. Kept, since one that an alarm wakes is not told. */
async function numberOf({ id, storage }: DurableObjectState): Promise<number> {
  const kept = await storage.get(NAME);
  const name = id.name ?? kept;
  if (typeof name !== 'string') throw new Error('an object without a name is not ours');
  if (kept === undefined) await storage.put(NAME, name);
  return name === 'desk' ? DESK_CELL : Number(name);
}
