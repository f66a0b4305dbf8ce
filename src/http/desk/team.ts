/** The team of the console: an administrator's business alone. */
import { Hono } from 'hono';
import { z } from 'zod';
import { ROLES } from '../../domain/desk.ts';
import type { Problem } from '../../domain/failures.ts';
import { changeOperator, endSessionsOf, inviteOperator, listTeam, resetOperator } from '../../flow/operators/edit-team.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from '../context.ts';
import { readAs } from '../read-body.ts';

const MOST_EMAIL = 254;
export const EmailAddress = z.string().trim().max(MOST_EMAIL).pipe(z.email());
export const OperatorName = z.string().trim().min(1).max(80);

export const TeamBody = z.strictObject({ email: EmailAddress, name: OperatorName, role: z.enum(ROLES) });
export const TeamPatchBody = z.strictObject({ role: z.enum(ROLES).optional(), status: z.enum(['active', 'disabled']).optional() });

export function teamRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  // No role but `admin`, which `withRole` always admits.
  const admin = withRole(deps);
  const told = (c: Ctx, outcome: object | Problem, status = 200): Response =>
    'problem' in outcome ? refuse(c, outcome as Problem) : json(outcome, status);

  app.get('/v1/desk/team', admin, () => json({ data: listTeam(deps) }));

  app.post('/v1/desk/team', admin, async (c) => {
    const wanted = await readAs(c.req.raw, TeamBody);
    if ('problem' in wanted) return refuse(c, wanted);
    return told(c, await inviteOperator(deps, c.get('key').id, wanted), 201);
  });

  app.patch('/v1/desk/team/:id', admin, async (c) => {
    const patch = await readAs(c.req.raw, TeamPatchBody);
    if ('problem' in patch) return refuse(c, patch);
    return told(c, await changeOperator(deps, c.get('key').id, c.req.param('id'), patch));
  });

  app.post('/v1/desk/team/:id/reset', admin, async (c) => told(c, await resetOperator(deps, c.get('key').id, c.req.param('id'))));
  app.delete('/v1/desk/team/:id/sessions', admin, async (c) => told(c, await endSessionsOf(deps, c.get('key').id, c.req.param('id'))));

  return app;
}
