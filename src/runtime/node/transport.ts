/**
 * The transport port over undici, for Node. HTTP/1.1, keep-alive, no pipelining, no redirects, no retries.
 *
 * What tells `refused` from `lost`: undici calls `onRequestStart` just before it writes the request to a connected socket. Before that
 * nothing has been sent, whatever the error; after it everything that is not a whole response is `lost`. A kept-alive socket that the
 * other side closed just as we wrote to it therefore counts as `lost`, though usually nothing was read from it: that cannot be told
 * from a server that read the request and died. Sockets are kept for 4 s only (most servers keep theirs 5 s and more; a `keep-alive`
 * header is honoured less 2 s), so that it stays rare.
 *
 * Trusted and guarded targets have pools of their own: a guarded request never rides on a socket whose address was not checked.
 * Bodies are handed on as they came; no `accept-encoding` is sent and none is decoded.
 */
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import type { OutboundRequest, SendOptions, SendOutcome, Transport } from '../../ports/transport.ts';
import { checkAddress, checkTarget, parseTarget, type TargetPolicy, type TargetVerdict } from '../ssrf.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface UndiciTransportOptions {
  /** Sandbox and tests: guarded targets may be on loopback. */
  readonly allowLoopback?: boolean;
  /** All addresses of a name; the system's resolver when absent. Never asked for an IP literal. */
  readonly lookup?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
  /** Sockets per origin; requests beyond it wait within their own timeout. */
  readonly maxSockets?: number;
}

export interface ClosableTransport extends Transport {
  /** Ends every socket; requests under way are `lost`. */
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 4_000;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
const MOST_REMEMBERED = 1_000;

export function createUndiciTransport(options: UndiciTransportOptions = {}): ClosableTransport {
  const policy: TargetPolicy = { allowLoopback: options.allowLoopback ?? false };
  const resolve = options.lookup ?? resolveBySystem;
  const maxSockets = options.maxSockets ?? 256;
  const trusted = createAgent(
    toLookup(resolve, () => true),
    maxSockets,
  );
  const guarded = createAgent(
    toLookup(resolve, (address) => checkAddress(address, policy)),
    maxSockets,
  );
  const trustedTarget = remembered(parseTarget);
  const guardedTarget = remembered((url) => checkTarget(url, policy));
  return {
    async send(request, sendOptions) {
      const isGuarded = sendOptions.target === 'guarded';
      const target = isGuarded ? guardedTarget(request.url) : trustedTarget(request.url);
      if (typeof target === 'string') return { kind: 'refused', why: target };
      return exchange(isGuarded ? guarded : trusted, target, request, sendOptions);
    },
    async close() {
      await Promise.all([trusted.destroy(), guarded.destroy()]);
    },
  };
}

function createAgent(lookup: LookupFunction, maxSockets: number): Agent {
  return new Agent({
    connect: { lookup },
    connectTimeout: CONNECT_TIMEOUT_MS,
    connections: maxSockets,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: 60_000,
    maxHeaderSize: MAX_HEADER_BYTES,
    // One timer per request, ours, covers the whole budget; undici's would only repeat it by phases, and coarsely.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** The look-up of the connection itself: the addresses it answers with are the ones that get dialled. One bad address spoils the name. */
function toLookup(resolve: (hostname: string) => Promise<readonly ResolvedAddress[]>, allowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const first = addresses[0];
        if (first === undefined) callback(new LookupError('ENOTFOUND'), '', 0);
        else if (!addresses.every(({ address }) => allowed(address))) callback(new LookupError('EBLOCKED'), '', 0);
        else if (options.all === true)
          callback(
            null,
            addresses.map(({ address, family }) => ({ address, family })),
          );
        else callback(null, first.address, first.family);
      },
      () => callback(new LookupError('ENOTFOUND'), '', 0),
    );
  };
}

/** Codes are what undici hands on; a message with the name in it would end up in logs. */
class LookupError extends Error {
  readonly code: 'ENOTFOUND' | 'EBLOCKED';
  constructor(code: 'ENOTFOUND' | 'EBLOCKED') {
    super(`lookup: ${code}`);
    this.code = code;
  }
}

function resolveBySystem(hostname: string): Promise<readonly ResolvedAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

/** Where a request goes, or why it may not. */
type Target = { readonly origin: string; readonly path: string } | 'bad_url' | 'blocked_target';

/**
 * The same few URLs are called again and again, and a verdict depends on nothing but the URL's text (what its name resolves to is checked
 * at the connection). A URL with a query may carry something of one borrower, so it is not kept.
 */
function remembered(judge: (url: string) => TargetVerdict): (url: string) => Target {
  const known = new Map<string, Target>();
  return (url) => {
    const kept = known.get(url);
    if (kept !== undefined) return kept;
    const verdict = judge(url);
    const target: Target = verdict.ok ? { origin: verdict.url.origin, path: verdict.url.pathname + verdict.url.search } : verdict.why;
    if (url.includes('?')) return target;
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(url, target);
    return target;
  };
}

function exchange(agent: Agent, { origin, path }: Exclude<Target, string>, request: OutboundRequest, options: SendOptions): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const handler = new Exchange(resolve, options);
    try {
      agent.dispatch({ origin, path, method: request.method, headers: request.headers, body: request.body }, handler);
    } catch (error) {
      // Thrown before anything is queued: a header that cannot be put on the wire.
      handler.fail(error);
    }
  });
}

/** One request's life at undici. Settles once; whatever comes later is dropped. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (outcome: SendOutcome) => void;
  readonly #maxBodyBytes: number;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(resolve: (outcome: SendOutcome) => void, options: SendOptions) {
    this.#resolve = resolve;
    this.#maxBodyBytes = options.maxBodyBytes;
    this.#timer = setTimeout(() => {
      // Not yet on a socket, and `onRequestStart` will see to it that it never is.
      if (this.#controller === null) this.#settle({ kind: 'refused', why: 'connect' });
      else this.#cutOff('timeout');
    }, options.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a socket, or about to be written a second time: by throwing here the request is dropped unsent.
    if (this.#settled || this.#controller !== null) throw new NotToBeSent('not to be sent');
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      if (value !== undefined) this.#headers[name] = typeof value === 'string' ? value : value.join(', ');
    }
    if (Number(this.#headers['content-length']) > this.#maxBodyBytes) this.#cutOff('body_too_large');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#maxBodyBytes) this.#cutOff('body_too_large');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const whole = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    // As plain bytes: a Buffer's `slice` and `toString` are not those of a Uint8Array.
    const body = new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
    this.#settle({ kind: 'response', response: { status: this.#status, headers: this.#headers, body } });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    this.#settle(
      this.#controller === null ? unsent(error) : { kind: 'lost', why: codeOf(error) === 'UND_ERR_HEADERS_OVERFLOW' ? 'body_too_large' : 'reset' },
    );
  }

  #cutOff(why: 'timeout' | 'body_too_large'): void {
    this.#settle({ kind: 'lost', why });
    this.#controller?.abort(new NotToBeSent(why));
  }

  #settle(outcome: SendOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#chunks = outcome.kind === 'response' ? this.#chunks : [];
    this.#resolve(outcome);
  }
}

class NotToBeSent extends Error {
  override name = 'NotToBeSent';
}

const DNS_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA']);
const UNWRITABLE_CODES: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'UND_ERR_NOT_SUPPORTED']);

function unsent(error: unknown): SendOutcome {
  const code = codeOf(error);
  if (code === 'EBLOCKED') return { kind: 'refused', why: 'blocked_target' };
  if (DNS_CODES.has(code)) return { kind: 'refused', why: 'dns' };
  return { kind: 'refused', why: UNWRITABLE_CODES.has(code) ? 'bad_url' : 'connect' };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
