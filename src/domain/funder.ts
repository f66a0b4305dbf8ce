/** A funder (资金方) as the desk keeps it. Data only; the protocol is its adapter's business. */
import { z } from 'zod';

/** A JsonLogic expression over `Facts`. Validated by building it once when the record is saved. */
export const JsonLogic = z.union([z.record(z.string(), z.unknown()), z.boolean()]);
export type JsonLogic = z.infer<typeof JsonLogic>;

const bps = z.number().int().min(0).max(100_000);
const fen = z.number().int().min(0).max(1_000_000_000_00);

/** A ceiling on what a funder takes: accepted submits (`count`) or the sum of amounts asked (`amount_fen`), per window in the funder's time zone. */
export const Cap = z.strictObject({
  id: z.string().regex(/^[a-z0-9_-]{1,40}$/),
  unit: z.enum(['count', 'amount_fen']),
  window: z.enum(['hour', 'day', 'total']),
  limit: z.number().int().min(0),
});
export type Cap = z.infer<typeof Cap>;

/**
 * A volume of approvals promised to a funder (保量), per window in its time zone. Routing pays for it with up to `max_subsidy_fen` an approval of its own
 * value, and rather breaks the promise than pay more.
 */
export const VolumePromise = z.strictObject({
  id: z.string().regex(/^[a-z0-9_-]{1,40}$/),
  unit: z.enum(['count', 'amount_fen']),
  window: z.enum(['hour', 'day']),
  volume: z.number().int().min(1),
  max_subsidy_fen: fen,
});

/** Kinds of lender; caps on cost depend on it (compliance: cap table by type and date). */
export const FUNDER_TYPES = ['bank', 'consumer_finance', 'micro_lender'] as const;

export const Funder = z.strictObject({
  id: z.string().regex(/^fnd_[a-z0-9_]{1,40}$/),
  name: z.string().min(1).max(60),
  /** Registered name of the company that receives the data; consent is to this entity. */
  legal_entity: z.string().min(1).max(120),
  contact: z.string().min(1).max(120),
  funder_type: z.enum(FUNDER_TYPES),
  adapter: z.string().regex(/^[a-z0-9-]{1,40}$/),
  base_url: z.url(),
  /** The funder's test environment, for `millrace funder check`; nothing but made-up people goes there. */
  test_base_url: z.url().optional(),
  /** Non-secret parameters of the adapter (merchant number, product code). */
  params: z.record(z.string(), z.string()).default({}),
  status: z.enum(['live', 'paused']),
  /** 1 is the strictest risk control; larger is less strict. */
  tier: z.number().int().min(1).max(9),
  time_zone: z.string().default('Asia/Shanghai'),
  /** Opening hours in its time zone, whole hours, `from <= hour < to`; [0, 24] is always. */
  hours: z.tuple([z.number().int().min(0).max(23), z.number().int().min(1).max(24)]).default([0, 24]),
  product: z.strictObject({
    min_amount_fen: fen,
    max_amount_fen: fen,
    terms_months: z.array(z.number().int().min(1).max(120)).min(1),
    min_age: z.number().int().min(18).max(80).default(22),
    max_age: z.number().int().min(18).max(80).default(55),
    min_income_fen: fen.default(0),
    excluded_regions: z.array(z.string().regex(/^\d{2,6}$/)).default([]),
    quoted_apr_bps: bps,
    /** Share of the amount that is taken at disbursement, for the example cost on the page; an offer says its own fees. */
    upfront_fee_bps: bps.default(0),
  }),
  /** Further eligibility in the operators' words; must evaluate truthy. */
  rule: JsonLogic.default(true),
  /** What an approval earns us and what an attempt costs, before weights. */
  terms: z.strictObject({
    cpa_fen: fen.default(0),
    cps_bps: bps.default(0),
    attempt_cost_fen: fen.default(0),
  }),
  caps: z.array(Cap).default([]),
  promises: z.array(VolumePromise).default([]),
  timeouts: z
    .strictObject({
      precheck_ms: z.number().int().min(50).max(60_000).default(2_000),
      submit_ms: z.number().int().min(50).max(60_000).default(8_000),
      query_ms: z.number().int().min(50).max(60_000).default(4_000),
      /** How long a pending decision may take before we ask to cancel and go on. */
      decision_ms: z
        .number()
        .int()
        .min(1_000)
        .max(30 * 86_400_000)
        .default(600_000),
    })
    .prefault({}),
  /** Calls in flight at once (bulkhead). */
  max_concurrent: z.number().int().min(1).max(1_000).default(64),
  /** Days a borrower declined here is not sent again. */
  cooling_off_days: z.number().int().min(0).max(365).default(30),
  /** 金规〔2025〕9号: only funders on the list, with evidence and validity. RFC 3339 dates. */
  whitelist: z.strictObject({ evidence: z.string().min(1).max(200), valid_from: z.iso.date(), valid_to: z.iso.date() }),
});
export type Funder = z.infer<typeof Funder>;
