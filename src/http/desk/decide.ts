/** Dry decisions: what would be done with an application now. */
import { Hono } from 'hono';
import type { z } from 'zod';
import { decide } from '../../flow/desk/decide.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { check } from '../faults.ts';
import { readJson } from '../read-body.ts';
import { DecideBody } from '../schemas/facts.ts';
import { EVERYBODY } from './roles.ts';

const [ByApplication, ByFacts] = DecideBody.options;

export function decideRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);

  app.post('/v1/desk/decide', read, async (c) => {
    const body = await readJson(c.req.raw);
    if ('problem' in body) return refuse(c, body);
    // A union says of a fault only that nothing fits; which was meant is told by its first field.
    const named = typeof body.value === 'object' && body.value !== null && Object.hasOwn(body.value, 'application');
    const wish = check<z.infer<typeof DecideBody>>(named ? ByApplication : ByFacts, body.value);
    if ('problem' in wish) return refuse(c, wish);
    const decision = decide(deps, wish);
    return 'problem' in decision ? refuse(c, decision) : json(decision);
  });

  return app;
}
