/** Funders and partners call in: in their own protocol, with their own signatures. No key of ours. */
import { Hono } from 'hono';
import { problem } from '../domain/failures.ts';
import { receiveCallback } from '../flow/receive-callback.ts';
import { receivePostback } from '../flow/receive-postback.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from './context.ts';
import { readBytes } from './read-body.ts';

const MAX_CALLBACK_BYTES = 256 * 1024;

export function counterpartyRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();

  const callback = async (c: Ctx): Promise<Response> => {
    const funderId = c.req.param('funder') ?? '';
    const body = await readBytes(c.req.raw, MAX_CALLBACK_BYTES);
    if (!(body instanceof Uint8Array)) return refuse(c, body);
    const url = new URL(c.req.url);
    const reply = await receiveCallback(deps, funderId, {
      path: url.pathname.slice(`/v1/callbacks/${funderId}`.length),
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(c.req.raw.headers),
      body,
    });
    if (reply === null) return refuse(c, problem('not_found', '没有这个资金方', 'there is no such funder'));
    return new Response(reply.body as BodyInit, { status: reply.status, headers: reply.headers });
  };
  app.post('/v1/callbacks/:funder', callback);
  app.post('/v1/callbacks/:funder/*', callback);

  app.post('/v1/postbacks/:partner', async (c) => {
    const body = await readBytes(c.req.raw, 16_384);
    if (!(body instanceof Uint8Array)) return refuse(c, body);
    const reply = await receivePostback(deps, c.req.param('partner'), Object.fromEntries(c.req.raw.headers), body);
    return 'problem' in reply ? refuse(c, reply) : json(reply);
  });

  return app;
}
