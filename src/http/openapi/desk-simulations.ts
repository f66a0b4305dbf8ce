/** What-if simulations as the API description tells them. */
import { z } from '@hono/zod-openapi';
import { EVERYBODY } from '../desk/roles.ts';
import { SimulateBody } from '../desk/simulations.ts';
import { annotated } from './annotate.ts';
import type { Operation } from './operation.ts';

const at = z.iso.datetime();
const estimate = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .openapi('Estimate', { description: 'With its 90% interval. Per application, unless it is a share.' });
const figures = { approvals: estimate, revenue_fen: estimate, attempt_cost_fen: estimate, attempts: estimate, steering: estimate };
const observed = z
  .object({ asked: z.number(), approvals: z.number(), revenue_fen: z.number() })
  .openapi({ description: 'Shares read from the log; the rest rests on the model.' });
const share = z.object({
  funder_id: z.string(),
  active: estimate,
  candidate: estimate,
  difference: estimate,
  asked: z.object({ active: z.number(), candidate: z.number() }).openapi({ description: 'Times asked, per application.' }),
});

const Report = z
  .object({
    applications: z.int(),
    actual: z
      .object({ approvals: z.number(), revenue_fen: z.number(), attempt_cost_fen: z.number(), attempts: z.number() })
      .openapi({ description: 'What happened to the same applications.' }),
    active: z.object({ ...figures, observed }),
    candidate: z.object({ ...figures, observed }),
    difference: z.object(figures).openapi({ description: 'Candidate less active.' }),
    funders: z.array(share).openapi({ description: 'Share of the approvals.' }),
    doubly_robust: z
      .union([
        z.object({ approvals: estimate, revenue_fen: estimate, applications: z.int(), effective: z.int() }),
        z.object({ refused: z.enum(['no_exploration', 'not_a_waterfall', 'too_few', 'no_support']) }),
      ])
      .openapi({ description: 'Of the difference, from the order that exploration chose.' }),
    calibration: z.object({ answers: z.int(), sigma: z.number(), stay: z.number() }),
    unusable: z.object({ erased: z.int(), open: z.int() }),
    not_simulated: z.array(z.enum(['prescreen', 'deadlines', 'consent_batch'])),
    funders_without_history: z.array(z.string()),
  })
  .openapi('SimulationReport');

const Simulation = z
  .object({
    id: z.string().openapi({ description: '`sim_…`' }),
    status: z.enum(['running', 'done', 'failed']),
    policy_id: z.string(),
    started_at: at,
    ended_at: at.nullable(),
    progress: z.object({ done: z.int(), total: z.int() }).openapi({ description: 'In applications looked at; the sums come after the last.' }),
    result: Report.nullable(),
    reason: z
      .enum(['nothing_to_simulate', 'cell_unreachable', 'failed'])
      .nullable()
      .openapi({ description: '`cell_unreachable`: a cell did not answer, and half of the traffic would look like the whole.' }),
  })
  .openapi('Simulation');

export const DESK_SIMULATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/desk/policies/:id/simulate',
    tag: 'desk',
    access: 'operator',
    roles: ['operator', 'risk', 'approver'],
    title: { zh: '策略模拟', en: 'Simulate a policy on past traffic' },
    description: 'Replays stored applications through a candidate beside the policy in force. One at a time; nobody is asked and nothing is stored.',
    params: { id: 'A policy’s id, or the `chg_…` of a proposed change of one.' },
    body: { schema: annotated('SimulateRequest', SimulateBody) },
    replies: { 202: { description: 'Started; look at `Location`.', schema: Simulation, headers: ['location'] } },
    problems: ['invalid_request', 'not_found', 'rate_limited'],
  },
  {
    method: 'get',
    path: '/v1/desk/simulations/:id',
    tag: 'desk',
    access: 'operator',
    roles: EVERYBODY,
    title: { zh: '模拟结果', en: 'How a simulation stands' },
    params: { id: 'A `sim_…` id.' },
    replies: { 200: { description: 'Progress, then the result.', schema: Simulation } },
    problems: ['not_found', 'gone'],
  },
];
