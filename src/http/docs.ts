/** The reference about this service: the OpenAPI document and pages made from it. */
import { Hono } from 'hono';
import type { Env } from './context.ts';

export function docsRoutes(): Hono<Env> {
  return new Hono<Env>();
}
