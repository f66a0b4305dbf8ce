/** The life of a policy, as the API description tells it. Roles as the routes name them; `admin` may do everything. */
import { z } from '@hono/zod-openapi';
import { DESK_RECORDS } from '../../domain/desk.ts';
import { ARMS } from '../../domain/segment.ts';
import { DraftBodyRequest, DraftProposalBody, DraftSaveBody } from '../desk/policies.ts';
import { RollBackBody } from '../desk/policy-versions.ts';
import { EVERYBODY } from '../desk/roles.ts';
import { annotated } from './annotate.ts';
import { CHANGE_STATES } from '../desk/records.ts';
import { Change, Difference, FaultWords } from './desk-replies.ts';
import type { Operation } from './operation.ts';
import { REPEATED, Repeatable } from './repeatable.ts';

const text = z.string();
const at = z.iso.datetime();

const draft = {
  id: text,
  kind: z.literal('draft'),
  policy: text.nullable().openapi({ description: 'The policy its body names; null while it names none.' }),
  revision: z.int().openapi({ description: 'Grows with each save; a save repeats the one it was read at.' }),
  base_version: z.int(),
  stale: z.boolean().openapi({ description: 'The policy has moved on since the draft was begun.' }),
  author: text,
  updated_by: text,
  created_at: at,
  updated_at: at,
  proposal: z.object({ id: text, state: z.enum(CHANGE_STATES) }).nullable(),
};
const policy = {
  id: text,
  kind: z.literal('policy'),
  name: text,
  version: z.int(),
  in_force: z.boolean(),
  general: z.boolean().openapi({ description: 'Decides wherever no segment has been found yet: before submission.' }),
  segments: z.array(z.object({ segment: text, arm: z.enum(ARMS) })),
  changes: z
    .array(z.object({ id: text, state: z.enum(CHANGE_STATES), author: text, retire: z.boolean(), publish_at: at.nullable() }))
    .openapi({ description: 'Proposed and scheduled ones.' }),
  author: text,
  approver: text.nullable(),
  at,
};
const body = annotated('Policy', DESK_RECORDS.policy);
const anything = z
  .union([body, z.record(z.string(), z.unknown())])
  .openapi({ description: 'Any JSON object; a policy only once `validate` finds no fault.' });
const Draft = z
  .object({
    ...draft,
    body: anything,
    diff: z.array(Difference).openapi({ description: 'Against the policy in force that the body names; all of it where there is none.' }),
  })
  .openapi('PolicyDraft');
const PolicyOrDraft = z.union([Draft, z.object({ ...policy, body }).openapi('PolicyInForce')]);
const Policies = z.object({ policies: z.array(z.object(policy)), drafts: z.array(z.object(draft)) }).openapi('Policies');
const Validation = z.object({ id: text, valid: z.boolean(), faults: z.array(FaultWords) }).openapi('PolicyValidation');
const Versions = z
  .object({
    data: z.array(
      z.object({
        version: z.int(),
        retired: z.boolean(),
        author: text,
        approver: text.nullable(),
        at,
        body,
        diff: z.array(Difference).openapi({ description: 'Against the version before.' }),
      }),
    ),
  })
  .openapi('PolicyVersions');

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable().openapi({ description: 'With its 90% interval.' });
const armVerdict = z.object({
  policy: text,
  applications: z.int().openapi({ description: 'Those that have come to an end, refused and withdrawn ones among them.' }),
  immature: z.int().openapi({ description: 'Those under way, no part of any figure here.' }),
  offered: z.int(),
  approvals: z.int(),
  loans: z.int(),
  offered_share: estimate,
  revenue_per_application_fen: estimate,
});
const probability = z.number().min(0).max(1).nullable();
const Verdict = z
  .object({
    segment: text,
    since: at,
    at,
    share: z.number().nullable(),
    champion: armVerdict,
    challenger: armVerdict.nullable(),
    challenger_better: z
      .object({ offered_share: probability, revenue_per_application_fen: probability })
      .nullable()
      .openapi({ description: 'Probability that the challenger is the better one.' }),
  })
  .openapi('SegmentVerdict');

const ID = { id: 'A draft, `pdr_…`, or a policy, `pol_…`.' };
const DRAFT = { id: 'A draft, `pdr_…`.' };
const POLICY = { id: 'A policy, `pol_…`.' };
const WRITERS = ['operator', 'risk', 'approver'] as const;

export const DESK_POLICIES: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/desk/policies',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '策略与草稿', en: 'Policies and drafts' },
    replies: {
      200: { description: 'Those in force with the segments that use them and what is on its way; the newest 200 drafts.', schema: Policies },
    },
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/desk/policies',
    tag: 'desk',
    access: 'operator',
    roles: WRITERS,
    title: { zh: '新建策略草稿', en: 'Begin a draft' },
    description: 'From a body, which may be faulty, or from a policy in force.',
    headers: Repeatable,
    body: { schema: annotated('PolicyDraftRequest', DraftBodyRequest) },
    replies: { 201: { description: 'Saved.', schema: Draft, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'not_found', ...REPEATED],
  },
  {
    method: 'get',
    path: '/v1/desk/policies/:id',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '查看策略或草稿', en: 'A policy or a draft' },
    params: ID,
    replies: { 200: { description: 'With its body.', schema: PolicyOrDraft } },
    problems: ['not_found'],
  },
  {
    method: 'put',
    path: '/v1/desk/policies/:id',
    tag: 'desk',
    access: 'operator',
    roles: WRITERS,
    title: { zh: '保存草稿', en: 'Save a draft' },
    params: DRAFT,
    description: '`stale` when somebody else has saved it since `revision`, or when `base_version` is not the one in force.',
    body: { schema: annotated('PolicyDraftSave', DraftSaveBody) },
    replies: { 200: { description: 'Saved, under the next revision.', schema: Draft } },
    problems: ['invalid_request', 'not_found', 'stale'],
  },
  {
    method: 'delete',
    path: '/v1/desk/policies/:id',
    tag: 'desk',
    access: 'operator',
    roles: WRITERS,
    title: { zh: '删除草稿', en: 'Delete a draft' },
    params: DRAFT,
    replies: { 204: { description: 'Deleted.' } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/desk/policies/:id/validate',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '校验策略', en: 'Validate' },
    params: ID,
    replies: { 200: { description: 'Every fault, by JSON pointer into the policy.', schema: Validation } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/desk/policies/:id/propose',
    tag: 'desk',
    access: 'operator',
    roles: WRITERS,
    title: { zh: '提交审批', en: 'Propose a draft' },
    params: DRAFT,
    description:
      'Makes a change of the draft as it is now, to be approved by another person. Pointers of faults go into the policy; `/publish_at` is of this request. `stale` when the policy has moved on since the draft was begun.',
    headers: Repeatable,
    body: { schema: annotated('PolicyProposal', DraftProposalBody) },
    replies: { 201: { description: 'Proposed.', schema: Change, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'not_found', 'stale', ...REPEATED],
  },
  {
    method: 'get',
    path: '/v1/desk/policies/:id/versions',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '策略版本', en: 'Versions of a policy' },
    params: POLICY,
    replies: { 200: { description: 'Newest first, each with its differences from the one before.', schema: Versions } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/desk/policies/:id/roll-back',
    tag: 'desk',
    access: 'operator',
    roles: ['approver'],
    title: { zh: '回退策略', en: 'Roll a policy back' },
    params: POLICY,
    description: 'One person is enough: that content was approved by two before. Live at once, as a new version.',
    body: { schema: annotated('PolicyRollBack', RollBackBody) },
    replies: { 200: { description: 'In force; the change it was recorded as.', schema: Change } },
    problems: ['invalid_request', 'not_found', 'stale'],
  },
  {
    method: 'get',
    path: '/v1/desk/segments/:id/verdict',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '冠军与挑战者对比', en: 'Champion against challenger' },
    params: { id: 'A segment.' },
    query: z.object({
      since: z.iso
        .datetime({ offset: true })
        .optional()
        .openapi({ description: 'When left out: since champion, challenger and share are what they are.' }),
    }),
    replies: { 200: { description: 'Both arms with 90% intervals.', schema: Verdict } },
    problems: ['invalid_request', 'not_found'],
  },
];
