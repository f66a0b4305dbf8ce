/**
 * Replays every case of every adapter. A case is JSON beside its adapter; its folder carries a rule: `exemplary` shows how the protocol goes
 * and may hold no failure, `supplemental` may. Inputs are copied first and must come out unchanged.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterContext, FieldValues, FunderAdapter, OutboundResponse } from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { unseal } from '../../src/sandbox/protocols/cedar.ts';
import { callback, forged, inbound, response, sealed } from './funder-side.ts';
import { ATTEMPT, contextOf, FIELDS, granted, NOW_MS } from './world.ts';

interface Case {
  readonly note: string;
  readonly call: 'precheck' | 'submit' | 'query' | 'cancel' | 'draw' | 'callback';
  readonly fields?: Partial<FieldValues>;
  readonly terms?: { readonly amount: number; readonly termMonths: number };
  readonly request?: { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly json?: unknown };
  /** What the request's sealed content opens to. */
  readonly content?: unknown;
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
    readonly sealed?: unknown;
  };
  readonly answer?: unknown;
  readonly callback?: { readonly says?: object; readonly text?: string; readonly agedS?: number; readonly forged?: boolean };
  readonly verify?: unknown;
  readonly news?: unknown;
  readonly acknowledge?: { readonly status: number; readonly text: string };
}

const FOLDERS = ['exemplary', 'supplemental'] as const;
/** Every adapter must show what it makes of these. */
const REQUIRED = [
  'approved',
  'declined',
  'pending',
  'disbursed',
  'unknown-status',
  'malformed-body',
  'empty-body',
  'http-400',
  'http-401',
  'http-429',
  'http-503',
  'forged-callback',
];
const ROOT = join(import.meta.dirname, '../../adapters');

for (const [id, adapter] of adapters) {
  const cases = FOLDERS.flatMap((folder) => casesIn(id, folder));

  describe(id, () => {
    it('shows at least ten cases, and all that every adapter must show', () => {
      expect(cases.length).toBeGreaterThanOrEqual(10);
      const names = cases.map(({ name }) => name);
      expect(REQUIRED.filter((required) => !names.some((name) => name.includes(required)))).toEqual([]);
    });

    for (const { folder, name, read } of cases) {
      it(`${folder}/${name}`, () => {
        const replayed = replay(adapter, contextOf(id), read);
        if (folder === 'exemplary') expect(failuresIn(replayed)).toEqual([]);
      });
    }
  });
}

function casesIn(id: string, folder: (typeof FOLDERS)[number]): { folder: string; name: string; read: Case }[] {
  const path = join(ROOT, id, 'cases', folder);
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ folder, name: file.slice(0, -'.json'.length), read: JSON.parse(readFileSync(join(path, file), 'utf8')) as Case }));
}

/** Replays one case, checks it, and returns what the adapter answered. */
function replay(adapter: FunderAdapter, ctx: AdapterContext, given: Case): readonly unknown[] {
  return given.call === 'callback' ? replayCallback(adapter, ctx, given) : replayCall(adapter, ctx, given);
}

function replayCall(adapter: FunderAdapter, ctx: AdapterContext, given: Case): readonly unknown[] {
  if (given.request !== undefined) checkRequest(adapter, ctx, given);
  if (given.response === undefined) return [];
  const call = adapter[given.call as 'submit'];
  expect(call, 'the case is for a capability the adapter lacks').toBeDefined();
  const answered = unchanged([ctx, responseOf(given.response)] as const, (copy) => call.read(...copy));
  expect(answered).toEqual(given.answer);
  return [answered];
}

function checkRequest(adapter: FunderAdapter, ctx: AdapterContext, given: Case): void {
  const fields = { ...FIELDS, ...given.fields };
  const built = unchanged([ctx, ATTEMPT, fields] as const, ([context, attempt, values]) => {
    switch (given.call) {
      case 'precheck':
        return adapter.precheck!.build(context, attempt, granted(adapter.precheck!.needs, values));
      case 'submit':
        return adapter.submit.build(context, attempt, granted(adapter.submit.needs, values));
      case 'draw':
        return adapter.draw!.build(context, attempt, { amount: amountMinor(given.terms!.amount), termMonths: given.terms!.termMonths });
      default:
        return adapter[given.call as 'query']!.build(context, attempt);
    }
  });
  const { body, ...head } = built;
  const json: unknown = body === null ? undefined : JSON.parse(body as string);
  expect({ ...head, ...(json === undefined ? {} : { json }) }).toEqual(given.request);
  if (given.content !== undefined) expect(unseal(ctx.secrets, (json as { bizContent: string }).bizContent)).toEqual(given.content);
}

function replayCallback(adapter: FunderAdapter, ctx: AdapterContext, given: Case): readonly unknown[] {
  const told = given.callback!;
  const honest = told.says === undefined ? inbound(told.text ?? '') : callback(adapter.manifest.id, told.says, NOW_MS - (told.agedS ?? 0) * 1_000);
  const message = told.forged === true ? forged(adapter.manifest.id, honest) : honest;
  const verdict = unchanged([ctx, message] as const, (copy) => adapter.callback!.verify(...copy));
  expect(verdict).toEqual(given.verify);
  const acknowledged = adapter.callback!.acknowledge(ctx, verdict.ok ? 'stored' : 'refused');
  expect({ status: acknowledged.status, text: new TextDecoder().decode(acknowledged.body) }).toEqual(given.acknowledge);
  if (!verdict.ok) return [verdict];
  const news = unchanged([ctx, message] as const, (copy) => adapter.callback!.read(...copy));
  expect(news).toEqual(given.news);
  return [verdict, news?.answer ?? { kind: 'unknown' }];
}

/** Calls with a deep copy and requires that the copy came out as it went in. */
function unchanged<I, O>(input: I, call: (copy: I) => O): O {
  const copy = structuredClone(input);
  const output = call(copy);
  expect(copy).toEqual(input);
  return output;
}

function responseOf(given: NonNullable<Case['response']>): OutboundResponse {
  return given.sealed !== undefined ? sealed(given.sealed) : response(given.status ?? 200, given.json ?? given.text ?? '', given.headers ?? {});
}

function failuresIn(answers: readonly unknown[]): readonly unknown[] {
  return answers.filter((answer) => {
    const { kind, ok, unrecognised } = answer as { kind?: string; ok?: boolean; unrecognised?: string | null };
    return kind === 'unknown' || kind === 'unavailable' || ok === false || (unrecognised !== undefined && unrecognised !== null);
  });
}
