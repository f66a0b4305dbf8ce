/** What the pictures are drawn from: of the JSON that the `eval:` commands print, the parts that are shown. */
import { z } from 'zod';

const Bin = z.object({ rows: z.number(), said: z.number(), seen: z.number() });
const Figure = z.object({ mean: z.number(), error: z.number() });
const Delays = z.object({ median: z.number().nullable(), p90: z.number().nullable(), delays: z.array(z.number()) });
const Noticed = Delays.extend({ runs: z.number(), plain: z.record(z.string(), Delays) });
const Series = z.array(z.number());
const Side = z.object({ likelihood: z.number(), cpa_fen: z.number() });

const Target = z.object({
  target: z.string(),
  kind: z.enum(['cap', 'promise']),
  of: z.enum(['attempt', 'approval']),
  unit: z.enum(['count', 'amount_fen']),
  expected: Series,
  used: Series,
  used_without_prices: Series,
  price_fen: Series,
});

/** Keys are those of the commands; a command's figures that no picture shows are dropped. */
export const Figures = z.object({
  likelihood: z.object({
    test_year: z.number(),
    seeds: z.number(),
    panel: z.object({ lenders: z.number(), rows: z.number() }),
    ours: z.object({ ece: z.number() }),
    frozen_logistic: z.object({ ece: z.number() }),
    reliability: z.array(Bin),
    reliability_of_baselines: z.object({ frozen_logistic: z.array(Bin) }),
  }),
  drift: z.object({
    runs: z.number(),
    rounds_per_phase: z.number(),
    delays: z.array(z.object({ delay: z.number(), regret_per_1000: z.record(z.string(), Figure) })).min(1),
  }),
  latent: z.object({
    seeds: z.number(),
    results: z.array(
      z.object({ correlation: z.string(), sigma: z.number(), strategies: z.record(z.string(), z.object({ share_of_oracle: Figure })) }),
    ),
  }),
  pacing: z.object({
    applications: z.number(),
    course: z.object({
      hours: Series,
      targets: z.array(Target),
    }),
  }),
  monitor: z.object({
    quiet: z.object({ applications: z.number(), per_100000: z.number() }),
    planted: z.object({ '20 to 10': Noticed, '20 to 5': Noticed }),
  }),
  order: z.object({
    patience: z.object({
      likely: Side,
      paying: Side,
      sweeps: z.array(
        z.object({
          exposure_cost_fen: z.number(),
          points: z.array(z.object({ patience: z.number(), first: z.string(), likely_fen: z.number(), paying_fen: z.number() })),
          turns_at: z.number().nullable(),
        }),
      ),
    }),
  }),
});
export type Figures = z.infer<typeof Figures>;
