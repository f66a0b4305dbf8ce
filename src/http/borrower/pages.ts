/** Our own page: what it is told without a key, and the way back to an application. */
import { Hono } from 'hono';
import { z } from 'zod';
import { recordVisit } from '../../flow/record-visit.ts';
import { resumeApplication } from '../../flow/resume-application.ts';
import { showPage } from '../../flow/show-page.ts';
import { withKey } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { readQuery } from '../desk/query.ts';
import { readAs } from '../read-body.ts';
import { Phone, Variant } from '../schemas/application.ts';
import { currentView } from './wait.ts';

/** Chosen by the page itself at random; it says nothing of anybody. */
export const Visitor = z.string().regex(/^[A-Za-z0-9_-]{16,40}$/);
export const PAGE_QUERY = { visitor: Visitor.optional(), preview: Variant.optional() };
/** The same phone, verified anew. */
export const ResumeBody = z.strictObject({ phone: Phone, phone_verification_id: z.string().max(60) });
export const VisitBody = z.strictObject({ visitor: Visitor, variant: Variant.optional() });
const FRESH_S = 60;

export function pageRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();

  app.get('/v1/pages/:channel', (c) => {
    const query = readQuery(c, PAGE_QUERY);
    if ('problem' in query) return refuse(c, query);
    const page = showPage(deps, c.req.param('channel'), query.visitor ?? '', query.preview ?? null);
    return 'problem' in page ? refuse(c, page) : json(page, 200, { 'cache-control': `public, max-age=${FRESH_S}` });
  });

  app.post('/v1/visits', withKey(deps, 'publishable', 'secret'), async (c) => {
    const visit = await readAs(c.req.raw, VisitBody);
    if ('problem' in visit) return refuse(c, visit);
    const { channelId } = c.get('key');
    const refused = await recordVisit(deps, {
      channelId: channelId ?? '',
      visitor: visit.visitor,
      variant: visit.variant ?? null,
      ip: options.clientIp(c),
    });
    return refused === null ? new Response(null, { status: 204 }) : refuse(c, refused);
  });

  app.post('/v1/resumptions', withKey(deps, 'publishable', 'secret'), async (c) => {
    const wanted = await readAs(c.req.raw, ResumeBody);
    if ('problem' in wanted) return refuse(c, wanted);
    const found = await resumeApplication(deps, c.get('key').channelId ?? '', wanted.phone, wanted.phone_verification_id);
    return 'problem' in found ? refuse(c, found) : json(currentView(deps, found.id, c.get('lang'), true));
  });

  return app;
}
