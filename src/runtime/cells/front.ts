/**
 * What stands before the cells and the desk of a service: refuses what needs no look into any of them, finds the cell, forwards byte for byte, and
 * puts together what several are asked. It holds nothing but what it can find out again.
 */
import { problem, unreachable, type Problem } from '../../domain/failures.ts';
import { problemResponse } from '../../http/problem.ts';
import { hasSessionCookie } from '../../http/session-cookie.ts';
import { parseJson, readBytes } from '../../http/read-body.ts';
import { WEB_PATH, webRoutes } from '../../http/web.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Pages } from '../../ports/pages.ts';
import type { Random } from '../../ports/random.ts';
import type { Vault } from '../../ports/vault.ts';
import { cellCount, cellOfMark, DESK_CELL, homesOf, type Generations } from './generations.ts';
import { IMPORT } from './importer.ts';
import { INTERNAL } from './internal.ts';
import { MOVED_CELL, MOVED_PARTS } from './moved-rows.ts';
import { limitOf, merge, type Merging } from './merge.ts';
import { admitsSession, mostBytes, needsKey, placeOf, type Place } from './route.ts';
import { askJson, type Ask } from './wire.ts';

export interface FrontOptions {
  readonly generations: Generations;
  readonly desk: Ask;
  readonly cellAt: (cell: number) => Ask;
  readonly vault: Vault;
  readonly random: Random;
  readonly clock: Clock;
  readonly pages: Pages;
  /** Opens the way for one import into the desk and the first cell; null or left out: there is no such way. */
  readonly importSecret?: string | null;
}

/** The desk's revision: in its replies, and in what is asked of cells after one. */
export const REVISION = 'x-millrace-revision';
const KEY = /^Bearer (?:pk|sk|ok)_[A-Za-z0-9_-]{8,120}$/;
/** Homes that were asked for and found, by the mark of the phone. */
const MOST_REMEMBERED = 20_000;

export function createFront(options: FrontOptions): (request: Request) => Promise<Response> {
  const { generations, desk, cellAt, random } = options;
  const count = cellCount(generations);
  const homeOf = createHomes(options);
  const web = webRoutes(options.pages, random);
  let revision = 0;

  return async (request) => {
    const url = new URL(request.url);
    const path = url.pathname;
    if (path === '/healthz') return Response.json({ status: 'ok' });
    if (path.startsWith(INTERNAL)) return takeImport(options, request, path);
    if (request.method === 'GET' && WEB_PATH.test(path)) return web.fetch(request);
    if (request.method !== 'OPTIONS' && needsKey(path) && !looksKnown(request, path))
      return refuse(request, problem('unauthenticated', '缺少密钥或密钥无效', 'the key is missing or not valid'));
    const bytes = request.body === null ? null : await readBytes(request, mostBytes(path));
    if (bytes !== null && !(bytes instanceof Uint8Array)) return refuse(request, bytes);
    const place = placeOf({ method: request.method, path, query: url.searchParams, body: () => valueOf(bytes) });
    try {
      return await take(request, url, bytes, place);
    } catch {
      return refuse(request, problem('overloaded', '服务繁忙，请稍后再试', 'a part of the service does not answer; try again', { retryAfterS: 1 }));
    }
  };

  function take(request: Request, url: URL, bytes: Uint8Array | null, place: Place): Promise<Response> {
    const forwarded = (): Request => forward(request, url, bytes, revision);
    switch (place.to) {
      case 'nowhere':
        return Promise.resolve(refuse(request, NOT_FOUND));
      case 'desk':
        return askDesk(forwarded());
      case 'cell':
        if (place.cell === DESK_CELL) return askDesk(forwarded());
        return place.cell < count ? cellAt(place.cell)(forwarded()) : Promise.resolve(refuse(request, NOT_FOUND));
      case 'spread':
        return cellAt(cellOfMark(options.vault.tag('visit', place.text), count))(forwarded());
      case 'any':
        return cellAt(Math.floor(random.uniform() * count))(forwarded());
      case 'phone':
        return homeOf(place.phone).then((cell) => cellAt(cell)(forwarded()));
      case 'all':
        return askAll(forwarded, url, place);
      default:
        return unreachable(place);
    }
  }

  async function askDesk(request: Request): Promise<Response> {
    const reply = await desk(request);
    const told = Number(reply.headers.get(REVISION));
    if (told > revision) revision = told;
    return reply;
  }

  /** A list that lacks a cell must not look whole: without all of them there is no answer. */
  async function askAll(forwarded: () => Request, url: URL, { merging, deskToo }: { readonly merging: Merging; readonly deskToo: boolean }) {
    const cells = Array.from({ length: count }, (_, cell) => cellAt(cell));
    const replies = await Promise.all([...(deskToo ? [askDesk] : []), ...cells].map((ask) => ask(forwarded())));
    const refused = replies.find((reply) => !reply.ok);
    if (refused !== undefined) return refused;
    const merged = merge(merging, await Promise.all(replies.map((reply) => reply.json())), limitOf(url.searchParams.get('limit')));
    return new Response(JSON.stringify(merged), { status: replies[0]!.status, headers: replies[0]!.headers });
  }
}

/** By its shape alone. The cell or the desk judges it. */
function looksKnown({ headers }: Request, path: string): boolean {
  return KEY.test(headers.get('authorization') ?? '') || (admitsSession(path) && hasSessionCookie(headers.get('cookie')));
}

const NOT_FOUND: Problem = problem('not_found', '没有找到', 'not found');

function refuse(request: Request, found: Problem): Response {
  const lang = /^\s*en\b/i.test(request.headers.get('accept-language') ?? '') ? 'en' : 'zh';
  const given = request.headers.get('x-request-id') ?? '';
  return problemResponse(found, lang, /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : `req_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`);
}

/** All that comes in below the internal paths: one who knows the secret may import, and there is nothing else there. */
async function takeImport({ importSecret: secret = null, vault, desk, cellAt }: FrontOptions, request: Request, path: string): Promise<Response> {
  const part = MOVED_PARTS.find((each) => path.startsWith(`${IMPORT}${each}/`));
  if (secret === null || part === undefined) return refuse(request, NOT_FOUND);
  const given = /^Bearer (.{1,200})$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  if (!vault.equal(vault.sha256Hex(given), vault.sha256Hex(secret)))
    return refuse(request, problem('unauthenticated', '迁入口令不正确', 'this is not the secret for the import'));
  const bytes = await readBytes(request, mostBytes(path));
  if (!(bytes instanceof Uint8Array)) return refuse(request, bytes);
  const forwarded = new Request(request.url, { method: request.method, ...(bytes.length === 0 ? {} : { body: bytes as BodyInit }) });
  return part === 'desk' ? desk(forwarded) : cellAt(MOVED_CELL)(forwarded);
}

/** The same request, its body byte for byte; what the front alone may say is replaced. */
function forward(request: Request, url: URL, bytes: Uint8Array | null, revision: number): Request {
  const headers = new Headers(request.headers);
  headers.set(REVISION, String(revision));
  const target = new URL(url);
  // Chooses the chain to read, which the chain itself does not know.
  if (url.pathname.startsWith('/v1/desk/audit')) target.searchParams.delete('cell');
  return new Request(target, { method: request.method, headers, redirect: 'manual', ...(bytes === null ? {} : { body: bytes as BodyInit }) });
}

function valueOf(bytes: Uint8Array | null): unknown {
  const parsed = bytes === null ? null : parseJson(bytes);
  return parsed === null || 'problem' in parsed ? undefined : parsed.value;
}

/**
 * Where a phone is at home. With one generation that is arithmetic. With several the homes of the older ones are asked first whether they know the
 * phone, once; where nobody does it is the newest, and stays so, since from then on that is where the phone is known.
 */
function createHomes({ generations, cellAt, vault, clock }: FrontOptions): (phone: string) => Promise<number> {
  const known = new Map<string, number>();
  return async (phone) => {
    const mark = vault.blindIndex('phone', phone);
    const homes = homesOf(mark, generations);
    if (homes.length === 1) return homes[0]!;
    const found = known.get(mark);
    if (found !== undefined) return found;
    const newest = homes.at(-1)!;
    const tombstone = vault.blindIndex('phone_tombstone', phone);
    const asked = await Promise.all(
      homes.slice(0, -1).map(async (home) => {
        const knows = await askJson(cellAt(home), clock, 'POST', '/internal/borrowers', { phone: mark, tombstone });
        return knows === null ? null : home;
      }),
    );
    const home = asked.find((cell) => cell !== null) ?? newest;
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(mark, home);
    return home;
  };
}
