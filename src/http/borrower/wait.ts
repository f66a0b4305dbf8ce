/** Waiting for an application: `Prefer: wait=N` and server-sent events. Both are woken by commits of this process and look again by themselves. */
import { streamSSE } from 'hono/streaming';
import { APPLICATION_ENDED } from '../../domain/states.ts';
import type { Deps } from '../../flow/deps.ts';
import { viewOf, type ApplicationRow, type ApplicationView } from '../../flow/view-application.ts';
import { Work } from '../../flow/work.ts';
import type { Ctx } from '../context.ts';
import type { Lang } from '../problem.ts';

const LONGEST_WAIT_S = 30;
/** Kept open no longer than this; the browser comes back with Last-Event-ID. */
const STREAM_MS = 600_000;
const HEARTBEAT_MS = 15_000;
const MOVING = new Set<ApplicationRow['state']>(['screening', 'routing', 'pending', 'accepted']);

/** Seconds asked for by `Prefer: wait=N`, at most 30; 0 when not asked. */
export function waitSeconds(c: Ctx): number {
  const asked = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/i.exec(c.req.header('prefer') ?? '')?.[1];
  return asked === undefined ? 0 : Math.min(LONGEST_WAIT_S, Number(asked));
}

export function currentView(deps: Deps, id: string, lang: Lang, withToken = false): ApplicationView | null {
  const row = deps.store.applications.byId(id);
  return row === undefined ? null : viewOf(new Work(deps, deps.store), row, lang, { withToken });
}

/** Resolves when the application needs its borrower or has ended, or after `seconds`. */
export async function untilSettled(deps: Deps, id: string, seconds: number, signal: AbortSignal): Promise<void> {
  const untilMs = deps.clock.nowMs() + seconds * 1_000;
  const still = (): boolean => {
    const row = deps.store.applications.byId(id);
    return row !== undefined && MOVING.has(row.state) && !row.quarantined;
  };
  while (still() && !signal.aborted) {
    const leftMs = untilMs - deps.clock.nowMs();
    if (leftMs <= 0) return;
    await nextChange(deps, id, leftMs, signal);
  }
}

/** The application's progress as events `status`, each a whole view, numbered by its event sequence. */
export function progress(deps: Deps, c: Ctx, id: string): Response {
  const lang = c.get('lang');
  return streamSSE(c, async (stream) => {
    const stop = new AbortController();
    stream.onAbort(() => stop.abort());
    const untilMs = deps.clock.nowMs() + STREAM_MS;
    let sent = Number(c.req.header('last-event-id') ?? '-1');
    if (!Number.isSafeInteger(sent)) sent = -1;
    while (!stop.signal.aborted && deps.clock.nowMs() < untilMs) {
      const row = deps.store.applications.byId(id);
      if (row === undefined) return;
      if (row.eventSeq > sent) {
        sent = row.eventSeq;
        await stream.writeSSE({ id: String(sent), event: 'status', data: JSON.stringify(viewOf(new Work(deps, deps.store), row, lang)) });
      }
      if (APPLICATION_ENDED.has(row.state)) return;
      const changed = await nextChange(deps, id, HEARTBEAT_MS, stop.signal);
      if (!changed && !stop.signal.aborted) await stream.write(': still here\n\n');
    }
  });
}

/** True when it changed, false when the time ran out. */
async function nextChange(deps: Deps, id: string, ms: number, signal: AbortSignal): Promise<boolean> {
  const woken = new AbortController();
  let changed = false;
  const wake = (): void => {
    changed = true;
    woken.abort();
  };
  const unlisten = deps.signals.listen(id, wake);
  const abort = (): void => woken.abort();
  signal.addEventListener('abort', abort, { once: true });
  await deps.clock.sleep(ms, woken.signal);
  signal.removeEventListener('abort', abort);
  unlisten();
  return changed;
}
