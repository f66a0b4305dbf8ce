/** Policies as they were and what they came to: versions, the way back to one, and the verdict on a segment's two arms. */
import { Hono } from 'hono';
import { z } from 'zod';
import { problem } from '../../domain/failures.ts';
import { rollBackPolicy } from '../../flow/desk/roll-back-policy.ts';
import { listVersions } from '../../flow/desk/show-policies.ts';
import { showVerdict } from '../../flow/desk/show-verdict.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { readAs } from '../read-body.ts';
import { readQuery } from './query.ts';
import { EVERYBODY } from './roles.ts';

export const RollBackBody = z.strictObject({
  to_version: z.number().int().min(1),
  /** Why. */
  note: z.string().min(1).max(500),
});

export function policyVersionRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);

  app.get('/v1/desk/policies/:id/versions', read, (c) => {
    const data = listVersions(deps, c.req.param('id'));
    return data === null ? refuse(c, problem('not_found', '没有这份策略', 'there is no such policy')) : json({ data });
  });

  app.post('/v1/desk/policies/:id/roll-back', withRole(deps, 'approver'), async (c) => {
    const wish = await readAs(c.req.raw, RollBackBody);
    if ('problem' in wish) return refuse(c, wish);
    const outcome = await rollBackPolicy(deps, c.get('key').id, c.req.param('id'), { toVersion: wish.to_version, note: wish.note });
    if (!('problem' in outcome)) options.reloadDesk();
    return 'problem' in outcome ? refuse(c, outcome) : json(outcome);
  });

  app.get('/v1/desk/segments/:id/verdict', read, async (c) => {
    const query = readQuery(c, { since: z.iso.datetime({ offset: true }).optional() });
    if ('problem' in query) return refuse(c, query);
    const verdict = await showVerdict(deps, c.req.param('id'), query.since === undefined ? null : Date.parse(query.since));
    return 'problem' in verdict ? refuse(c, verdict) : json(verdict);
  });

  return app;
}
