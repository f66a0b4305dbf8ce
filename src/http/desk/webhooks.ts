/** Webhook endpoints and their deliveries: made, changed, rotated, looked at, sent again. */
import { Hono } from 'hono';
import { z } from 'zod';
import { WebhookEndpoint } from '../../domain/desk.ts';
import type { Problem } from '../../domain/failures.ts';
import { changeEndpoint, createEndpoint, listEndpoints, rotateSecret, showEndpoint } from '../../flow/desk/edit-endpoints.ts';
import { listDeliveries, replayDeliveries, resendDelivery } from '../../flow/desk/resend-deliveries.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from '../context.ts';
import { check } from '../faults.ts';
import { idempotent } from '../idempotent.ts';
import { readAs, readJson } from '../read-body.ts';
import { PAGE, paged, pageOf, readQuery } from './query.ts';
import { EVERYBODY } from './roles.ts';

const { url, types, channel_id, status } = WebhookEndpoint.shape;
const receiver = url.max(500);
const subscribed = types.max(50);

export const EndpointBody = z.strictObject({ url: receiver, types: subscribed, channel_id });
export const EndpointPatchBody = z.strictObject({ url: receiver.optional(), types: subscribed.optional(), status: status.optional() });
export const ReplayBody = z.strictObject({ since: z.iso.datetime({ offset: true }), dead_only: z.boolean().default(false) });

export function webhookRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);
  const edit = withRole(deps, 'operator');
  const after = (c: Ctx, outcome: object | Problem): Response => {
    if ('problem' in outcome) return refuse(c, outcome as Problem);
    options.reloadDesk();
    return json(outcome);
  };

  app.post('/v1/webhook-endpoints', edit, async (c) => {
    const body = await readJson(c.req.raw);
    if ('problem' in body) return refuse(c, body);
    const wanted = check(EndpointBody, body.value);
    if ('problem' in wanted) return refuse(c, wanted);
    return idempotent(deps, c, { route: 'POST /v1/webhook-endpoints', bytes: body.bytes, required: false }, async (record) => {
      const saved = await createEndpoint(deps, c.get('key').id, wanted, options.checkWebhookUrl, record);
      if (!('problem' in saved)) options.reloadDesk();
      return saved;
    });
  });

  app.get('/v1/webhook-endpoints', read, () => json({ data: listEndpoints(deps) }));

  app.get('/v1/webhook-endpoints/:id', read, (c) => {
    const endpoint = showEndpoint(deps, c.req.param('id'));
    return 'problem' in endpoint ? refuse(c, endpoint) : json(endpoint);
  });

  app.patch('/v1/webhook-endpoints/:id', edit, async (c) => {
    const patch = await readAs(c.req.raw, EndpointPatchBody);
    if ('problem' in patch) return refuse(c, patch);
    return after(c, await changeEndpoint(deps, c.get('key').id, c.req.param('id'), patch, options.checkWebhookUrl));
  });

  app.post('/v1/webhook-endpoints/:id/rotate', edit, async (c) => after(c, await rotateSecret(deps, c.get('key').id, c.req.param('id'))));

  app.get('/v1/webhook-endpoints/:id/deliveries', read, (c) => {
    const query = readQuery(c, { ...PAGE, state: z.enum(['waiting', 'delivered', 'dead']).optional() });
    if ('problem' in query) return refuse(c, query);
    const page = pageOf(query);
    const rows = listDeliveries(deps, c.req.param('id'), query.state, page.cursor, page.limit);
    return 'problem' in rows ? refuse(c, rows) : json(paged(rows, page, (last) => last.id));
  });

  app.post('/v1/webhook-endpoints/:id/replay', edit, async (c) => {
    const wanted = await readAs(c.req.raw, ReplayBody);
    if ('problem' in wanted) return refuse(c, wanted);
    const outcome = await replayDeliveries(deps, c.get('key').id, c.req.param('id'), Date.parse(wanted.since), wanted.dead_only);
    return 'problem' in outcome ? refuse(c, outcome) : json(outcome, 202);
  });

  app.post('/v1/deliveries/:id/resend', edit, async (c) => {
    const outcome = await resendDelivery(deps, c.get('key').id, c.req.param('id'));
    return 'problem' in outcome ? refuse(c, outcome) : json(outcome, 202);
  });

  return app;
}
