/** Requests that may be tried again without a second effect. */
import { hexOf } from '../../domain/hex.ts';
import { token } from '../shared/random.ts';
import { place } from './kept.ts';

export interface Answer {
  readonly value: unknown;
  readonly reply: Response;
}

export interface Send {
  (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer>;
  /** A creation that happens once, however often this is called with the same content. */
  once(path: string, body: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** A refusal, as RFC 9457 has it: `errors` name the fields by pointer, in the visitor's language. */
export class Refused extends Error {
  readonly problem: { readonly code: string; readonly errors?: readonly { readonly pointer: string; readonly message: string }[] };
  readonly status: number;
  constructor(status: number, problem: Refused['problem'] & { readonly title?: string }) {
    super(problem.title ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}

const TRIES = 6;
const FIRST_WAIT_MS = 500;
/** What may pass if one comes again: too much at once, a reply still in work, a host that is starting. */
const AGAIN = [409, 429, 502, 503, 504];
const KEPT = 'millrace.sending';

export function createSender({ api, key, lang }: { api: string; key: string; lang: string }): Send {
  const send: Send = async (method, path, body, headers = {}, signal) => {
    const form = typeof FormData !== 'undefined' && body instanceof FormData;
    const reply = await fetch(api + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'accept-language': lang,
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: form || typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: 'omit',
    });
    if (/event-stream/.test(reply.headers.get('content-type') ?? '')) return { value: null, reply };
    const text = await reply.text();
    const value = parsed(text);
    if (!reply.ok) throw new Refused(reply.status, { code: 'unknown', ...(value as object) });
    return { value, reply };
  };

  send.once = async (path, body) => {
    const kept = place(KEPT);
    const mark = await digest(JSON.stringify({ ...body, consents: undefined }));
    const before = kept.read() as { mark: string; key: string; consents: unknown } | null;
    // Times of consent are part of what was sent the first time; the same application sends the same ones again. No personal data is kept.
    const intent = before?.mark === mark ? before : { mark, key: `once-${token(16)}`, consents: body['consents'] };
    kept.write(intent);
    const text = JSON.stringify({ ...body, consents: intent.consents });
    const answer = await untilTaken(() =>
      send('POST', path, text, { 'idempotency-key': intent.key, 'content-type': 'application/json', prefer: 'wait=8' }),
    );
    kept.write(null);
    return answer;
  };
  return send;
}

async function untilTaken(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Refused && !AGAIN.includes(error.status)) {
        // It was heard and refused: what follows is another application.
        place(KEPT).write(null);
        throw error;
      }
      if (tried === TRIES) throw error;
    }
    await Promise.all([online(), wait(FIRST_WAIT_MS * 2 ** (tried - 1) * (0.5 + Math.random()))]);
  }
}

/** Resolves at once, or when the browser is back on line. */
function online(): Promise<unknown> {
  return navigator.onLine === false ? new Promise((resolve) => addEventListener('online', resolve, { once: true })) : Promise.resolve();
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** SHA-256 where the page is secure; elsewhere the length and a sum, which only have to tell one form of one device from the next. */
async function digest(text: string): Promise<string> {
  if (crypto.subtle !== undefined) return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return `${text.length}.${sum}`;
}
