/** The read models at the desk: the funnel, a funder over time, and what every figure means. */
import { Hono } from 'hono';
import { z } from 'zod';
import { listFigures } from '../../flow/desk/list-figures.ts';
import { FUNNEL_BY, showFunnel } from '../../flow/desk/show-funnel.ts';
import { showFlows } from '../../flow/desk/show-flows.ts';
import { showFunderSeries } from '../../flow/desk/show-funder-series.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { readQuery } from './query.ts';
import { EVERYBODY } from './roles.ts';

const at = z.iso.datetime({ offset: true }).optional();
const named = z.string().min(1).max(80).optional();

/** What may be asked of the funnel. */
export const FUNNEL_QUERY = {
  from: at,
  to: at,
  by: z.enum(FUNNEL_BY).optional(),
  basis: z.enum(['cohort', 'activity']).optional(),
  channel: named,
  variant: named,
  policy: named,
  segment: named,
  funder: named,
};
const { by: _by, basis: _basis, ...narrowed } = FUNNEL_QUERY;
export const FLOWS_QUERY = narrowed;
export const SERIES_QUERY = { from: at, to: at, step: z.enum(['hour', 'day']).optional() };

export function figureRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);

  app.get('/v1/desk/funnel', read, (c) => {
    const query = readQuery(c, FUNNEL_QUERY);
    if ('problem' in query) return refuse(c, query);
    const { from, to, by, basis = 'cohort', ...filters } = query;
    const shown = showFunnel(deps, { from, to, by, basis, filter: given(filters) });
    return 'problem' in shown ? refuse(c, shown) : json(shown);
  });

  app.get('/v1/desk/flows', read, (c) => {
    const query = readQuery(c, FLOWS_QUERY);
    if ('problem' in query) return refuse(c, query);
    const { from, to, ...filters } = query;
    const shown = showFlows(deps, { from, to, filter: given(filters) });
    return 'problem' in shown ? refuse(c, shown) : json(shown);
  });

  app.get('/v1/desk/figures', read, () => json({ data: listFigures() }));

  app.get('/v1/desk/funders/:id/series', read, (c) => {
    const query = readQuery(c, SERIES_QUERY);
    if ('problem' in query) return refuse(c, query);
    const { from, to, step = 'day' } = query;
    const shown = showFunderSeries(deps, c.req.param('id'), { from, to, step });
    return 'problem' in shown ? refuse(c, shown) : json(shown);
  });

  return app;
}

function given(filters: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
