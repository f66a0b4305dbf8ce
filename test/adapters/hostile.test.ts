/**
 * Nothing a funder sends may throw, and nothing an adapter says may repeat a borrower or a key. What is damaged are the adapter's own exemplary
 * replies and callbacks, so that damage starts from something that is understood. fast-check prints its seed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdapterContext, FunderAdapter, InboundCallback, OutboundResponse } from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import type { CallName, Case } from './cases.ts';
import { callOf, callsOf, casesOf } from './cases.ts';
import { callback, inbound, response } from './funder-side.ts';
import { responseOf } from './replay.ts';
import { contextOf, FIELDS, secretValues } from './world.ts';

const ANSWER_KINDS = new Set(
  'eligible ineligible approved declined pending authorised offers loan unavailable unknown not_found cancelled too_late cards bound code_sent refused locked trial repaid processing failed url'.split(
    ' ',
  ),
);
/** The code is the same on both hosts and shows all it can do on Node. In workerd only the platform's crypto and decoders are others. */
const SHARE = navigator.userAgent === 'Cloudflare-Workers' ? 10 : 1;
/** Longer replies are cut at this many places, evenly. */
const CUTS = 400 / SHARE;

/** One exemplary reply: as bytes, and anew with other content in its place; null where that cannot be written in its form. */
interface Honest {
  readonly name: string;
  readonly call: CallName;
  readonly sealed: boolean;
  readonly content: unknown;
  /** Made when it is wanted: a double that cannot make one is a failure of its own tests alone. */
  whole(): OutboundResponse;
  with(content: unknown): OutboundResponse | null;
}
interface HonestCallback {
  readonly name: string;
  readonly says: unknown;
  whole(): InboundCallback;
  with(says: unknown): InboundCallback | null;
}

const statuses = fc.constantFrom(200, 201, 202, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504);
const headers = fc.dictionary(
  fc.constantFrom('retry-after', 'content-type', '__proto__'),
  fc.oneof(fc.string(), fc.constantFrom('-1', '1e9', '99999999999999999999', 'GMT', 'NaN GMT')),
);
const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', -1, 1e300, 1.5, '', '[', '９', '1e3', '-0', []),
);

for (const [id, adapter] of adapters) {
  const ctx = contextOf(id);
  const replies = repliesOf(id);
  const callbacks = callbacksOf(id);
  // What is sealed has to be opened, which with public keys takes milliseconds each time.
  const sealed = replies.some((one) => one.sealed);
  const runs = (many: number) => ({ numRuns: Math.ceil((sealed ? many / 5 : many) / SHARE), interruptAfterTimeLimit: 8_000 });

  describe(id, () => {
    it('has honest replies of every call, and callbacks where it takes any', () => {
      expect(callsOf(adapter).filter((name) => !replies.some(({ call }) => call === name))).toEqual([]);
      expect(callbacks.length > 0).toBe(adapter.callback !== undefined);
      for (const { name, whole } of callbacks) expect(adapter.callback?.verify(ctx, whole()), name).toEqual({ ok: true });
    });

    it('reads any bytes', () => {
      fc.assert(
        fc.property(statuses, headers, fc.uint8Array({ maxLength: 300 }), (status, head, bytes) => {
          readAll(adapter, ctx, response(status, bytes, head));
          askCallback(adapter, ctx, inbound(bytes, head));
        }),
        runs(100),
      );
    });

    it('reads any JSON in the place of its own', () => {
      fc.assert(
        fc.property(statuses, fc.constantFrom(...replies), fc.jsonValue({ maxDepth: 5 }), (status, honest, value) => {
          readAll(adapter, ctx, response(status, JSON.stringify(value)));
          readOwn(adapter, ctx, honest.call, honest.with(value));
          for (const one of callbacks.slice(0, 1)) askCallback(adapter, ctx, one.with(value));
        }),
        runs(100),
      );
    });

    it('reads its own replies and callbacks with any part of them replaced', () => {
      fc.assert(
        fc.property(fc.constantFrom(...partsOf(replies, ({ content }) => content)), strange, ([honest, path], value) => {
          readOwn(adapter, ctx, honest.call, honest.with(replaced(honest.content, path, value)));
        }),
        runs(300),
      );
      const told = partsOf(callbacks, ({ says }) => says);
      if (told.length === 0) return;
      fc.assert(
        fc.property(fc.constantFrom(...told), strange, ([honest, path], value) => {
          askCallback(adapter, ctx, honest.with(replaced(honest.says, path, value)));
        }),
        runs(300),
      );
    });

    it.each(replies)('reads $name cut off anywhere, and with bytes changed', ({ call, whole }) => {
      const read = callOf(adapter, call)!;
      const reply = whole();
      const { body } = reply;
      for (const length of cuts(body.length)) check(read.read(ctx, { ...reply, body: body.slice(0, length) }));
      if (body.length === 0) return;
      fc.assert(
        fc.property(changes(body), (changed) => void check(read.read(ctx, { ...reply, body: changed }))),
        runs(50),
      );
    });

    it.each(callbacks)('takes $name for nothing else when it is cut off anywhere, or any byte of it is changed', ({ whole }) => {
      const message = whole();
      const honest = adapter.callback!.read(ctx, message);
      const saysTheSame = (body: Uint8Array): void => {
        const other = { ...message, body };
        askCallback(adapter, ctx, other);
        // A body has several spellings of one value (a blank, an escape); a signature over values rightly takes them all.
        if (adapter.callback!.verify(ctx, other).ok) expect(adapter.callback!.read(ctx, other)).toEqual(honest);
      };
      for (const length of cuts(message.body.length)) saysTheSame(message.body.slice(0, length));
      fc.assert(fc.property(changes(message.body), saysTheSame), runs(100));
    });

    it('believes nothing and opens nothing when its secrets are missing', () => {
      const bare = { ...ctx, secrets: {} };
      for (const { whole } of callbacks) expect(adapter.callback!.verify(bare, whole()).ok).toBe(false);
      for (const { whole } of replies) readAll(adapter, bare, whole());
    });

    it('repeats neither a borrower nor a key, wherever the funder puts them', () => {
      const canaries = [FIELDS.name, FIELDS.phone, FIELDS.id_number, FIELDS.bank_card.number, ...secretValues(id)];
      const keepsQuiet = (answers: readonly unknown[]): void => {
        for (const answer of answers) for (const word of canaries) expect(detailsOf(answer)).not.toContain(word);
      };
      fc.assert(
        fc.property(
          statuses,
          fc.constantFrom(...partsOf(replies, ({ content }) => content)),
          fc.constantFrom(...canaries),
          (status, [honest, path], canary) => {
            const telling = replaced(honest.content, path, canary);
            const plain = {
              ...response(status, JSON.stringify({ ...telling, error: { code: canary, message: canary } })),
              headers: { 'retry-after': canary },
            };
            keepsQuiet([...readAll(adapter, ctx, plain), ...readOwn(adapter, ctx, honest.call, honest.with(telling))]);
          },
        ),
        runs(300),
      );
      const told = partsOf(callbacks, ({ says }) => says);
      if (told.length === 0) return;
      fc.assert(
        fc.property(fc.constantFrom(...told), fc.constantFrom(...canaries), ([honest, path], canary) => {
          keepsQuiet(askCallback(adapter, ctx, honest.with(replaced(honest.says, path, canary))));
        }),
        runs(200),
      );
    });
  });
}

function repliesOf(id: string): readonly Honest[] {
  return exemplary(id).flatMap(({ name, given }) => {
    const { response: told, call } = given;
    if (told === undefined || call === 'callback') return [];
    const sealed = told.reply !== undefined;
    return [
      {
        name,
        call,
        sealed,
        content: told.reply ?? told.json ?? null,
        whole: () => responseOf(id, told),
        with: (content: unknown) =>
          sealed ? possible(() => responseOf(id, { ...told, reply: content })) : response(told.status ?? 200, JSON.stringify(content)),
      },
    ];
  });
}

function callbacksOf(id: string): readonly HonestCallback[] {
  return exemplary(id).flatMap(({ name, given }) => {
    const says = given.callback?.says;
    return says === undefined ? [] : [{ name, says, whole: () => callback(id, says), with: (other: unknown) => possible(() => callback(id, other)) }];
  });
}

function exemplary(id: string): readonly { readonly name: string; readonly given: Case }[] {
  return casesOf(id)
    .filter(({ folder }) => folder === 'exemplary')
    .map(({ name, read }) => ({ name, given: read() }));
}

/** What the funder's side could write; null when it could not (a list of texts has no place for a number). */
function possible<T>(write: () => T): T | null {
  try {
    return write();
  } catch {
    return null;
  }
}

/** Every honest one with every path into what it says. */
function partsOf<T>(all: readonly T[], contentOf: (one: T) => unknown): readonly (readonly [T, readonly string[]])[] {
  return all.flatMap((one) => pathsOf(contentOf(one)).map((path) => [one, path] as const));
}

function pathsOf(value: unknown, here: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return here.length === 0 ? [] : [here];
  const below = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...here, key]));
  return here.length === 0 ? below : [here, ...below];
}

function replaced(content: unknown, path: readonly string[], value: unknown): object {
  const copy = structuredClone(content) as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce((object, key) => object[key] as Record<string, unknown>, copy);
  parent[path.at(-1)!] = value;
  return copy;
}

function cuts(length: number): readonly number[] {
  const step = Math.max(1, Math.ceil(length / CUTS));
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
}

function changes(body: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([at, by]) => body.map((byte, index) => (index === at ? byte ^ by : byte)));
}

function readOwn(adapter: FunderAdapter, ctx: AdapterContext, call: CallName, given: OutboundResponse | null): readonly unknown[] {
  return given === null ? [] : [check(callOf(adapter, call)!.read(ctx, given))];
}

/** Calls every read there is and checks the shape of what it says. */
function readAll(adapter: FunderAdapter, ctx: AdapterContext, given: OutboundResponse | null): readonly unknown[] {
  return given === null ? [] : callsOf(adapter).map((name) => check(callOf(adapter, name)!.read(ctx, given)));
}

function check(answer: { readonly kind: string }): unknown {
  expect(ANSWER_KINDS).toContain(answer.kind);
  const { retryAfterMs } = answer as { retryAfterMs?: number | null };
  if (retryAfterMs !== undefined && retryAfterMs !== null) expect(retryAfterMs >= 0 && retryAfterMs <= 86_400_000).toBe(true);
  return answer;
}

/** What a callback's reading says; `read` is for verified ones alone, but must not depend on that to stay on its feet. */
function askCallback(adapter: FunderAdapter, ctx: AdapterContext, message: InboundCallback | null): readonly unknown[] {
  if (message === null || adapter.callback === undefined) return [];
  const verdict = adapter.callback.verify(ctx, message);
  const news = adapter.callback.read(ctx, message);
  if (news === null) return [verdict];
  expect(news.attempt.value.length).toBeGreaterThan(0);
  return [verdict, check(news.answer), ...(news.repayment === undefined ? [] : [check(news.repayment.answer)])];
}

/** What the funder is asked for by name: its own numbers and addresses, and the free text of a fee. Everything else is a detail. */
const ASKED_FOR = new Set(['funderRef', 'ref', 'bindRef', 'url', 'item', 'payee']);

/** The answer's details, without its numbers: an amount may happen to read like a phone. */
function detailsOf(answer: unknown): string {
  return JSON.stringify(answer, (key, value: unknown) => (typeof value === 'number' || ASKED_FOR.has(key) ? null : value));
}
