/** Applications, funders and webhooks at the desk, as the API description tells them. Roles as the routes name them; `admin` may do everything. */
import { z } from '@hono/zod-openapi';
import { APPLICATION_STATES, type ApplicationState } from '../../domain/states.ts';
import { RefusalBody, SearchBody, UnmaskBody } from '../desk/applications.ts';
import { EVERYBODY } from '../desk/roles.ts';
import { EndpointBody, EndpointPatchBody, ReplayBody } from '../desk/webhooks.ts';
import { DecideBody } from '../schemas/facts.ts';
import { annotated } from './annotate.ts';
import { DeskApplication, DeskApplicationDetail, Unmasked, Replayed, Summary } from './desk-application-replies.ts';
import { Decided, Explained } from './desk-decision-replies.ts';
import { Alarms } from './desk-funder-replies.ts';
import { DESK_CHANGES } from './desk-changes.ts';
import { Delivery, Endpoint, EndpointCreated, EndpointList, PAGE_QUERY, pageOf, Queued, Rotated } from './desk-replies.ts';
import { DESK_FUNDERS } from './desk-funders.ts';
import { DESK_FIGURES } from './desk-figures.ts';
import { DESK_TODAY } from './desk-today.ts';
import { DESK_POLICIES } from './desk-policies.ts';
import type { Operation } from './operation.ts';
import { REPEATED, Repeatable } from './repeatable.ts';

const STATES = Object.keys(APPLICATION_STATES) as [ApplicationState, ...ApplicationState[]];

const applications: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/desk/applications',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '申请列表', en: 'Applications' },
    query: z.object({
      ...PAGE_QUERY,
      state: z.enum(STATES).optional(),
      channel: z.string().optional(),
      quarantined: z.enum(['true', 'false']).optional(),
    }),
    replies: { 200: { description: 'Newest first, masked.', schema: pageOf('DeskApplicationPage', DeskApplication) } },
    problems: ['invalid_request'],
  },
  {
    method: 'get',
    path: '/v1/desk/applications/:id',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '申请详情', en: 'An application, explained' },
    description: 'Masked, with its timeline, plans (who was left out, and why), attempts, consents, receipts, offers and callbacks.',
    replies: { 200: { description: 'Everything that was decided.', schema: DeskApplicationDetail } },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/desk/applications/:id/explanation',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '为何如此路由', en: 'Why it was routed so' },
    description:
      'For every plan: why each funder is where it is, why each other one was left out, and what would have changed it, found by making the plan again with that one thing different.',
    replies: { 200: { description: 'In words, zh and en, and as numbers.', schema: Explained } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/desk/applications/:id/replay',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '重放路由决策', en: 'Make its plans again' },
    description: 'From the stored inputs and the records of that time; changes nothing.',
    replies: { 200: { description: 'Whether the same bytes came out.', schema: Replayed } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/desk/applications/:id/release',
    tag: 'desk',
    access: 'operator',
    roles: ['operator', 'risk'],
    title: { zh: '人工放行', en: 'Release an application' },
    description: 'One that was set aside, or refused. Every rule runs again; grounds to refuse still hold.',
    replies: { 200: { description: 'As it now stands.', schema: DeskApplicationDetail } },
    problems: ['not_found', 'illegal_transition', 'gone'],
  },
  {
    method: 'post',
    path: '/v1/desk/applications/:id/refuse',
    tag: 'desk',
    access: 'operator',
    roles: ['operator', 'risk'],
    title: { zh: '人工拒绝', en: 'Refuse an application' },
    body: { schema: annotated('RefusalRequest', RefusalBody) },
    replies: { 200: { description: 'Refused.', schema: DeskApplicationDetail } },
    problems: ['invalid_request', 'not_found', 'illegal_transition'],
  },
  {
    method: 'post',
    path: '/v1/desk/applications/:id/unmask',
    tag: 'desk',
    access: 'operator',
    roles: ['operator', 'risk'],
    title: { zh: '查看一项明文', en: 'See one field in plain' },
    description: 'With the reason, which goes into the audit trail with the field and who asked.',
    body: { schema: annotated('UnmaskRequest', UnmaskBody) },
    replies: { 200: { description: 'The field in plain.', schema: Unmasked } },
    problems: ['invalid_request', 'not_found', 'gone'],
  },
  {
    method: 'post',
    path: '/v1/desk/application-searches',
    tag: 'desk',
    access: 'operator',
    roles: ['operator', 'risk'],
    title: { zh: '按手机号查申请', en: 'The applications of a phone' },
    description: 'The phone stands in the body, so that no log on the way has it.',
    body: { schema: annotated('SearchRequest', SearchBody) },
    replies: {
      200: { description: 'Masked, newest first; empty when nobody has that phone.', schema: z.object({ data: z.array(DeskApplication) }) },
    },
    problems: ['invalid_request'],
  },
  {
    method: 'post',
    path: '/v1/desk/decide',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '试算路由', en: 'Decide dry' },
    description: 'Where an application, or somebody with these facts, would go at this moment. Nothing is kept and nobody is asked.',
    body: { schema: annotated('DecideRequest', DecideBody) },
    replies: { 200: { description: 'The plan; with `explain`, in words too.', schema: Decided } },
    problems: ['invalid_request', 'not_found', 'gone'],
  },
  {
    method: 'get',
    path: '/v1/desk/alarms',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '告警', en: 'Alarms that stand' },
    replies: { 200: { description: 'The oldest first.', schema: Alarms } },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/desk/summary',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '总览', en: 'The operation in numbers' },
    replies: { 200: { description: 'Counted from the rows.', schema: Summary } },
    problems: [],
  },
];

const EP = { id: 'An `ep_…` id.' };
const webhooks: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/webhook-endpoints',
    tag: 'desk',
    access: 'operator',
    roles: ['operator'],
    title: { zh: '新建事件接收端', en: 'Create a webhook endpoint' },
    headers: Repeatable,
    body: { schema: annotated('WebhookEndpointRequest', EndpointBody) },
    replies: { 201: { description: 'With its secrets, told once.', schema: EndpointCreated, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', ...REPEATED],
  },
  {
    method: 'get',
    path: '/v1/webhook-endpoints',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '事件接收端列表', en: 'Webhook endpoints' },
    replies: { 200: { description: 'All of them.', schema: EndpointList } },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/webhook-endpoints/:id',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '查看事件接收端', en: 'A webhook endpoint' },
    params: EP,
    replies: { 200: { description: 'With how it fares.', schema: Endpoint } },
    problems: ['not_found'],
  },
  {
    method: 'patch',
    path: '/v1/webhook-endpoints/:id',
    tag: 'desk',
    access: 'operator',
    roles: ['operator'],
    title: { zh: '修改事件接收端', en: 'Change a webhook endpoint' },
    params: EP,
    description: 'Enabling gives it a clean sheet.',
    body: { schema: annotated('WebhookEndpointPatch', EndpointPatchBody) },
    replies: { 200: { description: 'Changed.', schema: Endpoint } },
    problems: ['invalid_request', 'not_found'],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/:id/rotate',
    tag: 'desk',
    access: 'operator',
    roles: ['operator'],
    title: { zh: '更换签名密钥', en: 'Rotate its secret' },
    params: EP,
    description: 'The old one signs beside the new one for 24 hours.',
    replies: { 200: { description: 'The new secret, told once.', schema: Rotated } },
    problems: ['not_found', 'rate_limited'],
  },
  {
    method: 'get',
    path: '/v1/webhook-endpoints/:id/deliveries',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '推送记录', en: 'Its deliveries' },
    params: EP,
    query: z.object({ ...PAGE_QUERY, state: z.enum(['waiting', 'delivered', 'dead']).optional() }),
    replies: { 200: { description: 'Newest first.', schema: pageOf('DeliveryPage', Delivery) } },
    problems: ['invalid_request', 'not_found'],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/:id/replay',
    tag: 'desk',
    access: 'operator',
    roles: ['operator'],
    title: { zh: '按时间重推', en: 'Send all since a time' },
    params: EP,
    description: 'About 100 a second. `dead_only`: what was given up, and nothing else.',
    body: { schema: annotated('ReplayRequest', ReplayBody) },
    replies: { 202: { description: 'On their way.', schema: Queued } },
    problems: ['invalid_request', 'not_found', 'illegal_transition'],
  },
  {
    method: 'post',
    path: '/v1/deliveries/:id/resend',
    tag: 'desk',
    access: 'operator',
    roles: ['operator'],
    title: { zh: '重推一次', en: 'Send one again' },
    params: { id: 'A `dlv_…` id.' },
    description: 'With the same `webhook-id`: a receiver sees a repeat as a repeat.',
    replies: { 202: { description: 'On its way.', schema: Delivery } },
    problems: ['not_found', 'illegal_transition'],
  },
];

export const DESK: readonly Operation[] = [
  ...DESK_CHANGES,
  ...DESK_POLICIES,
  ...applications,
  ...DESK_FUNDERS,
  ...DESK_FIGURES,
  ...DESK_TODAY,
  ...webhooks,
];
