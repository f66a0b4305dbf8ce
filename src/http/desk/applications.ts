/** Applications at the desk: masked, explained, replayed, and looked at by a person when screening set them aside. */
import { Hono } from 'hono';
import { z } from 'zod';
import { APPLICATION_STATES, type ApplicationState } from '../../domain/states.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import { explainApplication } from '../../flow/desk/explain-application.ts';
import { replayPlans } from '../../flow/desk/replay-plans.ts';
import { refuseApplication, releaseApplication } from '../../flow/desk/review-application.ts';
import { searchApplications } from '../../flow/desk/search-applications.ts';
import { listApplications, showApplication } from '../../flow/desk/show-application.ts';
import { UNMASKED_FIELDS, unmaskField } from '../../flow/desk/unmask-field.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from '../context.ts';
import { readAs } from '../read-body.ts';
import { Phone } from '../schemas/application.ts';
import { PAGE, paged, pageOf, readQuery } from './query.ts';
import { EVERYBODY } from './roles.ts';

const STATES = Object.keys(APPLICATION_STATES) as [ApplicationState, ...ApplicationState[]];
export const UnmaskBody = z.strictObject({ field: z.enum(UNMASKED_FIELDS), reason: z.string().trim().min(3).max(200) });
export const SearchBody = z.strictObject({ phone: Phone });
export const RefusalBody = z.strictObject({ note: z.string().min(1).max(200) });

export function deskApplicationRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);
  const review = withRole(deps, 'operator', 'risk');
  const missing = (): Problem => problem('not_found', '没有这个申请', 'there is no such application');
  const shown = (c: Ctx, refused: Problem | null): Response =>
    refused === null ? json(showApplication(deps, c.req.param('id') ?? '')) : refuse(c, refused);

  app.get('/v1/desk/applications', read, (c) => {
    const query = readQuery(c, {
      ...PAGE,
      state: z.enum(STATES).optional(),
      channel: z.string().max(40).optional(),
      quarantined: z.enum(['true', 'false']).optional(),
    });
    if ('problem' in query) return refuse(c, query);
    const page = pageOf(query);
    const rows = listApplications(deps, {
      state: query.state,
      channelId: query.channel,
      quarantined: query.quarantined === undefined ? undefined : query.quarantined === 'true',
      before: page.cursor,
      limit: page.limit,
    });
    return json(paged(rows, page, (last) => last.id));
  });

  app.get('/v1/desk/applications/:id', read, (c) => {
    const view = showApplication(deps, c.req.param('id'));
    return view === null ? refuse(c, missing()) : json(view);
  });

  app.get('/v1/desk/applications/:id/explanation', read, (c) => {
    const explained = explainApplication(deps, c.req.param('id'));
    return 'problem' in explained ? refuse(c, explained) : json(explained);
  });

  app.post('/v1/desk/applications/:id/replay', read, (c) => {
    const replayed = replayPlans(deps, c.req.param('id'));
    return 'problem' in replayed ? refuse(c, replayed) : json(replayed);
  });

  app.post('/v1/desk/applications/:id/release', review, async (c) => shown(c, await releaseApplication(deps, c.get('key').id, c.req.param('id'))));

  app.post('/v1/desk/applications/:id/refuse', review, async (c) => {
    const given = await readAs(c.req.raw, RefusalBody);
    if ('problem' in given) return refuse(c, given);
    return shown(c, await refuseApplication(deps, c.get('key').id, c.req.param('id'), given.note));
  });

  return app;
}

/** What shows or takes more than the mask: one field with its reason, and whose a phone is. */
export function searchRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const review = withRole(deps, 'operator', 'risk');

  app.post('/v1/desk/applications/:id/unmask', review, async (c) => {
    const given = await readAs(c.req.raw, UnmaskBody);
    if ('problem' in given) return refuse(c, given);
    const unmasked = await unmaskField(deps, c.get('key').id, c.req.param('id'), given.field, given.reason);
    return 'problem' in unmasked ? refuse(c, unmasked) : json(unmasked);
  });

  // The phone stands in the body: what is in a query ends up in the logs of everything on the way.
  app.post('/v1/desk/application-searches', review, async (c) => {
    const given = await readAs(c.req.raw, SearchBody);
    if ('problem' in given) return refuse(c, given);
    return json({ data: await searchApplications(deps, c.get('key').id, given.phone) });
  });

  return app;
}
