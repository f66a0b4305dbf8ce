/** The borrower's side of the API description: intake, applications, offers. */
import { z } from '@hono/zod-openapi';
import { Erasure } from '../borrower/applications.ts';
import { CodeBody, VerificationBody } from '../borrower/intake.ts';
import { AcceptBody } from '../borrower/offers.ts';
import { RepaymentBody, StepBody } from '../borrower/steps.ts';
import { ApplicationBody, ConsentsBody } from '../schemas/application.ts';
import { annotated } from './annotate.ts';
import type { Operation } from './operation.ts';
import { IdempotencyKey, Repeatable, REPEATED } from './repeatable.ts';
import { Application, Confirmed, ConsentTexts, Disclosure, Document, Erased, PartnerOffers, Repayment, Verification } from './replies.ts';

const Prefer = z
  .string()
  .regex(/wait=\d+/)
  .optional()
  .openapi({
    description: '`wait=N`: holds the reply until the application needs its borrower or has ended, at most N (and at most 30) seconds.',
    examples: ['wait=8'],
  });

const intake: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/phone-verifications',
    tag: 'intake',
    access: 'channel',
    title: { zh: '发送短信验证码', en: 'Send an SMS code' },
    description:
      'At most 5 codes an hour and 10 a day to a phone, 30 an hour from an address. In sandbox mode nothing is sent and the code is 000000.',
    body: { schema: annotated('PhoneVerificationRequest', VerificationBody) },
    replies: { 201: { description: 'Sent. The code is good for ten minutes.', schema: Verification } },
    problems: ['invalid_request', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/phone-verifications/:id/confirm',
    tag: 'intake',
    access: 'channel',
    title: { zh: '校验短信验证码', en: 'Confirm the SMS code' },
    description: 'Five wrong tries end the code. A confirmed verification may be used for 24 hours, for its own phone.',
    params: { id: 'A `pv_…` id.' },
    body: { schema: annotated('CodeRequest', CodeBody) },
    replies: { 200: { description: 'Confirmed.', schema: Confirmed } },
    problems: ['invalid_request', 'code_wrong', 'code_expired', 'not_found'],
  },
  {
    method: 'post',
    path: '/v1/documents',
    tag: 'intake',
    access: 'channel',
    title: { zh: '上传身份证照片', en: 'Upload an ID photo' },
    description: 'JPEG, PNG or WebP, at most 10 MiB. Looked at on the spot; a poor photo is answered with what is wrong with it, and is not kept.',
    body: {
      type: 'multipart/form-data',
      schema: z.object({ kind: z.enum(['id_front', 'id_back']), file: z.string().openapi({ format: 'binary' }) }).openapi('DocumentUpload'),
    },
    replies: { 201: { description: 'Looked at.', schema: Document } },
    problems: ['invalid_request', 'body_too_large', 'unsupported_media_type'],
  },
  {
    method: 'get',
    path: '/v1/consent-texts',
    tag: 'intake',
    access: 'channel',
    title: { zh: '授权文本', en: 'Consent texts' },
    description: 'For a channel that asks for consent itself and sends it along with the application. Unknown recipients are left out.',
    query: z.object({
      recipients: z
        .string()
        .optional()
        .openapi({
          description: '`platform` and funder ids, separated by commas, at most 50. `platform` when left out.',
          examples: ['platform,fnd_river'],
        }),
    }),
    replies: { 200: { description: 'The texts in force, in the language of Accept-Language.', schema: ConsentTexts } },
    problems: [],
  },
];

const applications: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/applications',
    tag: 'applications',
    access: 'channel',
    title: { zh: '创建申请', en: 'Create an application' },
    description:
      'Whole, or with `draft: true` as a draft that is continued later. A whole one that lacks photos or the platform’s consent is kept as a draft and says in `needs` what is missing.',
    headers: z.object({ 'Idempotency-Key': IdempotencyKey, Prefer }),
    body: { schema: annotated('ApplicationRequest', ApplicationBody) },
    replies: {
      201: {
        description: 'Created. With `Prefer: wait` the reply, and what a repeat gets, is the state after waiting.',
        schema: Application,
        headers: ['idempotent-replayed'],
      },
    },
    problems: ['invalid_request', ...REPEATED],
  },
  {
    method: 'patch',
    path: '/v1/applications/:id',
    tag: 'applications',
    access: 'own',
    title: { zh: '继续填写草稿', en: 'Continue a draft' },
    description: 'Fields that are sent replace those that were; the rest stays. The phone cannot be changed.',
    headers: Repeatable,
    body: { schema: annotated('ApplicationRequest', ApplicationBody), optional: true },
    replies: { 200: { description: 'Saved.', schema: Application, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'not_found', 'illegal_transition', ...REPEATED],
  },
  {
    method: 'post',
    path: '/v1/applications/:id/submit',
    tag: 'applications',
    access: 'own',
    title: { zh: '提交草稿', en: 'Submit a draft' },
    description: 'The body may carry the last fields. What is still missing is told in `needs`; nothing is submitted then.',
    headers: Repeatable,
    body: { schema: annotated('ApplicationRequest', ApplicationBody), optional: true },
    replies: { 200: { description: 'Submitted, or still a draft that says what it needs.', schema: Application, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'not_found', 'illegal_transition', ...REPEATED],
  },
  {
    method: 'get',
    path: '/v1/applications/:id',
    tag: 'applications',
    access: 'own',
    title: { zh: '查看申请', en: 'Read an application' },
    headers: z.object({ Prefer }),
    replies: { 200: { description: 'As it stands.', schema: Application, headers: ['preference-applied'] } },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/applications/:id/events',
    tag: 'applications',
    access: 'own',
    title: { zh: '申请进度（SSE）', en: 'Progress as server-sent events' },
    description:
      'Events named `status`, each with an `Application` as its data and its sequence number as its id. Ends when the application has ended, or after ten minutes; come back with Last-Event-ID.',
    headers: z.object({ 'Last-Event-ID': z.string().optional().openapi({ description: 'The last id seen.' }) }),
    replies: {
      200: {
        description: 'The stream.',
        type: 'text/event-stream',
        schema: z.string().openapi({ examples: ['event: status\ndata: {"id":"app_…","status":"pending"}\nid: 4\n\n'] }),
      },
    },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/applications/:id/consents',
    tag: 'applications',
    access: 'own',
    title: { zh: '回复授权', en: 'Answer a consent sheet' },
    description: 'Yes to some recipients, no to others. Those refused are not asked for again.',
    headers: Repeatable,
    body: { schema: annotated('ConsentsRequest', ConsentsBody) },
    replies: { 200: { description: 'Recorded, each in a line of its own in the ledger.', schema: Application, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'not_found', 'illegal_transition', ...REPEATED],
  },
  {
    method: 'delete',
    path: '/v1/applications/:id/consents/:recipient',
    tag: 'applications',
    access: 'own',
    title: { zh: '撤回授权', en: 'Withdraw a consent' },
    description: 'Nothing more goes to this recipient. What is with it for a decision is asked back.',
    replies: { 200: { description: 'Withdrawn.', schema: Application } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/applications/:id/withdraw',
    tag: 'applications',
    access: 'own',
    title: { zh: '撤回申请', en: 'Withdraw the application' },
    replies: { 200: { description: 'Withdrawn; again is no error.', schema: Application } },
    problems: ['not_found', 'illegal_transition'],
  },
  {
    method: 'post',
    path: '/v1/erasures',
    tag: 'applications',
    access: 'own',
    title: { zh: '删除个人信息', en: 'Erase the borrower' },
    description: 'Destroys the data key of the borrower of this application, with all their applications. Not while a loan is running.',
    body: { schema: annotated('ErasureRequest', Erasure) },
    replies: { 201: { description: 'Erased.', schema: Erased } },
    problems: ['invalid_request', 'not_found', 'gone', 'illegal_transition'],
  },
];

const offers: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/applications/:id/offers/:offer/disclosure',
    tag: 'offers',
    access: 'own',
    title: { zh: '查看费用明细', en: 'Show the cost disclosure' },
    description: 'The reading time runs from the first time this content was shown.',
    replies: { 200: { description: 'What it costs, item by item.', schema: Disclosure } },
    problems: ['not_found', 'gone', 'illegal_transition'],
  },
  {
    method: 'post',
    path: '/v1/applications/:id/offers/:offer/accept',
    tag: 'offers',
    access: 'own',
    title: { zh: '接受报价', en: 'Accept the offer' },
    description: 'After its disclosure and reading time. The other offers and attempts are given back.',
    headers: Repeatable,
    body: { schema: annotated('AcceptRequest', AcceptBody), optional: true },
    replies: { 200: { description: 'Accepted; the funder is asked to pay out.', schema: Application, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'not_found', 'gone', 'stale', 'disclosure_required', 'reading_time', 'illegal_transition', ...REPEATED],
  },
  {
    method: 'get',
    path: '/v1/applications/:id/partner-offers',
    tag: 'offers',
    access: 'own',
    title: { zh: '合作方推广', en: 'Partner offers' },
    description: 'For an application that was declined by all or has expired; empty otherwise. Each reading counts as a showing.',
    replies: { 200: { description: 'In groups by class, each with its notice.', schema: PartnerOffers } },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/r/:token',
    tag: 'offers',
    access: 'open',
    title: { zh: '推广跳转', en: 'Follow a partner offer' },
    replies: { 302: { description: 'To the partner; the click is counted once for each showing.', headers: ['location'] } },
    problems: ['not_found', 'gone'],
  },
];

const steps: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/applications/:id/steps/:step',
    tag: 'offers',
    access: 'own',
    title: { zh: '完成资金方要求的步骤', en: 'Take a step a funder asks for' },
    description:
      'Answers a `bind_card` or `enter_code` of `needs`, or leaves a funder out with `skip`. A card number is handed to that funder under the borrower’s consent and kept nowhere.',
    headers: Repeatable,
    body: { schema: annotated('StepRequest', StepBody) },
    replies: { 200: { description: 'Taken; `needs` says what is next.', schema: Application, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'not_found', 'gone', 'illegal_transition', 'card_refused', 'funder_unavailable', 'rate_limited', ...REPEATED],
  },
  {
    method: 'post',
    path: '/v1/applications/:id/repayments',
    tag: 'offers',
    access: 'own',
    title: { zh: '提前还款', en: 'Repay before the day' },
    description: 'At funders that take repayments through us. What becomes of it is told by `loan.repayment`; one at a time.',
    headers: z.object({ 'Idempotency-Key': IdempotencyKey }),
    body: { schema: annotated('RepaymentRequest', RepaymentBody) },
    replies: { 202: { description: 'Taken; the funder is asked.', schema: Repayment, headers: ['idempotent-replayed'] } },
    problems: ['invalid_request', 'illegal_transition', ...REPEATED],
  },
  {
    method: 'get',
    path: '/l/:token',
    tag: 'offers',
    access: 'open',
    title: { zh: '前往资金方页面', en: 'Go to the funder’s page' },
    replies: { 302: { description: 'To the funder; a one-time link is fetched at this moment.', headers: ['location'] } },
    problems: ['not_found', 'gone', 'funder_unavailable'],
  },
];

export const BORROWER: readonly Operation[] = [...applications, ...intake, ...offers, ...steps];
