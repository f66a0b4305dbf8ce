/** The audit trail, read and verified. */
import { Hono } from 'hono';
import { z } from 'zod';
import { auditPage, verifyAudit } from '../../flow/desk/append-audit.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { PAGE, paged, pageOf, readQuery } from './query.ts';

const named = z.string().min(1).max(120).optional();
const at = z.iso.datetime({ offset: true }).optional();
export const AUDIT_QUERY = {
  ...PAGE,
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  actor: named,
  action: z
    .string()
    .regex(/^[a-z_]{1,40}(\.[a-z_]{1,40})?$/)
    .optional(),
  subject: named,
  from: at,
  to: at,
};

export function auditRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const admit = withRole(deps, 'risk', 'approver', 'finance');

  app.get('/v1/desk/audit', admit, (c) => {
    const query = readQuery(c, AUDIT_QUERY);
    if ('problem' in query) return refuse(c, query);
    const page = pageOf(query);
    const { actor, action, subject, from, to } = query;
    const ms = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));
    const before = page.cursor === undefined ? undefined : Number(page.cursor);
    const rows = auditPage(deps, before, page.limit, { actor, action, subject, fromMs: ms(from), toMs: ms(to) });
    return json(paged(rows, page, (last) => String(last.seq)));
  });

  app.get('/v1/desk/audit/verify', admit, () => {
    const { verdict, head } = verifyAudit(deps);
    return json({ ok: verdict.ok, head, ...(verdict.ok ? {} : { at: verdict.at, why: verdict.why }) });
  });

  return app;
}
