/** The routing policy: the one document by which operators tune what happens to applications. */
import { z } from 'zod';
import { JsonLogic } from './funder.ts';

const days = z.number().int().min(0).max(365);
const velocity = z.strictObject({
  max: z.number().int().min(1).max(100_000),
  window_s: z
    .number()
    .int()
    .min(1)
    .max(90 * 86_400),
});

/** An operator's rule; when `when` is truthy over `Facts`, the application is refused or set aside for a person. */
export const Rule = z.strictObject({
  id: z.string().regex(/^[a-z0-9_-]{1,40}$/),
  when: JsonLogic,
  action: z.enum(['refuse', 'quarantine']),
  /** Shown to the operator. */
  note: z.string().max(200),
});
export type Rule = z.infer<typeof Rule>;

export const PrescreenPolicy = z.strictObject({
  min_age: z.number().int().min(18).max(80).default(22),
  max_age: z.number().int().min(18).max(80).default(55),
  required_documents: z.array(z.enum(['id_front', 'id_back'])).default(['id_front', 'id_back']),
  min_amount_fen: z.number().int().min(0).default(100_000),
  max_amount_fen: z.number().int().min(0).default(20_000_000),
  blocked_regions: z.array(z.string().regex(/^\d{2,6}$/)).default([]),
  /** A second application of the same person (by phone or ID number) inside the window is a duplicate. */
  duplicate_window_days: days.default(1),
  velocity: z.strictObject({ phone: velocity, id_number: velocity, device: velocity, ip: velocity }).prefault({
    phone: { max: 5, window_s: 7 * 86_400 },
    id_number: { max: 5, window_s: 7 * 86_400 },
    device: { max: 5, window_s: 86_400 },
    ip: { max: 60, window_s: 3_600 },
  }),
  rules: z.array(Rule).default([]),
});
export type PrescreenPolicy = z.infer<typeof PrescreenPolicy>;

export const Policy = z.strictObject({
  id: z.string().regex(/^pol_[a-z0-9_]{1,40}$/),
  name: z.string().min(1).max(80),
  strategy: z.enum(['waterfall', 'wave', 'rate_table']),
  /** Funders asked at once by the `wave` strategy. */
  wave_size: z.number().int().min(1).max(20).default(2),
  /** K: the most attempts one application may make, over all replans. */
  max_attempts: z.number().int().min(1).max(50).default(6),
  /** 'index': the exact value order. 'strict_first': tiers in order, the index within a tier. */
  tier_order: z.enum(['index', 'strict_first']).default('index'),
  /**
   * Which of the eligible are tried. 'worthwhile': those that add to what the plan is worth. 'all': every one, to the limit of attempts: with
   * `strict_first` and tiers of one funder each the plan then rests on the records alone and on nothing that is learnt or priced.
   */
  choice: z.enum(['worthwhile', 'all']).default('worthwhile'),
  /** Probability that a borrower is still there after an immediate rejection. */
  patience: z.number().min(0).max(1).default(0.95),
  /** Time in which waiting halves that probability. */
  patience_half_life_s: z
    .number()
    .min(1)
    .max(7 * 86_400)
    .default(900),
  /** Multiplies a funder's expected commission; 1 when absent. */
  weights: z.record(z.string(), z.number().min(0).max(100)).default({}),
  /** What exposing a borrower's data once is held to cost, beside the funder's own attempt cost. */
  exposure_cost_fen: z.number().int().min(0).default(0),
  /** Expected value of handing the borrower to partner offers: the last box. A funder worth less is not tried. */
  partner_offer_value_fen: z.number().int().min(0).default(0),
  /** Share of applications planned with a draw from the posterior rather than its mean. */
  exploration_share: z.number().min(0).max(1).default(0.1),
  /** Recipients that may receive a borrower's data within the window. */
  exposure_budget: z
    .strictObject({ max_recipients: z.number().int().min(1).max(100), window_days: days })
    .prefault({ max_recipients: 12, window_days: 30 }),
  /** The most that an order may depart from the borrower's own: the share of pairs tried the other way round. 1 binds nothing. */
  max_steering: z.number().min(0).max(1).default(1),
  /** How many recipients one consent request names. */
  consent_batch: z.number().int().min(1).max(10).default(3),
  deadlines: z
    .strictObject({
      draft_s: z
        .number()
        .int()
        .min(60)
        .default(7 * 86_400),
      consent_s: z.number().int().min(60).default(86_400),
      /** From submission until an application without an offer ends as expired. */
      application_s: z.number().int().min(10).default(86_400),
      offer_s: z
        .number()
        .int()
        .min(60)
        .default(3 * 86_400),
      /** Minimum time the cost disclosure must have been on screen. */
      disclosure_reading_s: z.number().int().min(0).max(120).default(5),
    })
    .prefault({}),
  prescreen: PrescreenPolicy.prefault({}),
});
export type Policy = z.infer<typeof Policy>;
