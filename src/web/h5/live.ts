/** An application as it moves: by its events; where they do not come through, by waiting requests. */
import { ENDED, readEvents } from '../shared/progress.ts';
import { ask, headersOf, pause } from './api.ts';
import type { View } from './types.ts';

const SILENT_MS = 45_000;
const BROKEN_TRIES = 3;
const POLL_WAIT_S = 20;
const STILL_MS = 3_000;

/** Calls `seen` with each new view until the application has ended or `signal` aborts. */
export async function follow(id: string, seen: (view: View) => void, signal: AbortSignal): Promise<void> {
  let last = '';
  let broken = 0;
  while (!signal.aborted) {
    try {
      if (broken >= BROKEN_TRIES) {
        const view = await ask<View>('GET', `/v1/applications/${id}`, { headers: { prefer: `wait=${POLL_WAIT_S}` }, signal, timeoutMs: 60_000 });
        seen(view);
        if (ENDED.has(view.status)) return;
        await pause(STILL_MS, signal);
        continue;
      }
      const ended = await stream(id, last, signal, (eventId, view) => {
        broken = 0;
        last = eventId;
        seen(view);
      });
      if (ended) return;
      broken += 1;
    } catch {
      broken += 1;
    }
    if (!signal.aborted) await pause(250 * 2 ** Math.min(broken, 5), signal);
  }
}

/** True when the application has ended; false when the stream broke off or was over. */
async function stream(id: string, last: string, signal: AbortSignal, event: (id: string, view: View) => void): Promise<boolean> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  signal.addEventListener('abort', abort);
  let timer = setTimeout(abort, SILENT_MS);
  try {
    const response = await fetch(`/v1/applications/${id}/events`, {
      headers: headersOf({ accept: 'text/event-stream', ...(last === '' ? {} : { 'last-event-id': last }) }),
      signal: stop.signal,
    });
    if (!response.ok || response.body === null) throw new Error('no stream');
    return await readEvents(
      response.body,
      (eventId, data) => {
        const view = JSON.parse(data) as View;
        event(eventId, view);
        return ENDED.has(view.status);
      },
      () => {
        clearTimeout(timer);
        timer = setTimeout(abort, SILENT_MS);
      },
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stop.abort();
  }
}
