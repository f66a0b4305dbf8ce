/** An application as it moves: server-sent events read with `fetch`, since `EventSource` sends no headers; where they do not come through, by waiting requests. */
import { ask, headersOf, pause } from './api.ts';
import { ENDED, type View } from './types.ts';

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
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      clearTimeout(timer);
      timer = setTimeout(abort, SILENT_MS);
      text += decoder.decode(value, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = fieldsOf(text.slice(0, end));
        text = text.slice(end + 2);
        if (fields.data === undefined) continue;
        const view = JSON.parse(fields.data) as View;
        event(fields.id ?? last, view);
        if (ENDED.has(view.status)) return true;
      }
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stop.abort();
  }
}

function fieldsOf(block: string): { readonly id?: string; readonly data?: string } {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields[name] = name in fields ? `${fields[name]}\n${value}` : value;
  }
  return fields;
}
