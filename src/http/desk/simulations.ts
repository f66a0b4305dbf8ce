/** What-if: starts a simulation of a policy on past traffic, and tells how it stands. */
import { Hono } from 'hono';
import { z } from 'zod';
import { Policy } from '../../domain/policy.ts';
import { showSimulation, simulatePolicy } from '../../flow/desk/simulate-policy.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { ownIssue } from '../faults.ts';
import { readAs } from '../read-body.ts';
import { EVERYBODY } from './roles.ts';

/** A policy may come along, and policies hold rules. */
const MOST_BYTES = 256 * 1024;

export const SimulateBody = z
  .strictObject({
    /** Instead of one that is stored: the whole policy, under the id in the path. */
    policy: Policy.optional(),
    /** Of the applications' creation; from the first moment, to before the last. */
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
    channel: z.string().min(1).max(40).optional(),
    /** `own`: those that went by the policy it would replace. `all`: of every policy; each is weighed by what decided about it then. */
    applications: z.enum(['own', 'all']).default('own'),
    sample: z.number().int().min(1).max(1_000_000).default(10_000),
    replicates: z.number().int().min(20).max(1_000).default(200),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
  })
  .check((ctx) => {
    const { from, to } = ctx.value;
    if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
      ctx.issues.push({ ...ownIssue(to, 'order', '应晚于 from', 'must be after from'), path: ['to'] });
  });

export function simulationRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);
  const start = withRole(deps, 'operator', 'risk', 'approver');

  app.post('/v1/desk/policies/:id/simulate', start, async (c) => {
    const wish = await readAs<z.infer<typeof SimulateBody>>(c.req.raw, SimulateBody, { most: MOST_BYTES });
    if ('problem' in wish) return refuse(c, wish);
    const { policy, from, to, channel, applications, ...rest } = wish;
    const started = simulatePolicy(deps, c.req.param('id'), policy, {
      fromMs: from === undefined ? null : Date.parse(from),
      toMs: to === undefined ? null : Date.parse(to),
      channelId: channel ?? null,
      everybody: applications === 'all',
      ...rest,
    });
    return 'problem' in started ? refuse(c, started) : json(started, 202, { location: `/v1/desk/simulations/${started.id}` });
  });

  app.get('/v1/desk/simulations/:id', read, (c) => {
    const view = showSimulation(deps, c.req.param('id'));
    return 'problem' in view ? refuse(c, view) : json(view);
  });

  return app;
}
