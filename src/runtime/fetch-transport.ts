/**
 * The transport port over a `fetch`, for a host that offers nothing lower (Cloudflare).
 * `fetch` does not tell how far a request got, so nearly every failure is `lost`; only a target refused by us, or a cause that names a
 * failed look-up or connect, is `refused`. Names cannot be resolved here before they are dialled: guarded targets are checked by what
 * is written in them, and the platform's own network, which reaches no private address, is the second wall.
 * Bodies arrive decompressed, and the limit counts those bytes.
 */
import type { Clock } from '../ports/clock.ts';
import type { OutboundRequest, OutboundResponse, SendOptions, SendOutcome, Transport } from '../ports/transport.ts';
import { checkTarget, parseTarget } from './ssrf.ts';

export interface FetchTransportDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Pick<Clock, 'after'>;
  /** Sandbox and tests alone. */
  readonly allowLoopback?: boolean;
}

export function createFetchTransport(deps: FetchTransportDeps): Transport {
  const policy = { allowLoopback: deps.allowLoopback ?? false };
  return {
    async send(request, options) {
      const verdict = options.target === 'guarded' ? checkTarget(request.url, policy) : parseTarget(request.url);
      if (!verdict.ok) return { kind: 'refused', why: verdict.why };
      return exchange(deps, request, options);
    },
  };
}

async function exchange(deps: FetchTransportDeps, request: OutboundRequest, options: SendOptions): Promise<SendOutcome> {
  const aborter = new AbortController();
  let timedOut = false;
  const cancelTimer = deps.clock.after(options.timeoutMs, () => {
    timedOut = true;
    aborter.abort();
  });
  try {
    const init = toInit(request, aborter.signal);
    if (init === null) return { kind: 'refused', why: 'bad_url' };
    // Called through a local: some hosts refuse `fetch` with a foreign `this`.
    const { fetch } = deps;
    const response = await fetch(request.url, init);
    const body = await readBody(response, options.maxBodyBytes);
    if (body === null) {
      aborter.abort();
      return { kind: 'lost', why: 'body_too_large' };
    }
    return { kind: 'response', response: toResponse(response, body) };
  } catch (error) {
    return timedOut ? { kind: 'lost', why: 'timeout' } : fromError(error);
  } finally {
    cancelTimer();
  }
}

/** Null when the request cannot be put in HTTP's form at all: nothing was sent. */
function toInit(request: OutboundRequest, signal: AbortSignal): RequestInit | null {
  try {
    const body = typeof request.body === 'string' || request.body === null ? request.body : new Uint8Array(request.body);
    return { method: request.method, headers: new Headers(request.headers), body, redirect: 'manual', signal };
  } catch {
    return null;
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  const declared = response.headers.get('content-length');
  if (declared !== null && Number(declared) > maxBytes) return null;
  if (response.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) return null;
    chunks.push(value);
  }
  return join(chunks, size);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function toResponse(response: Response, body: Uint8Array): OutboundResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  return { status: response.status, headers, body };
}

const DNS_CODES: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NONAME']);
const CONNECT_CODES: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

function fromError(error: unknown): SendOutcome {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (DNS_CODES.has(code)) return { kind: 'refused', why: 'dns' };
  if (CONNECT_CODES.has(code)) return { kind: 'refused', why: 'connect' };
  return { kind: 'lost', why: 'reset' };
}
