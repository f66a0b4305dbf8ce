/** A variant of the borrower's page: its words, its steps and what it offers to ask for. Operators write it, two people put it into force. */
import { z } from 'zod';

/** The steps of the form between the phone and the consent sheet. */
export const PAGE_STEPS = ['identity', 'work', 'assets', 'purpose', 'photos'] as const;
export type PageStep = (typeof PAGE_STEPS)[number];
/** Without these no application can be submitted. Photos are asked for in the end where the policy wants them. */
export const NEEDED_STEPS: readonly PageStep[] = ['identity', 'work', 'purpose'];

/** Words a variant may set. What the law or honesty wants said is not among them. */
const Words = z.strictObject({
  headline: z.string().min(1).max(40).optional(),
  promise: z.string().min(1).max(120).optional(),
  button: z.string().min(1).max(20).optional(),
  submit: z.string().min(1).max(20).optional(),
});
const EnglishWords = z.strictObject({
  headline: z.string().min(1).max(80).optional(),
  promise: z.string().min(1).max(240).optional(),
  button: z.string().min(1).max(40).optional(),
  submit: z.string().min(1).max(40).optional(),
});
const fen = z.number().int().min(10_000).max(1_000_000_000);

export const PageVariant = z.strictObject({
  /** Named in every visit and in every event of its applications; kept in plain, so no long number. */
  id: z.string().regex(/^(?!.*\d{7})[a-z0-9][a-z0-9_-]{0,39}$/),
  name: z.string().min(1).max(80),
  channel: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/),
  status: z.enum(['live', 'paused']),
  /** Its share of the channel's visitors is its weight over the sum of those that are live. */
  weight: z.number().int().min(0).max(1_000).default(100),
  texts: z.strictObject({ zh: Words.default({}), en: EnglishWords.default({}) }).prefault({}),
  /** In the order they are asked. */
  steps: z
    .array(z.enum(PAGE_STEPS))
    .min(1)
    .max(PAGE_STEPS.length)
    .default([...PAGE_STEPS]),
  /** Narrows what may be asked for; null: all that live funders lend. */
  amount: z.strictObject({ min_fen: fen, max_fen: fen, preset_fen: fen }).nullable().default(null),
  terms: z
    .strictObject({ months: z.array(z.number().int().min(1).max(120)).min(1).max(12), preset: z.number().int().min(1).max(120) })
    .nullable()
    .default(null),
});
export type PageVariant = z.infer<typeof PageVariant>;
