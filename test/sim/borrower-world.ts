/** What a simulated borrower can do in the world: sleep, call us, insist, open a funder's page. */
import type { Dice } from './dice.ts';
import type { Fact } from './facts.ts';
import type { Reply } from './network.ts';
import { PUBLIC_URL } from './setting.ts';

export interface BorrowerWorld {
  readonly dice: Dice;
  readonly fickle: number;
  readonly patience: readonly [number, number];
  readonly funderIds: readonly string[];
  readonly nowMs: () => number;
  /** False once the main part is over: then nobody begins anything any more. */
  readonly open: () => boolean;
  readonly sleep: (ms: number) => Promise<void>;
  readonly call: (request: Ask) => Promise<Reply | null>;
  readonly keys: { readonly publishable: string; readonly secret: string };
  /** What the service has said yes to; from then on it must be so. */
  readonly acknowledged: (fact: Fact) => void;
  readonly fail: (invariant: string, detail: string) => void;
  /** Opens a page of a funder's, and there agrees or not. */
  readonly visit: (url: string, agrees: boolean) => void;
  /** A partner hears of a click and reports on it. */
  readonly clicked: (clickId: string) => void;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An application of one's own. */
export interface Mine {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly phone: string;
  readonly cards: readonly string[];
}

/** The same call with the same key until it is answered, at most so often; null when it never was. */
export async function insist(world: BorrowerWorld, request: Ask): Promise<Reply | null> {
  for (let attempt = 1; attempt <= 6 && world.open(); attempt += 1) {
    const reply = await world.call(request);
    const again = reply === null || reply.status === 503 || (reply.status === 409 && reply.text.includes('idempotency_in_flight'));
    if (!again) return reply;
    await world.sleep(world.dice.between(200, 4_000));
  }
  return null;
}

export function ask(mine: Mine, method: Ask['method'], rest: string, body?: object): Ask {
  return { method, path: `/v1/applications/${mine.id}${rest}`, headers: mine.headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

export function requestOf({ method, path, headers, body }: Ask): Request {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Request(`${PUBLIC_URL}${path}`, { method, headers: { ...headers, ...length }, ...(body === undefined ? {} : { body }) });
}
