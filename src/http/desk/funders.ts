/** Funders at the desk: all at a glance, why one sees the traffic it sees, and whether what was predicted of it came true. */
import { Hono } from 'hono';
import { z } from 'zod';
import { problem } from '../../domain/failures.ts';
import { listFunders } from '../../flow/desk/list-funders.ts';
import { showFunderPlans } from '../../flow/desk/show-funder-plans.ts';
import { showFunderReliability } from '../../flow/desk/show-funder-reliability.ts';
import { callbacksOf } from '../../flow/desk/show-funder-status.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { PAGE, paged, pageOf, readQuery } from './query.ts';
import { EVERYBODY } from './roles.ts';

const at = z.iso.datetime({ offset: true }).optional();
export const RELIABILITY_QUERY = { from: at, to: at };

export function funderRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);

  app.get('/v1/desk/funders', read, () => json(listFunders(deps)));

  app.get('/v1/desk/funders/:id/plans', read, (c) => {
    const shown = showFunderPlans(deps, c.req.param('id'));
    return 'problem' in shown ? refuse(c, shown) : json(shown);
  });

  app.get('/v1/desk/funders/:id/callbacks', read, (c) => {
    const query = readQuery(c, PAGE);
    if ('problem' in query) return refuse(c, query);
    const page = pageOf(query);
    if (!deps.desk.snapshot().funders.has(c.req.param('id'))) return refuse(c, problem('not_found', '没有这个资金方', 'there is no such funder'));
    return json(paged(callbacksOf(deps, c.req.param('id'), page.limit, page.cursor), page, (last) => last.id));
  });

  app.get('/v1/desk/funders/:id/reliability', read, (c) => {
    const query = readQuery(c, RELIABILITY_QUERY);
    if ('problem' in query) return refuse(c, query);
    const shown = showFunderReliability(deps, c.req.param('id'), { from: query.from, to: query.to });
    return 'problem' in shown ? refuse(c, shown) : json(shown);
  });

  return app;
}
