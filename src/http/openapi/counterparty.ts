/** The routes that are not a borrower's: funders and partners, the sandbox, the operation of the service, this description. */
import { z } from '@hono/zod-openapi';
import type { Operation } from './operation.ts';
import { Health, PostbackReply, Readiness, SandboxKeys } from './replies.ts';

const CALLBACK =
  'In the funder’s own protocol, verified and acknowledged by its adapter. Stored, sealed, before it is acknowledged, and processed after. A forged one is recorded and refused in the funder’s own form.';

/** As the partner sends it; unknown members are dropped, so a partner may add its own. */
export const Postback = z
  .object({
    event_id: z
      .string()
      .regex(/^[\x21-\x7e]{1,100}$/)
      .openapi({ description: 'The partner’s own; a second one with the same id is a duplicate.' }),
    click_id: z.string().openapi({ description: 'From the landing address.' }),
    kind: z.enum(['lead', 'sale', 'reversal']),
    amount_fen: z.int().min(0).max(1_000_000_000).optional().openapi({ description: 'The payout for this event, when it differs from the terms.' }),
    at: z.iso.datetime({ offset: true }),
  })
  .openapi('Postback');

const text = z.string();

export const COUNTERPARTIES: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/callbacks/:funder',
    tag: 'counterparties',
    access: 'funder',
    title: { zh: '资金方回调', en: 'A funder calls back' },
    description: CALLBACK,
    replies: { 200: { description: 'Stored; acknowledged in the funder’s own form.' } },
    problems: ['not_found', 'body_too_large', 'signature_invalid'],
  },
  {
    method: 'post',
    path: '/v1/callbacks/:funder/*',
    tag: 'counterparties',
    access: 'funder',
    title: { zh: '资金方回调（带路径）', en: 'A funder calls back, with a path' },
    description: CALLBACK,
    replies: { 200: { description: 'Stored; acknowledged in the funder’s own form.' } },
    problems: ['not_found', 'body_too_large', 'signature_invalid'],
  },
  {
    method: 'post',
    path: '/v1/postbacks/:partner',
    tag: 'counterparties',
    access: 'partner',
    title: { zh: '合作方转化回传', en: 'A partner reports a conversion' },
    description:
      '`X-Signature` is the hex HMAC-SHA256 of `<X-Timestamp>.<raw body>` under the partner’s secret; `X-Timestamp` is Unix seconds, within five minutes of ours.',
    body: { schema: Postback },
    replies: { 200: { description: 'Counted, or known already.', schema: PostbackReply } },
    problems: ['signature_invalid', 'invalid_request', 'not_found', 'body_too_large'],
  },
];

export const OPERATION: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    tag: 'operation',
    access: 'open',
    title: { zh: '存活', en: 'Is it alive' },
    replies: { 200: { description: 'It answers.', schema: Health } },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    tag: 'operation',
    access: 'open',
    title: { zh: '就绪', en: 'Is it ready' },
    replies: { 200: { description: 'With the versions it decides by.', schema: Readiness } },
    problems: [],
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'operation',
    access: 'metrics',
    title: { zh: '指标', en: 'Metrics' },
    description: 'Prometheus text. 404 without the token, and where none is configured.',
    replies: { 200: { description: 'Metrics.', type: 'text/plain', schema: text } },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/sandbox/keys',
    tag: 'sandbox',
    access: 'open',
    title: { zh: '沙箱密钥', en: 'The sandbox’s keys' },
    description: 'In sandbox mode alone; 404 otherwise.',
    replies: { 200: { description: 'The test keys of this instance.', schema: SandboxKeys } },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/openapi.json',
    tag: 'operation',
    access: 'open',
    title: { zh: '接口描述', en: 'This description' },
    replies: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  {
    method: 'get',
    path: '/docs',
    tag: 'operation',
    access: 'open',
    title: { zh: '接口文档', en: 'The reference as a page' },
    replies: { 200: { description: 'HTML.', type: 'text/html', schema: text } },
    problems: [],
  },
  {
    method: 'get',
    path: '/docs/problems',
    tag: 'operation',
    access: 'open',
    title: { zh: '错误码', en: 'Problem codes' },
    replies: { 200: { description: 'HTML.', type: 'text/html', schema: text } },
    problems: [],
  },
  {
    method: 'get',
    path: '/docs/events',
    tag: 'operation',
    access: 'open',
    title: { zh: '事件类型', en: 'Event types' },
    replies: { 200: { description: 'HTML.', type: 'text/html', schema: text } },
    problems: [],
  },
  {
    method: 'get',
    path: '/docs/style.css',
    tag: 'operation',
    access: 'open',
    title: { zh: '文档样式', en: 'The pages’ style sheet' },
    replies: { 200: { description: 'CSS.', type: 'text/css', schema: text } },
    problems: [],
  },
];
