/** Where the operation stands: the funders' health and the counts of everything. */
import { Hono } from 'hono';
import { showFunderStatus } from '../../flow/desk/show-funder-status.ts';
import { showSummary } from '../../flow/desk/show-summary.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { EVERYBODY } from './roles.ts';

export function overviewRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);

  app.get('/v1/desk/funders/:id/status', read, (c) => {
    const status = showFunderStatus(deps, c.req.param('id'));
    return 'problem' in status ? refuse(c, status) : json(status);
  });

  app.get('/v1/desk/summary', read, () => json(showSummary(deps)));

  return app;
}
