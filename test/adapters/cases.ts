/** The cases beside each adapter, and the calls that a case can be of. Read by the bundler, so that they are there on every engine. */
/// <reference types="vite/types/importMeta.d.ts" />
import type {
  AdapterContext,
  AttemptRef,
  FieldName,
  FieldValues,
  FunderAdapter,
  OutboundRequest,
  OutboundResponse,
} from '../../adapters/contract.ts';

export const CALLS = [
  'precheck',
  'submit',
  'query',
  'cancel',
  'trial',
  'draw',
  'plan',
  'redirect',
  'cards.list',
  'cards.bind',
  'cards.verify',
  'repay.pay',
  'repay.query',
] as const;
export type CallName = (typeof CALLS)[number];

export interface ToldCallback {
  /** Given to the double to sign; `text` is taken as it stands. */
  readonly says?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agedS?: number;
  readonly forged?: boolean;
}
export interface Case {
  readonly note: string;
  readonly call: CallName | 'callback';
  readonly fields?: Partial<FieldValues>;
  /** Where the funder's own number is sent along. */
  readonly attempt?: Partial<AttemptRef>;
  readonly terms?: unknown;
  /** A header of `"*"` may have any value. Without `json` and `text` the body is compared by `content` alone. */
  readonly request?: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
  };
  /** What the funder makes of the request's sealed content. */
  readonly content?: unknown;
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
    /** Given to the double to sign and seal. */
    readonly reply?: unknown;
  };
  /** Nothing came back: shows what had been sent by then. */
  readonly timeout?: boolean;
  readonly answer?: unknown;
  readonly callback?: ToldCallback;
  /** Several, in the order they arrive; `verify` and `news` are then lists, `news` null where it was refused. */
  readonly callbacks?: readonly ToldCallback[];
  readonly verify?: unknown;
  readonly news?: unknown;
  readonly acknowledge?: unknown;
}
export interface NamedCase {
  readonly adapter: string;
  readonly folder: 'exemplary' | 'supplemental';
  readonly name: string;
  /** A copy of the case of one's own. */
  read(): Case;
}

const FILES = import.meta.glob<string>('../../adapters/*/cases/*/*.json', { eager: true, query: '?raw', import: 'default' });

/** An adapter's cases in the order of their names. */
export function casesOf(adapterId: string): readonly NamedCase[] {
  return Object.entries(FILES).flatMap(([path, text]) => {
    const [adapter, , folder, file] = path.split('/').slice(-4) as [string, string, NamedCase['folder'], string];
    return adapter === adapterId ? [{ adapter, folder, name: file.slice(0, -'.json'.length), read: () => JSON.parse(text) as Case }] : [];
  });
}

/** One call of any capability, seen alike. */
export interface AnyCall {
  readonly needs?: readonly FieldName[];
  build(ctx: AdapterContext, attempt: AttemptRef, given: unknown): OutboundRequest;
  read(ctx: AdapterContext, response: OutboundResponse): { readonly kind: string };
}

/** The adapter's call of that name; undefined when it has not got the capability. */
export function callOf(adapter: FunderAdapter, name: CallName): AnyCall | undefined {
  const [first, second] = name.split('.') as [keyof FunderAdapter, string?];
  const capability = adapter[first] as unknown as Readonly<Record<string, AnyCall>> & AnyCall;
  return second === undefined ? capability : (capability as Readonly<Record<string, AnyCall>> | undefined)?.[second];
}

/** The names of all calls the adapter has. */
export function callsOf(adapter: FunderAdapter): readonly CallName[] {
  return CALLS.filter((name) => callOf(adapter, name) !== undefined);
}
