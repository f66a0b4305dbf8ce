/**
 * Where a request belongs: to a cell that an id names, to the home of a phone, to any cell, to the desk, or to all of them together. Pure; by method,
 * path, query and, where the answer stands in the body, by that. What it cannot tell (a misspelt id, a body without a phone) goes to any cell,
 * which then refuses it in the same words as a service of one.
 */
import { cellOf } from '../../domain/ids.ts';
import { checkPhone } from '../../domain/facts.ts';
import type { Merging } from './merge.ts';

export type Place =
  | { readonly to: 'cell'; readonly cell: number }
  | { readonly to: 'phone'; readonly phone: string }
  /** Anywhere, but for the same text always to the same cell. */
  | { readonly to: 'spread'; readonly text: string }
  | { readonly to: 'any' }
  | { readonly to: 'desk' }
  | { readonly to: 'all'; readonly merging: Merging; readonly deskToo: boolean }
  /** There is no such path: nobody need be woken to say so. */
  | { readonly to: 'nowhere' };

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body as JSON, read when first asked for; undefined when it is none. */
  readonly body: () => unknown;
}

const ANY: Place = { to: 'any' };
const DESK: Place = { to: 'desk' };
const NOWHERE: Place = { to: 'nowhere' };
const KB = 1_024;
const USUAL_BYTES = 64 * KB;

/** Most bytes of a body by path; the routes themselves may allow less. */
const MOST_BYTES: readonly (readonly [path: RegExp, bytes: number])[] = [
  [/^\/v1\/documents$/, 10 * KB * KB + 16 * KB],
  [/^\/v1\/desk\/blacklist$/, 4 * KB * KB],
  [/^\/v1\/desk\/changes$/, 256 * KB],
  [/^\/v1\/callbacks\//, 256 * KB],
  [/^\/internal\/import\//, 16 * KB * KB],
];
/** Paths that no key of ours opens: a counterparty's own signature, a link with a tag, a password, or nothing secret at all. */
const KEYLESS =
  /^\/(v1\/(callbacks|postbacks|sandbox|invitations|pages)\/|v1\/session(\/|$)|console\/|[rl]\/|healthz$|readyz$|metrics$|docs(\/|$)|openapi\.json$)/;

export function mostBytes(path: string): number {
  return MOST_BYTES.find(([pattern]) => pattern.test(path))?.[1] ?? USUAL_BYTES;
}

export function needsKey(path: string): boolean {
  return !KEYLESS.test(path);
}

/** Whether an operator's session opens the path, as a key would. */
export function admitsSession(path: string): boolean {
  return /^\/v1\/(desk|webhook-endpoints|deliveries)(\/|$)/.test(path);
}

export function placeOf(asked: Asked): Place {
  const [top = '', ...rest] = asked.path.split('/').slice(1);
  switch (top) {
    case 'v1':
      return ofApi(asked, rest);
    case 'r':
    case 'l':
      return rest.length === 1 ? named(rest[0]!.split('.')[0]) : NOWHERE;
    case 'readyz':
    case 'docs':
    case 'openapi.json':
      return ANY;
    case 'metrics':
      return DESK;
    case 'console':
      return rest[0] === 'sso' ? DESK : NOWHERE;
    default:
      return NOWHERE;
  }
}

function ofApi(asked: Asked, [noun = '', id, ...rest]: readonly string[]): Place {
  switch (noun) {
    case 'applications':
      return id === undefined ? atHome(member(asked.body(), 'applicant', 'phone')) : named(id);
    case 'resumptions':
      return atHome(member(asked.body(), 'phone'));
    case 'phone-verifications':
      return id === undefined ? atHome(member(asked.body(), 'phone')) : named(id);
    case 'documents':
      return named(asked.query.get('phone_verification_id') ?? undefined);
    case 'erasures':
      return named(member(asked.body(), 'application_id'));
    case 'postbacks':
      return named(member(asked.body(), 'click_id'));
    case 'deliveries':
      return named(id);
    case 'visits': {
      const visitor = member(asked.body(), 'visitor');
      return typeof visitor === 'string' ? { to: 'spread', text: visitor } : ANY;
    }
    case 'callbacks':
    case 'pages':
    case 'consent-texts':
      return ANY;
    case 'sandbox':
    case 'session':
    case 'invitations':
      return DESK;
    case 'webhook-endpoints':
      if (rest[0] === 'deliveries' && asked.method === 'GET') return { to: 'all', merging: 'page', deskToo: true };
      // The desk's feed holds the cells' events too: they are theirs to send again.
      if (rest[0] === 'replay' && asked.method === 'POST') return { to: 'all', merging: 'queued', deskToo: false };
      return DESK;
    case 'desk':
      return ofDesk(asked, id, rest);
    default:
      return NOWHERE;
  }
}

function ofDesk(asked: Asked, noun: string | undefined, [id, part]: readonly string[]): Place {
  const reads = asked.method === 'GET';
  switch (noun) {
    case 'applications':
      if (id !== undefined) return named(id);
      return reads ? { to: 'all', merging: 'page', deskToo: false } : ANY;
    case 'application-searches':
      return atHome(member(asked.body(), 'phone'));
    case 'decide':
      return named(member(asked.body(), 'application'));
    case 'summary':
      return reads ? { to: 'all', merging: 'sum', deskToo: false } : ANY;
    case 'alarms':
      return reads ? { to: 'all', merging: 'alarms', deskToo: true } : ANY;
    case 'funders':
      if (reads && id === undefined) return { to: 'all', merging: 'funders', deskToo: true };
      if (reads && part === 'status') return { to: 'all', merging: 'funder', deskToo: true };
      if (reads && part === 'callbacks') return { to: 'all', merging: 'page', deskToo: false };
      return reads && (part === 'plans' || part === 'reliability') ? { to: 'all', merging: 'sum', deskToo: false } : DESK;
    case 'audit': {
      // Deeds on applications and deliveries are in the chain of their cell.
      const cell = asked.query.get('cell');
      return cell !== null && /^\d{1,5}$/.test(cell) ? { to: 'cell', cell: Number(cell) } : DESK;
    }
    default:
      return DESK;
  }
}

/** By the cell in an id. What is no id may go anywhere: nobody has it. */
function named(id: unknown): Place {
  const cell = typeof id === 'string' ? cellOf(id) : null;
  return cell === null ? ANY : { to: 'cell', cell };
}

function atHome(phone: unknown): Place {
  const checked = typeof phone === 'string' ? checkPhone(phone) : null;
  return checked?.ok === true ? { to: 'phone', phone: checked.phone } : ANY;
}

function member(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) at = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
  return at;
}
