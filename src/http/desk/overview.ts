/** Where the operation stands: the funders' health and the counts of everything. */
import { Hono } from 'hono';
import { checkFunder } from '../../flow/desk/check-funder.ts';
import { listAlarms } from '../../flow/desk/list-alarms.ts';
import { showFunderStatus } from '../../flow/desk/show-funder-status.ts';
import { showSummary } from '../../flow/desk/show-summary.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { EVERYBODY } from './roles.ts';

export function overviewRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);
  const operate = withRole(deps, 'operator', 'risk');

  app.get('/v1/desk/funders/:id/status', read, (c) => {
    const status = showFunderStatus(deps, c.req.param('id'));
    return 'problem' in status ? refuse(c, status) : json(status);
  });

  app.post('/v1/desk/funders/:id/check', operate, async (c) => {
    const checked = await checkFunder(deps, c.get('key').id, c.req.param('id'));
    return 'problem' in checked ? refuse(c, checked) : json(checked);
  });

  app.get('/v1/desk/alarms', read, () => json({ data: listAlarms(deps) }));

  app.get('/v1/desk/summary', read, async () => json(await showSummary(deps)));

  return app;
}
