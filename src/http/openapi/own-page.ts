/** Our own page in the API description: what it is told, what it counts, and the way back to an application. */
import { z } from '@hono/zod-openapi';
import { PAGE_STEPS } from '../../domain/page-variant.ts';
import { ResumeBody, VisitBody } from '../borrower/pages.ts';
import { annotated } from './annotate.ts';
import type { Operation } from './operation.ts';
import { Application } from './replies.ts';

const fen = z.int();
const word = z.string().optional();
const Words = z.object({ headline: word, promise: word, button: word, submit: word });
const Cost = z.object({ apr_bps: z.int(), monthly_fen: fen, repaid_fen: fen });

export const Page = z
  .object({
    channel: z.string(),
    name: z.string(),
    mode: z.enum(['live', 'sandbox']),
    key: z.string().openapi({ description: 'The publishable key of our own page for this channel.', examples: ['pk_page_…_h5-demo'] }),
    variant: z.string().nullable().openapi({ description: 'The variant this visitor is shown; null: none is live. It goes into `visit.variant`.' }),
    texts: z.object({ zh: Words, en: Words }).openapi({ description: 'Words that the variant sets; the page has its own for the others.' }),
    steps: z.array(z.enum(PAGE_STEPS)),
    amount: z.object({ min_fen: fen, max_fen: fen, preset_fen: fen }),
    terms: z.object({ months: z.array(z.int()), preset: z.int() }),
    photos: z.array(z.enum(['id_front', 'id_back'])),
    min_age: z.int(),
    max_age: z.int(),
    costs: z.array(z.object({ months: z.int(), min_fen: fen, max_fen: fen, apr_bps: z.int(), monthly_fen: fen })).openapi({
      description: 'What each product that is open costs for `costs_for_fen`, all in, by our own IRR; payments grow in step with the amount.',
    }),
    costs_for_fen: fen,
    example: z
      .object({ amount_fen: fen, months: z.int(), products: z.int(), low: Cost, high: Cost })
      .nullable()
      .openapi({ description: 'The usual wish worked out for the cheapest and the dearest product.' }),
  })
  .openapi('Page', { description: 'Configuration of the borrower’s page.' });

export const GivenConsents = z
  .object({
    data: z.array(
      z.object({
        recipient: z.string(),
        name: z.string(),
        legal_entity: z.string(),
        purpose: z.enum(['application', 'credit_decision', 'marketing']),
        fields: z.array(z.string()),
        text_version: z.string(),
        agreed_at: z.iso.datetime(),
        withdrawn_at: z.iso.datetime().nullable(),
      }),
    ),
  })
  .openapi('GivenConsents');

export const OWN_PAGE: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/pages/:channel',
    tag: 'intake',
    access: 'open',
    title: { zh: '申请页的配置', en: 'What the borrower’s page is told' },
    description:
      'Without a key, and cached for a minute. The same visitor always gets the same variant. The key in it works from our own origin and those that the channel allows, as long as the channel is live.',
    params: { channel: 'A channel id.' },
    query: z.object({
      visitor: z.string().optional().openapi({ description: 'Made up by the browser, 16 to 40 characters; it decides the variant.' }),
      preview: z.string().optional().openapi({
        description: 'A live variant to be shown instead, also one of no weight. For looking at it: such a visit is not to be counted.',
      }),
    }),
    replies: { 200: { description: 'The page.', schema: Page } },
    problems: ['invalid_request', 'not_found'],
  },
  {
    method: 'get',
    path: '/v1/applications/:id/consents',
    tag: 'applications',
    access: 'own',
    title: { zh: '已给的授权', en: 'Consents given' },
    replies: { 200: { description: 'Each recipient once, as it stands.', schema: GivenConsents } },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/visits',
    tag: 'intake',
    access: 'channel',
    title: { zh: '记一次访问', en: 'Count a visit' },
    description: 'Each visitor counts once a day and channel, however often it is sent. At most 600 new ones an hour from an address.',
    body: { schema: annotated('VisitRequest', VisitBody) },
    replies: { 204: { description: 'Counted, now or before.' } },
    problems: ['invalid_request', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/resumptions',
    tag: 'applications',
    access: 'channel',
    title: { zh: '凭手机号继续申请', en: 'Find an application again by its phone' },
    description:
      'With a verification of the phone that was confirmed by a key of the same channel in the last fifteen minutes: the newest open application of this channel, else the newest one that ended in the last thirty days or was paid out, with its `client_token`.',
    body: { schema: annotated('ResumptionRequest', ResumeBody) },
    replies: { 200: { description: 'It, as it stands.', schema: Application } },
    problems: ['invalid_request', 'phone_not_verified', 'not_found'],
  },
];
