/** The read models as the API description tells them. */
import { z } from '@hono/zod-openapi';
import { OUTCOMES } from '../../domain/rollups.ts';
import { FLOWS_QUERY, FUNNEL_QUERY, SERIES_QUERY } from '../desk/figures.ts';
import { EVERYBODY } from '../desk/roles.ts';
import type { Operation } from './operation.ts';

const at = z.iso.datetime();
const text = z.string();
const share = z.number().nullable();
export const words = z.object({ zh: text, en: text });

const group = z
  .object({
    key: text.nullable().openapi({ description: 'What it is grouped by, a time as its beginning; null: of those that have none, or all in one.' }),
    stages: z.array(
      z.object({
        stage: text.openapi({ description: 'A figure’s id; its meaning is in `/v1/desk/figures`.' }),
        count: z.int(),
        of: text.nullable(),
        of_before: share.openapi({ description: 'Its count over that of the stage `of`.' }),
        mature: z.boolean(),
      }),
    ),
    undecided: z.int(),
    running: z.int(),
    mature: z.boolean().openapi({ description: 'False while more than 1 in 100 are undecided, or the time is not over.' }),
    sums: z.record(text, z.int()),
  })
  .openapi('FunnelGroup');

const Funnel = z
  .object({
    from: at,
    to: at,
    by: FUNNEL_QUERY.by.unwrap().nullable(),
    basis: FUNNEL_QUERY.basis.unwrap(),
    counts: z.enum(['application', 'attempt']),
    behind: z.int().openapi({ description: 'Events of the feed that are not counted yet.' }),
    total: group,
    refused_by: z.record(text, z.int()).openapi({ description: 'By reason; an application may have several.' }),
    groups: z.array(group),
    left_out: z.int(),
  })
  .openapi('Funnel');

const Flows = z
  .object({
    from: at,
    to: at,
    flows: z.array(
      z.object({
        channel: text.nullable().openapi({ description: 'Null: applications without one.' }),
        funder: text,
        outcome: z.enum(OUTCOMES).openapi({ description: 'What it means is in `/v1/desk/figures`, as `outcome_…`.' }),
        count: z.int(),
      }),
    ),
  })
  .openapi('Flows');

const Figures = z
  .object({
    data: z.array(
      z.object({
        id: text,
        kind: z.enum(['funnel', 'funder', 'derived']),
        unit: z.enum(['count', 'fen', 'ms', 'share', 'flag']),
        of: text.nullable(),
        name: words,
        meaning: words,
      }),
    ),
  })
  .openapi('Figures');

const FunderSeries = z
  .object({
    funder: text,
    step: z.enum(['hour', 'day']),
    from: at,
    to: at,
    points: z.array(
      z.object({
        at,
        attempts: z.int(),
        sent: z.int(),
        approved: z.int(),
        declined: z.int(),
        approval_rate: share,
        median_ms: z.int().nullable(),
        mean_ms: z.int().nullable(),
        asked_fen: z.int(),
        granted_fen: z.int(),
        granted_share: share,
        disbursed: z.int(),
        disbursed_fen: z.int(),
      }),
    ),
    changes: z.array(
      z.object({
        figure: z.enum(['approval', 'amount', 'latency', 'errors', 'traffic']),
        direction: z.enum(['up', 'down']),
        part: text.nullable().openapi({ description: '`channel/…` or `band/…`; null: the funder as a whole.' }),
        since: at,
        raised: at,
        cause: z.enum(['funder', 'traffic']),
        words,
      }),
    ),
  })
  .openapi('FunderSeries');

export const DESK_FIGURES: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/desk/funnel',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '漏斗', en: 'The funnel' },
    description:
      'Each application once per stage. `cohort` (usual): in the hour it was submitted, with all that became of it; `activity`: in the hour it first came so far. By `funder`, or of one, applications at funders are counted. Whole hours; the last seven days when nothing is said; at most 31 days by the hour.',
    query: z.object(FUNNEL_QUERY),
    replies: { 200: { description: 'All in one, and by group: times in order, others the largest first.', schema: Funnel } },
    problems: ['invalid_request'],
  },
  {
    method: 'get',
    path: '/v1/desk/flows',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '渠道到资金方到结果', en: 'From channel to funder to outcome' },
    description: 'Applications at funders by submission, each handed-over one in one outcome. Whole hours; the last seven days when nothing is said.',
    query: z.object(FLOWS_QUERY),
    replies: { 200: { description: 'One row for each channel, funder and outcome that there is.', schema: Flows } },
    problems: ['invalid_request'],
  },
  {
    method: 'get',
    path: '/v1/desk/figures',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '指标定义', en: 'What every figure means' },
    replies: { 200: { description: 'In Chinese and English.', schema: Figures } },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/desk/funders/:id/series',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '资金方走势', en: 'A funder over time' },
    description: 'By what happened in each hour or day of China, with the changes found that still stand. At most 31 days by the hour.',
    query: z.object(SERIES_QUERY),
    replies: { 200: { description: 'One point for each hour or day, those without traffic too.', schema: FunderSeries } },
    problems: ['invalid_request', 'not_found'],
  },
];
