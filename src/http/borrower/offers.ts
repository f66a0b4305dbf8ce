/** Offers: disclosure, acceptance; and partner offers with their tracked click. */
import { Hono } from 'hono';
import { z } from 'zod';
import { followClick, showPartnerOffers } from '../../flow/show-partner-offers.ts';
import { acceptOffer, showDisclosure } from '../../flow/take-offer.ts';
import { ownApplication, withKey } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { check } from '../faults.ts';
import { idempotent } from '../idempotent.ts';
import { readJson } from '../read-body.ts';

/** `disclosure_hash` binds the confirmation to what was shown; when left out, the disclosure last shown is meant. */
export const AcceptBody = z.strictObject({
  disclosure_hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

export function offerRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const admit = withKey(deps, 'publishable', 'secret');

  app.post('/v1/applications/:id/offers/:offer/disclosure', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const shown = await showDisclosure(deps, row.id, c.req.param('offer'), c.get('lang'));
    return 'problem' in shown ? refuse(c, shown) : json(shown);
  });

  app.post('/v1/applications/:id/offers/:offer/accept', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const body = await readJson(c.req.raw, { mayBeEmpty: true });
    if ('problem' in body) return refuse(c, body);
    const given = check(AcceptBody, body.value);
    if ('problem' in given) return refuse(c, given);
    return idempotent(deps, c, { route: `POST ${c.req.path}`, bytes: body.bytes, required: false }, (record) =>
      acceptOffer(deps, row.id, c.req.param('offer'), given.disclosure_hash, c.get('lang'), record),
    );
  });

  app.get('/v1/applications/:id/partner-offers', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const shown = await showPartnerOffers(deps, row.id, c.get('lang'));
    return 'problem' in shown ? refuse(c, shown) : json(shown);
  });

  app.get('/r/:token', async (c) => {
    const followed = await followClick(deps, c.req.param('token'));
    if ('problem' in followed) return refuse(c, followed);
    return new Response(null, { status: 302, headers: { location: followed.url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } });
  });

  return app;
}
