/** Keys and secrets: an administrator's business alone. */
import { Hono } from 'hono';
import { z } from 'zod';
import { ROLES } from '../../domain/desk.ts';
import { createKey, listKeys, putSecret, revokeKey } from '../../flow/desk/edit-keys.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { readAs } from '../read-body.ts';

const name = z.string().min(1).max(80);
const channel = z.string().min(1).max(40);
export const KeyBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('publishable'), name, channel_id: channel }),
  z.strictObject({ kind: z.literal('secret'), name, channel_id: channel }),
  z.strictObject({ kind: z.literal('operator'), name, role: z.enum(ROLES) }),
]);
export const SecretBody = z.strictObject({ secret: z.string().min(8).max(4_000) });

export function keyRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  // No role but `admin`, which `withRole` always admits.
  const admin = withRole(deps);

  app.get('/v1/desk/keys', admin, () => json({ data: listKeys(deps) }));

  app.post('/v1/desk/keys', admin, async (c) => {
    const wanted = await readAs(c.req.raw, KeyBody);
    if ('problem' in wanted) return refuse(c, wanted);
    const made = await createKey(deps, c.get('key').id, {
      kind: wanted.kind,
      name: wanted.name,
      channelId: wanted.kind === 'operator' ? null : wanted.channel_id,
      role: wanted.kind === 'operator' ? wanted.role : null,
      operatorId: wanted.kind === 'operator' ? c.get('key').operatorId : null,
    });
    if ('problem' in made) return refuse(c, made);
    options.reloadDesk();
    return json(made, 201);
  });

  app.delete('/v1/desk/keys/:id', admin, async (c) => {
    const refused = await revokeKey(deps, c.get('key').id, c.req.param('id'));
    if (refused !== null) return refuse(c, refused);
    options.reloadDesk();
    return new Response(null, { status: 204 });
  });

  app.put('/v1/desk/secrets/:owner/:slot', admin, async (c) => {
    const given = await readAs(c.req.raw, SecretBody);
    if ('problem' in given) return refuse(c, given);
    const refused = await putSecret(deps, c.get('key').id, c.req.param('owner'), c.req.param('slot'), given.secret);
    if (refused !== null) return refuse(c, refused);
    options.reloadDesk();
    return new Response(null, { status: 204 });
  });

  return app;
}
