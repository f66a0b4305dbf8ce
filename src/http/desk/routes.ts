/** The desk's routes, by noun. Deny by default: each names the roles that may use it. */
import { Hono } from 'hono';
import type { Env, HttpOptions } from '../context.ts';

export function deskRoutes(_options: HttpOptions): Hono<Env> {
  return new Hono<Env>();
}
