/** The audit trail, read and verified. */
import { Hono } from 'hono';
import { z } from 'zod';
import { auditPage, verifyAudit } from '../../flow/desk/append-audit.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { PAGE, paged, pageOf, readQuery } from './query.ts';

export function auditRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const admit = withRole(deps, 'risk', 'approver', 'finance');

  app.get('/v1/desk/audit', admit, (c) => {
    const query = readQuery(c, {
      ...PAGE,
      cursor: z
        .string()
        .regex(/^\d{1,15}$/)
        .optional(),
    });
    if ('problem' in query) return refuse(c, query);
    const page = pageOf(query);
    return json(paged(auditPage(deps, page.cursor === undefined ? undefined : Number(page.cursor), page.limit), page, (last) => String(last.seq)));
  });

  app.get('/v1/desk/audit/verify', admit, () => {
    const { verdict, head } = verifyAudit(deps);
    return json({ ok: verdict.ok, head, ...(verdict.ok ? {} : { at: verdict.at, why: verdict.why }) });
  });

  return app;
}
