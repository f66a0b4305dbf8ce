/** The desk's routes, by noun. Deny by default: each names the roles that may use it, and `admin` may all. */
import { Hono } from 'hono';
import type { Env, HttpOptions } from '../context.ts';
import { deskApplicationRoutes, searchRoutes } from './applications.ts';
import { auditRoutes } from './audit.ts';
import { blacklistRoutes } from './blacklist.ts';
import { figureRoutes } from './figures.ts';
import { funderRoutes } from './funders.ts';
import { keyRoutes } from './keys.ts';
import { decideRoutes } from './decide.ts';
import { overviewRoutes } from './overview.ts';
import { policyRoutes } from './policies.ts';
import { policyVersionRoutes } from './policy-versions.ts';
import { recordRoutes } from './records.ts';
import { sessionRoutes } from './session.ts';
import { simulationRoutes } from './simulations.ts';
import { todayRoutes } from './today.ts';
import { teamRoutes } from './team.ts';
import { webhookRoutes } from './webhooks.ts';

export function deskRoutes(options: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  for (const routes of [
    recordRoutes,
    policyRoutes,
    policyVersionRoutes,
    auditRoutes,
    blacklistRoutes,
    deskApplicationRoutes,
    searchRoutes,
    webhookRoutes,
    keyRoutes,
    overviewRoutes,
    funderRoutes,
    figureRoutes,
    todayRoutes,
    decideRoutes,
    simulationRoutes,
    sessionRoutes,
    teamRoutes,
  ])
    app.route('/', routes(options));
  return app;
}
