/** Desk records and the changes to them: read, propose, approve by another person, reject, withdraw. */
import { Hono } from 'hono';
import { z } from 'zod';
import { DESK_RECORDS, type DeskRecordKind } from '../../domain/desk.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import { readBy } from '../../domain/schema-faults.ts';
import { TWO_PERSON_KINDS, type TwoPersonRecord } from '../../flow/desk/check-record.ts';
import { approveChange, rejectChange, withdrawChange } from '../../flow/desk/decide-change.ts';
import { listChanges, listRecords, showChange, showRecord } from '../../flow/desk/list-records.ts';
import { proposeChange, type ChangeView, type Proposal } from '../../flow/desk/propose-change.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from '../context.ts';
import { check } from '../faults.ts';
import { idempotent } from '../idempotent.ts';
import { readAs, readJson } from '../read-body.ts';
import { PAGE, paged, pageOf, readQuery } from './query.ts';
import { EVERYBODY } from './roles.ts';

/** Policies hold rules, and texts are long. */
const MOST_BYTES = 256 * 1024;
const KINDS = Object.keys(DESK_RECORDS) as [DeskRecordKind, ...DeskRecordKind[]];

export const ChangeBody = z.strictObject({
  kind: z.enum(TWO_PERSON_KINDS),
  id: z.string().min(1).max(60),
  /** The whole record as it shall be; not needed to retire one. */
  body: z.unknown().optional(),
  /** Why, for the approver. */
  note: z.string().min(1).max(500),
  retire: z.boolean().default(false),
  /** When it shall come into force, once approved; at once when left out. */
  publish_at: z.iso.datetime({ offset: true }).optional(),
});
export const ApprovalBody = z.strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/) });
export const CHANGE_STATES = ['proposed', 'scheduled', 'approved', 'rejected', 'withdrawn', 'failed'] as const;

export function recordRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);
  const propose = withRole(deps, 'operator', 'risk', 'approver');
  const decide = withRole(deps, 'approver');

  app.get('/v1/desk/records/:kind', read, (c) => {
    const kind = kindOf(c);
    return kind === null ? refuse(c, noSuch()) : json({ data: listRecords(deps, kind) });
  });

  app.get('/v1/desk/records/:kind/:id', read, (c) => {
    const kind = kindOf(c);
    const record = kind === null ? null : showRecord(deps, kind, c.req.param('id'));
    return record === null ? refuse(c, noSuch()) : json(record);
  });

  app.post('/v1/desk/changes', propose, async (c) => {
    const body = await readJson(c.req.raw, { most: MOST_BYTES });
    if ('problem' in body) return refuse(c, body);
    const proposal = readProposal(body.value);
    if ('problem' in proposal) return refuse(c, proposal);
    return idempotent(deps, c, { route: 'POST /v1/desk/changes', bytes: body.bytes, required: false }, (record) =>
      proposeChange(deps, c.get('key').id, proposal, record),
    );
  });

  app.get('/v1/desk/changes', read, (c) => {
    const query = readQuery(c, { ...PAGE, state: z.enum(CHANGE_STATES).optional() });
    if ('problem' in query) return refuse(c, query);
    const page = pageOf(query);
    return json(paged(listChanges(deps, query.state, page.cursor, page.limit), page, (last) => last.id));
  });

  app.get('/v1/desk/changes/:id', read, (c) => {
    const change = showChange(deps, c.req.param('id'));
    return change === null ? refuse(c, problem('not_found', '没有这个修改', 'there is no such change')) : json(change);
  });

  app.post('/v1/desk/changes/:id/approve', decide, async (c) => {
    const approval = await readAs(c.req.raw, ApprovalBody);
    if ('problem' in approval) return refuse(c, approval);
    const outcome = await approveChange(deps, c.get('key').id, c.req.param('id'), approval.hash);
    if (!('problem' in outcome)) options.reloadDesk();
    return told(c, outcome);
  });

  app.post('/v1/desk/changes/:id/reject', decide, async (c) => told(c, await rejectChange(deps, c.get('key').id, c.req.param('id'))));
  app.post('/v1/desk/changes/:id/withdraw', propose, async (c) => told(c, await withdrawChange(deps, c.get('key').id, c.req.param('id'))));

  return app;
}

/** The envelope first, then the record by the schema of its kind; faults point into `/body`. */
function readProposal(value: unknown): Proposal | Problem {
  const given = check(ChangeBody, value);
  if ('problem' in given) return given;
  const { kind, id, note } = given;
  const publishAtMs = given.publish_at === undefined ? null : Date.parse(given.publish_at);
  if (given.retire) return { kind, id, note, publishAtMs, record: null };
  const read = readBy<unknown>(DESK_RECORDS[kind], given.body, '/body');
  if ('value' in read) return { kind, id, note, publishAtMs, record: read.value as TwoPersonRecord['record'] };
  return problem('invalid_request', '提交的内容有误，请修改后重试', 'the record has faults; see errors', { faults: read.faults });
}

function told(c: Ctx, outcome: ChangeView | Problem): Response {
  return 'problem' in outcome ? refuse(c, outcome) : json(outcome);
}

function kindOf(c: Ctx): DeskRecordKind | null {
  const kind = c.req.param('kind') as DeskRecordKind;
  return KINDS.includes(kind) ? kind : null;
}

function noSuch(): Problem {
  return problem('not_found', '没有这条记录', 'there is no such record');
}
