/** What objects of one service say to each other: JSON, in which bytes are written as Node writes a Buffer. */
import type { Clock } from '../../ports/clock.ts';
import { Unreachable } from '../../flow/cells/away.ts';

/** Another object. Resolves with what it answers; rejects when it cannot be reached. */
export type Ask = (request: Request) => Promise<Response>;

const ORIGIN = 'http://millrace.internal';
/** Who has not answered by then is not there, as far as a borrower's request is concerned. */
const PATIENCE_MS = 2_000;

/** Null for 404; `Unreachable` for no answer in time, and for one that makes no sense. */
export async function askJson(
  ask: Ask,
  clock: Clock,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  patienceMs = PATIENCE_MS,
): Promise<unknown> {
  const reply = await inTime(
    clock,
    patienceMs,
    ask(
      new Request(`${ORIGIN}${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    ).then(async (response) => ({ status: response.status, text: await response.text() })),
  );
  if (reply.status === 404) return null;
  if (reply.status !== 200 && reply.status !== 409) throw new Unreachable(`answered ${reply.status}`);
  return fromWire(reply.text);
}

/** Any other exchange, as it is. */
export async function askRaw(
  ask: Ask,
  clock: Clock,
  path: string,
  init: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
) {
  const request = new Request(`${ORIGIN}${path}`, { method: 'POST', headers: init.headers, body: init.body as BodyInit });
  return inTime(clock, PATIENCE_MS, ask(request));
}

export function fromWire(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => (isBuffer(value) ? bytesOf(value.data) : value)) as unknown;
}

/** For what is mostly bytes: they are a third of the size in base64. */
export function toWire(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, made: unknown) {
    const own = this[key];
    return own instanceof Uint8Array ? { type: 'Buffer', data: Buffer.from(own.buffer, own.byteOffset, own.byteLength).toString('base64') } : made;
  });
}

function bytesOf(data: string | readonly number[]): Buffer {
  return typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.from(data);
}

async function inTime<T>(clock: Clock, patienceMs: number, answer: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = clock.sleep(patienceMs, stop.signal).then((): never => {
    throw new Unreachable('no answer in time');
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw error instanceof Unreachable ? error : new Unreachable('no answer');
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}

function isBuffer(value: unknown): value is { readonly data: string | readonly number[] } {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'Buffer' || !('data' in value)) return false;
  return typeof value.data === 'string' || Array.isArray(value.data);
}
