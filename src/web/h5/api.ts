/** Requests to the service. What can be repeated safely is repeated until the network is back; what must not happen twice carries one key however often it is sent. */
import { fnv1a } from '../../domain/fnv.ts';
import { token } from '../shared/random.ts';
import { forget, keep, read } from './kept.ts';

export interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

/** The service said no, in words for the person. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly retryAfterS: number;
  constructor(status: number, body: Partial<Pick<Refused, 'code' | 'errors'>> & { readonly detail?: string }, retryAfterS: number) {
    super(body.detail ?? String(status));
    this.status = status;
    this.code = body.code ?? '';
    this.errors = body.errors ?? [];
    this.retryAfterS = retryAfterS;
  }
}
/** It could not be reached, for longer than it is worth waiting. */
export class Offline extends Error {}

export const credentials = { key: '', token: '', lang: 'zh' };

export interface Asking {
  readonly json?: unknown;
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Name of an intention with one effect: its Idempotency-Key is kept until the service has answered. */
  readonly intent?: string;
  /** A POST without an intention that may be sent again all the same. */
  readonly again?: boolean;
  readonly timeoutMs?: number;
}

const WAITS_MS = [700, 1_500, 3_000, 5_000, 8_000, 13_000, 20_000];
const PASSING = new Set([502, 503, 504]);
const USUAL_TIMEOUT_MS = 30_000;

type Listener = (online: boolean) => void;
const listeners = new Set<Listener>();

/** Told `false` when a request waits for the network, `true` when one got through. */
export function onConnection(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
function connection(online: boolean): void {
  for (const listener of listeners) listener(online);
}

/** Rejects with `Refused`, `Offline`, or as the signal aborts. */
export async function ask<T>(method: string, path: string, asking: Asking = {}): Promise<T> {
  const body = asking.form ?? (asking.json === undefined ? undefined : JSON.stringify(asking.json));
  const intention = asking.intent === undefined ? null : intentionOf(asking.intent, typeof body === 'string' ? body : '');
  const repeatable = method !== 'POST' || intention !== null || asking.again === true;
  const headers = headersOf({
    ...(asking.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(intention === null ? {} : { 'idempotency-key': intention.key }),
    ...asking.headers,
  });
  for (let tries = 0; ; tries += 1) {
    const last = !repeatable || tries >= WAITS_MS.length;
    try {
      const response = await send(method, path, headers, body, asking);
      if (!PASSING.has(response.status) || last) {
        connection(true);
        const answered = await readAnswer<T>(response);
        if (!('inFlight' in answered) || last) {
          if (intention !== null) forget(intention.name);
          if ('value' in answered) return answered.value;
          throw answered.refused;
        }
      }
    } catch (error) {
      if (error instanceof Refused || asking.signal?.aborted === true) throw error;
      if (last) throw new Offline();
      connection(false);
    }
    await pause(WAITS_MS[tries]!, asking.signal);
  }
}

async function send(method: string, path: string, headers: Record<string, string>, body: BodyInit | undefined, asking: Asking): Promise<Response> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const timer = setTimeout(abort, asking.timeoutMs ?? USUAL_TIMEOUT_MS);
  asking.signal?.addEventListener('abort', abort);
  try {
    return await fetch(path, { method, headers, signal: stop.signal, ...(body === undefined ? {} : { body }) });
  } finally {
    clearTimeout(timer);
    asking.signal?.removeEventListener('abort', abort);
  }
}

type Answered<T> = { readonly value: T } | { readonly refused: Refused; readonly inFlight?: true };

async function readAnswer<T>(response: Response): Promise<Answered<T>> {
  const text = await response.text();
  if (response.ok) return { value: (text === '' ? null : JSON.parse(text)) as T };
  const refused = new Refused(response.status, parsed(text), Number(response.headers.get('retry-after') ?? 0));
  return refused.code === 'idempotency_in_flight' ? { refused, inFlight: true } : { refused };
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}

export function headersOf(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { key, token, lang } = credentials;
  return {
    'accept-language': lang,
    ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    ...(token === '' ? {} : { 'client-token': token }),
    ...more,
  };
}

/** The key of an intention: the same while the same is wanted, also after the page was loaded anew. */
function intentionOf(intent: string, body: string): { readonly name: string; readonly key: string } {
  const name = `intent.${intent}`;
  const mark = fnv1a(body);
  const known = read<{ readonly key: string; readonly mark: number }>(name);
  if (known?.mark === mark) return { name, key: known.key };
  const key = token(16);
  keep(name, { key, mark });
  return { name, key };
}

/** Over early when the network comes back. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal?.addEventListener('abort', done);
  });
}
