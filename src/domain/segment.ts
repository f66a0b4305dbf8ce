/** Segments: which applications go by which policy, and by which of two while they are compared. */
import { z } from 'zod';
import { JsonLogic } from './funder.ts';

const policyId = z.string().regex(/^pol_[a-z0-9_]{1,40}$/);

/** The first segment, by `order`, whose rule holds decides. The last one's rule is `true`: it takes whoever is left. */
export const Segment = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/),
  name: z.string().min(1).max(80),
  /** Must evaluate truthy over `Facts`, the channel among them. One that cannot be evaluated does not hold. */
  rule: JsonLogic,
  /** Lower first; no two alike. */
  order: z.number().int().min(0).max(1_000_000),
  champion: policyId,
  /** The policy compared with the champion, and the share of borrowers it is given. */
  challenger: z
    .strictObject({ policy: policyId, share: z.number().min(0).max(1) })
    .nullable()
    .default(null),
});
export type Segment = z.infer<typeof Segment>;

export const ARMS = ['champion', 'challenger'] as const;
export type Arm = (typeof ARMS)[number];
