/** What every request carries through the routes. */
import type { Context } from 'hono';
import type { ApiKey } from '../domain/desk.ts';
import type { Problem } from '../domain/failures.ts';
import type { Deps } from '../flow/deps.ts';
import type { Pages } from '../ports/pages.ts';
import { problemResponse, type Lang } from './problem.ts';

export interface Vars {
  requestId: string;
  lang: Lang;
  /** Who calls; for an operator with a session, as a key of theirs would be. */
  key: ApiKey;
  /** The reply that carries the request's id already. */
  named: Response;
}
export type Env = { Variables: Vars };
export type Ctx = Context<Env>;

export interface HttpOptions {
  readonly deps: Deps;
  /** The caller's network address, or null when it cannot be known. */
  readonly clientIp: (c: Ctx) => string | null;
  /** Requests in work at once before new ones are shed with 503. */
  readonly maxInFlight: number;
  /** Effects under way; intake is shed when they pile up. */
  readonly busy: () => number;
  /** Sandbox mode only: what `/v1/sandbox/keys` answers. */
  readonly sandboxKeys: (() => Readonly<Record<string, unknown>>) | null;
  /** Applies changes of the desk to the running snapshot. */
  readonly reloadDesk: () => void;
  /** Judges a webhook receiver's URL by what is written in it; a code when it may not be called, null when it may. */
  readonly checkWebhookUrl: (url: string) => string | null;
  readonly metrics: (() => Promise<string>) | null;
  readonly metricsToken: string | null;
  /** Built pages; null where something in front serves them. */
  readonly pages: Pages | null;
}

export function refuse(c: Ctx, problem: Problem): Response {
  return problemResponse(problem, c.get('lang'), c.get('requestId'));
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' } as const;

/** A JSON reply. A string is taken as JSON already made: a recorded reply goes out byte for byte. */
export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { ...JSON_HEADERS, ...headers } });
}

/** A JSON reply with the request's id among its headers: to add it to a finished one makes a headers object first, which costs more than the rest. */
export function answer(c: Ctx, body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  const reply = json(body, status, { 'x-request-id': c.get('requestId'), ...headers });
  c.set('named', reply);
  return reply;
}
