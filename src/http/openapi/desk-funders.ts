/** Funders at the desk, as the API description tells them. Roles as the routes name them; `admin` may do everything. */
import { z } from '@hono/zod-openapi';
import { RELIABILITY_QUERY } from '../desk/funders.ts';
import { EVERYBODY } from '../desk/roles.ts';
import { FunderCallback, FunderCheck, FunderPlans, FunderReliability, Funders, FunderStatus } from './desk-funder-replies.ts';
import { PAGE_QUERY, pageOf } from './desk-replies.ts';
import type { Operation } from './operation.ts';

export const DESK_FUNDERS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/desk/funders',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '资金方一览', en: 'Funders at a glance' },
    replies: { 200: { description: 'Those in force, the strictest first, with the last seven days of each.', schema: Funders } },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/desk/funders/:id/status',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '资金方状态', en: 'How a funder fares' },
    replies: { 200: { description: 'What must hold for it to be asked at all, breaker, caps, attempts, last callbacks.', schema: FunderStatus } },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/desk/funders/:id/plans',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '资金方为何有或没有流量', en: 'Why a funder sees its traffic' },
    description: 'First plans of the newest 5,000 applications of the last 24 hours: how many name it, and why the others left it out.',
    replies: { 200: { description: 'Counts.', schema: FunderPlans } },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/desk/funders/:id/callbacks',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '资金方回调', en: 'Callbacks of a funder' },
    query: z.object(PAGE_QUERY),
    replies: {
      200: { description: 'Newest first, those of nobody and those that were forged too.', schema: pageOf('FunderCallbackPage', FunderCallback) },
    },
    problems: ['invalid_request', 'not_found'],
  },
  {
    method: 'get',
    path: '/v1/desk/funders/:id/reliability',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '通过概率的可信度', en: 'Predicted against what came' },
    description:
      'Attempts by the likelihood they were planned with, a tenth in each band. Only attempts older than the funder’s decision deadline; 30 days when nothing is said; at most the newest 200,000 attempts of all funders.',
    query: z.object(RELIABILITY_QUERY),
    replies: { 200: { description: 'Bands with attempts, the least likely first.', schema: FunderReliability } },
    problems: ['invalid_request', 'not_found'],
  },
  {
    method: 'post',
    path: '/v1/desk/funders/:id/check',
    tag: 'desk',
    access: 'operator',
    roles: ['operator', 'risk'],
    title: { zh: '检查资金方接口', en: 'Check a funder’s interface' },
    description: 'A heartbeat, and against its test environment a conversation about a person who does not exist. Takes up to half a minute.',
    replies: { 200: { description: 'What was asked, and how it was answered.', schema: FunderCheck } },
    problems: ['not_found'],
  },
];
