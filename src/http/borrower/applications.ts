/** Applications: create, continue, submit, read; then consent, withdraw, be forgotten. */
import { Hono } from 'hono';
import { z } from 'zod';
import { problem } from '../../domain/failures.ts';
import { listConsents } from '../../flow/list-consents.ts';
import { answerConsents, withdrawConsent } from '../../flow/answer-consents.ts';
import { eraseBorrower } from '../../flow/erase-borrower.ts';
import type { Caller } from '../../flow/intake-input.ts';
import { continueApplication, createApplication } from '../../flow/save-application.ts';
import { iso } from '../../flow/view-application.ts';
import { withdrawApplication } from '../../flow/withdraw-application.ts';
import { ownApplication, withKey } from '../auth.ts';
import { answer, json, refuse, type Ctx, type Env, type HttpOptions } from '../context.ts';
import { check } from '../faults.ts';
import { idempotent } from '../idempotent.ts';
import { readAs, readJson } from '../read-body.ts';
import { applicationReader, ConsentsBody, toConsent } from '../schemas/application.ts';
import { currentView, progress, untilSettled, waitSeconds } from './wait.ts';

export function applicationRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  const reader = applicationReader(() => deps.clock.nowMs());
  const admit = withKey(deps, 'publishable', 'secret');
  const callerOf = (c: Ctx): Caller => ({
    channelId: c.get('key').channelId ?? '',
    keyId: c.get('key').id,
    publishable: c.get('key').kind === 'publishable',
    ip: options.clientIp(c),
    userAgent: c.req.header('user-agent')?.slice(0, 500) ?? null,
  });

  app.post('/v1/applications', admit, async (c) => {
    const body = await readJson(c.req.raw);
    if ('problem' in body) return refuse(c, body);
    const input = reader.create(body.value);
    if ('problem' in input) return refuse(c, input);
    const seconds = waitSeconds(c);
    const settle =
      seconds === 0
        ? {}
        : {
            headers: { 'preference-applied': `wait=${seconds}` },
            settle: async (saved: { id: string; body: string }) => {
              await untilSettled(deps, saved.id, seconds, c.req.raw.signal);
              const view = currentView(deps, saved.id, c.get('lang'), true);
              return view === null ? saved.body : JSON.stringify(view);
            },
          };
    return idempotent(deps, c, { route: 'POST /v1/applications', bytes: body.bytes, required: true, ...settle }, (record) =>
      createApplication(deps, input, callerOf(c), c.get('lang'), record),
    );
  });

  const change =
    (submit: boolean) =>
    async (c: Ctx): Promise<Response> => {
      const row = ownApplication(deps, c, c.req.param('id') ?? '');
      if (row instanceof Response) return row;
      const body = await readJson(c.req.raw, { mayBeEmpty: true });
      if ('problem' in body) return refuse(c, body);
      const input = reader.patch(body.value);
      if ('problem' in input) return refuse(c, input);
      return idempotent(deps, c, { route: `${c.req.method} ${c.req.path}`, bytes: body.bytes, required: false }, (record) =>
        continueApplication(deps, row.id, input, callerOf(c), c.get('lang'), record, submit),
      );
    };
  app.patch('/v1/applications/:id', admit, change(false));
  app.post('/v1/applications/:id/submit', admit, change(true));

  app.get('/v1/applications/:id', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const seconds = waitSeconds(c);
    if (seconds > 0) await untilSettled(deps, row.id, seconds, c.req.raw.signal);
    return answer(c, currentView(deps, row.id, c.get('lang')), 200, seconds > 0 ? { 'preference-applied': `wait=${seconds}` } : {});
  });

  app.get('/v1/applications/:id/events', admit, (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    return row instanceof Response ? row : progress(deps, c, row.id);
  });

  return app;
}

/** What a borrower decides while an application runs: consents, stopping, being forgotten. */
export function decisionRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const admit = withKey(deps, 'publishable', 'secret');

  app.get('/v1/applications/:id/consents', admit, (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    return row instanceof Response ? row : json({ data: listConsents(deps, row) });
  });

  app.post('/v1/applications/:id/consents', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const body = await readJson(c.req.raw);
    if ('problem' in body) return refuse(c, body);
    const answer = check(ConsentsBody, body.value);
    if ('problem' in answer) return refuse(c, answer);
    return idempotent(deps, c, { route: `POST ${c.req.path}`, bytes: body.bytes, required: false }, (record) =>
      answerConsents(deps, row.id, { consents: answer.consents.map(toConsent), refused: answer.refused }, c.get('lang'), record),
    );
  });

  app.delete('/v1/applications/:id/consents/:recipient', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const refused = await withdrawConsent(deps, row.id, c.req.param('recipient'));
    return refused === null ? json(currentView(deps, row.id, c.get('lang'))) : refuse(c, refused);
  });

  app.post('/v1/applications/:id/withdraw', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const refused = await withdrawApplication(deps, row.id);
    return refused === null ? json(currentView(deps, row.id, c.get('lang'))) : refuse(c, refused);
  });

  app.post('/v1/erasures', admit, async (c) => {
    const wanted = await readAs(c.req.raw, Erasure);
    if ('problem' in wanted) return refuse(c, wanted);
    const row = ownApplication(deps, c, wanted.application_id);
    if (row instanceof Response) return row;
    if (row.state === 'erased') return refuse(c, problem('gone', '已经删除', 'it was erased already'));
    const erased = await eraseBorrower(deps, row.id);
    if ('problem' in erased) return refuse(c, erased);
    return json({ id: erased.id, erased_at: iso(erased.erasedAtMs), applications: erased.applications }, 201);
  });

  return app;
}

export const Erasure = z.strictObject({ application_id: z.string().max(60) });
