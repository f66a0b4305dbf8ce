/** A policy being written: drafts, validation, proposal. Approval is that of any change. */
import { Hono } from 'hono';
import { z } from 'zod';
import { problem } from '../../domain/failures.ts';
import { listPolicies, showPolicy } from '../../flow/desk/show-policies.ts';
import { createDraft, dropDraft, proposeDraft, saveDraft, validatePolicy, type DraftBody } from '../../flow/desk/write-drafts.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from '../context.ts';
import { check, ownIssue } from '../faults.ts';
import { idempotent } from '../idempotent.ts';
import { readAs, readJson } from '../read-body.ts';
import { EVERYBODY } from './roles.ts';

/** Policies hold rules. */
const MOST_BYTES = 256 * 1024;

/** Whatever a draft holds: it is a policy only when it is proposed. */
const Content: z.ZodType<DraftBody> = z.record(z.string(), z.unknown());
const policyId = z.string().regex(/^pol_[a-z0-9_]{1,40}$/);
const note = z.string().min(1).max(500);

export const DraftBodyRequest = z
  .strictObject({
    body: Content.optional(),
    /** A policy in force to begin from. */
    from: policyId.optional(),
  })
  .check((ctx) => {
    if ((ctx.value.body === undefined) === (ctx.value.from === undefined))
      ctx.issues.push(ownIssue(ctx.value, 'one_of_two', '请提供 body 或 from 之一', 'give either body or from'));
  });
export const DraftSaveBody = z.strictObject({
  /** The revision that was read. */
  revision: z.number().int().min(1),
  body: Content,
  /** The version of the policy in force that this means to replace; needed when it has moved on since the draft was begun. */
  base_version: z.number().int().min(0).optional(),
});
export const DraftProposalBody = z.strictObject({ note, publish_at: z.iso.datetime({ offset: true }).optional() });

export function policyRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);
  const write = withRole(deps, 'operator', 'risk', 'approver');

  app.get('/v1/desk/policies', read, () => json(listPolicies(deps)));

  app.post('/v1/desk/policies', write, async (c) => {
    const body = await readJson(c.req.raw, { most: MOST_BYTES });
    if ('problem' in body) return refuse(c, body);
    const wish = check(DraftBodyRequest, body.value);
    if ('problem' in wish) return refuse(c, wish);
    const of = wish.from === undefined ? { body: wish.body! } : { from: wish.from };
    return idempotent(deps, c, { route: 'POST /v1/desk/policies', bytes: body.bytes, required: false }, (record) =>
      createDraft(deps, c.get('key').id, of, record),
    );
  });

  app.get('/v1/desk/policies/:id', read, (c) => {
    const shown = showPolicy(deps, c.req.param('id'));
    return shown === null ? noSuch(c) : json(shown);
  });

  app.put('/v1/desk/policies/:id', write, async (c) => {
    const save = await readAs(c.req.raw, DraftSaveBody, { most: MOST_BYTES });
    if ('problem' in save) return refuse(c, save);
    const { revision, body: content, base_version: baseVersion } = save;
    return told(c, await saveDraft(deps, c.get('key').id, c.req.param('id'), { revision, body: content, baseVersion }));
  });

  app.delete('/v1/desk/policies/:id', write, async (c) => {
    const refused = await dropDraft(deps, c.get('key').id, c.req.param('id'));
    return refused === null ? new Response(null, { status: 204 }) : refuse(c, refused);
  });

  app.post('/v1/desk/policies/:id/validate', read, (c) => told(c, validatePolicy(deps, c.req.param('id'))));

  app.post('/v1/desk/policies/:id/propose', write, async (c) => {
    const body = await readJson(c.req.raw);
    if ('problem' in body) return refuse(c, body);
    const wish = check(DraftProposalBody, body.value);
    if ('problem' in wish) return refuse(c, wish);
    const id = c.req.param('id');
    const publishAtMs = wish.publish_at === undefined ? null : Date.parse(wish.publish_at);
    return idempotent(deps, c, { route: `POST /v1/desk/policies/${id}/propose`, bytes: body.bytes, required: false }, (record) =>
      proposeDraft(deps, c.get('key').id, id, { note: wish.note, publishAtMs }, record),
    );
  });

  return app;
}

function told(c: Ctx, outcome: object): Response {
  return 'problem' in outcome ? refuse(c, outcome as ReturnType<typeof problem>) : json(outcome);
}

function noSuch(c: Ctx): Response {
  return refuse(c, problem('not_found', '没有这份策略或草稿', 'there is no such policy or draft'));
}
