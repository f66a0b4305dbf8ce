/** Today, caps, approvals and channels as the API description tells them. */
import { z } from '@hono/zod-openapi';
import { DAYS_QUERY, SpendBody } from '../desk/today.ts';
import { EVERYBODY } from '../desk/roles.ts';
import { annotated } from './annotate.ts';
import { words } from './desk-figures.ts';
import type { Operation } from './operation.ts';

const at = z.iso.datetime();
const text = z.string();
const some = z.number().nullable();
const fen = z.int().nullable();

const against = z.object({ today: z.number(), usual: some, low: some, high: some });
const hourly = z.object({ today: z.number().nullable(), usual: some });
const Today = z
  .object({
    at,
    from: at,
    weeks: z.int().openapi({ description: 'How many of the last four the usual is of.' }),
    behind: z.int(),
    stages: z.array(against.extend({ stage: text })),
    sums: z.record(text, against),
    hours: z.array(z.object({ at, counts: z.record(text, hourly) })),
  })
  .openapi('Today');

const Caps = z
  .object({
    at,
    data: z.array(
      z.object({
        funder: text,
        name: text,
        cap: text,
        unit: text,
        window: text,
        limit: z.int(),
        lent: z.int().openapi({ description: 'Taken of it, what is lent out in advance included.' }),
        share: z.number(),
      }),
    ),
  })
  .openapi('Caps');

const change = z.object({
  figure: text,
  direction: z.enum(['up', 'down']),
  part: text.nullable(),
  since: at,
  raised: at,
  cause: z.enum(['funder', 'traffic']),
  words,
});
const Approvals = z
  .object({
    from: at,
    to: at,
    funders: z.array(
      z.object({
        id: text,
        name: text,
        status: text.nullable(),
        points: z.array(z.object({ at, approved: z.int(), declined: z.int(), approval_rate: some })),
        changes: z.array(change),
      }),
    ),
  })
  .openapi('Approvals');

const channel = {
  ...Object.fromEntries(
    ['started', 'submitted', 'passed', 'sent', 'approved', 'offered', 'accepted', 'disbursed', 'overdue', 'reloan'].map((name) => [name, z.int()]),
  ),
  mature: z.boolean(),
  disbursed_fen: z.int(),
  commission_fen: z.int(),
  partner_earned_fen: z.int(),
  earned_fen: z.int(),
  spend_fen: fen.openapi({ description: 'Null: nothing was entered.' }),
  profit_fen: fen,
  cost_per_submitted_fen: fen,
  cost_per_loan_fen: fen,
  approved_share: some,
  disbursed_share: some,
  overdue_share: some,
  roi: some,
};
const Channels = z
  .object({
    from: at,
    to: at,
    days: z.int(),
    total: z.object(channel),
    channels: z.array(
      z.object({
        ...channel,
        channel: text.nullable(),
        name: text.nullable(),
        spend_days: z.int().openapi({ description: 'Days for which something was entered.' }),
      }),
    ),
  })
  .openapi('Channels');

const spend = z.object({ channel: text, day: z.iso.date(), spend_fen: z.int(), author: text, at });
const Spend = spend.openapi('Spend');
const SpendList = z.object({ from: at, to: at, data: z.array(spend) }).openapi('SpendList');

const reading = { method: 'get', tag: 'desk', access: 'operator', roles: EVERYBODY } as const;
const days = { query: z.object(DAYS_QUERY), problems: ['invalid_request'] as const };

export const DESK_TODAY: readonly Operation[] = [
  {
    ...reading,
    path: '/v1/desk/today',
    title: { zh: '今天与平常', en: 'Today against the usual' },
    description: 'What happened since midnight in China, against the same hours of the same weekday in the last four weeks.',
    replies: { 200: { description: 'By stage, and by the hour.', schema: Today } },
    problems: [],
  },
  {
    ...reading,
    path: '/v1/desk/caps',
    title: { zh: '各资金方限额', en: 'Caps of all funders' },
    replies: { 200: { description: 'In the windows that are running, of funders in use.', schema: Caps } },
    problems: [],
  },
  {
    ...reading,
    ...days,
    path: '/v1/desk/approvals',
    title: { zh: '各资金方通过率', en: 'Approvals of all funders' },
    description: 'Day by day, with the changes found that still stand.',
    replies: { 200: { description: 'One point for each day.', schema: Approvals } },
  },
  {
    ...reading,
    ...days,
    path: '/v1/desk/channels',
    title: { zh: '渠道成本与产出', en: 'What channels cost and bring' },
    description: 'By submission, in whole days of China.',
    replies: { 200: { description: 'The largest first.', schema: Channels } },
  },
  {
    ...reading,
    ...days,
    path: '/v1/desk/spend',
    title: { zh: '投放费用', en: 'Spend entered' },
    replies: { 200: { description: 'By day and channel.', schema: SpendList } },
  },
  {
    method: 'put',
    path: '/v1/desk/channels/:id/spend/:day',
    tag: 'desk',
    access: 'operator',
    roles: ['operator', 'finance'],
    title: { zh: '登记投放费用', en: 'Enter the spend of a channel and day' },
    params: { id: 'Id of a channel.', day: 'A day of China, `2026-11-22`, not in the future.' },
    description: 'Enters or corrects; each word is in the audit trail.',
    body: { schema: annotated('SpendRequest', SpendBody) },
    replies: { 200: { description: 'As it stands.', schema: Spend } },
    problems: ['invalid_request', 'not_found'],
  },
];
