/**
 * A cell, or the desk, as a Durable Object: a service in a database of its own, the same code as on the Node host.
 * In: requests from the Worker, and alarms. The alarm stands at the earliest row of the timer table, so that an object that was evicted,
 * or killed, takes its work up again; it must never throw, since after six failures in a row the platform calls no more.
 */
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
  #alarmAtMs = Number.POSITIVE_INFINITY;
  #part: OpenPart | null = null;
  #starting: Promise<void> | null = null;
  #running: RunningPart | null = null;

  constructor(state: DurableObjectState, env: Bindings) {
    this.#state = state;
    void state.blockConcurrencyWhile(async () => {
      this.#part = openPart(await numberOf(state), state.storage, readEnvironment(env), env, () => this.#start());
      if (!this.#part.importer.waits()) await this.#start();
    });
  }

  async fetch(request: Request): Promise<Response> {
    const { importer } = this.#part!;
    if (new URL(request.url).pathname.startsWith(IMPORT)) return importer.answer(request);
    // Its start failed after an import, and may not a second time.
    if (this.#running === null && !importer.waits()) await this.#start();
    return this.#running === null ? movingIn(request) : this.#running.answer(request);
  }

  async alarm(): Promise<void> {
    if (this.#running === null) return;
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    this.#running.wake();
    this.#running.service.drain.wakeAt(edgeClock.nowMs());
    // What is due is taken up in the next turn, and what it writes arms the alarm again.
    await edgeClock.sleep(0);
    this.#armAlarm();
  }

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
