/** Cloudflare's public price list and limits, as far as the edge host meets them. US dollars; a month has 30 days here. */

export interface Price {
  /** Included in the plan each month. */
  readonly included: number;
  readonly usd: number;
  /** For so many. */
  readonly per: number;
}

const MILLION = 1e6;

/**
 * Workers Paid plan. Read from developers.cloudflare.com/durable-objects/platform/pricing, /workers/platform/pricing and /r2/pricing in copies of 2026:
 * Durable Objects of 2026-04-21 (storage in SQLite is billed since 2026-01-07), Workers and R2 of 2026-08-03.
 */
export const PRICES = {
  read_on: '2026-08-03',
  plan_usd: 5,
  worker_requests: { included: 10 * MILLION, usd: 0.3, per: MILLION },
  worker_cpu_ms: { included: 30 * MILLION, usd: 0.02, per: MILLION },
  object_requests: { included: MILLION, usd: 0.15, per: MILLION },
  object_gb_s: { included: 400_000, usd: 12.5, per: MILLION },
  rows_read: { included: 25_000 * MILLION, usd: 0.001, per: MILLION },
  rows_written: { included: 50 * MILLION, usd: 1, per: MILLION },
  object_gb_month: { included: 5, usd: 0.2, per: 1 },
  r2_gb_month: { included: 10, usd: 0.015, per: 1 },
  r2_writes: { included: MILLION, usd: 4.5, per: MILLION },
  r2_reads: { included: 10 * MILLION, usd: 0.36, per: MILLION },
} as const satisfies Record<string, Price | string | number>;

/** developers.cloudflare.com/durable-objects/platform/limits and /reference/faq, in copies of 2026. */
export const LIMITS = {
  object_requests_per_s: 1_000,
  object_bytes: 10e9,
  /** Billed for every object that is awake, whatever it uses. */
  object_gb: 0.128,
} as const;
