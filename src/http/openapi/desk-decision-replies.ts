/** What the desk answers about decisions, made and dry, as schemas. For the description alone. */
import { z } from '@hono/zod-openapi';
import { ARMS } from '../../domain/segment.ts';
import { planShape } from './desk-application-replies.ts';

const text = z.string();

const Explanation = z.object({
  summary: z.object({ zh: text, en: text }),
  steps: z.array(z.unknown()),
  left_out: z.array(z.unknown()),
  borrower_order: z.array(text),
  steering: z.number(),
  explored: z.boolean(),
  expected_value_fen: z.number(),
});
export const Decided = z
  .object({
    snapshot_version: z.int(),
    policy_id: text,
    segment_id: text.nullable(),
    arm: z.enum(ARMS).nullable(),
    policy_version: z.int(),
    model_version: z.int(),
    plan: z.object({
      steps: z.array(z.record(z.string(), z.unknown())).openapi({ description: 'In the order they would be asked, with the numbers behind it.' }),
      excluded: z.array(z.object({ funderId: text, code: text, detail: text })),
      explored: z.boolean(),
      expectedValueFen: z.number(),
      borrowerOrder: z.array(text),
      steering: z.number(),
      bounded: z.literal(true).optional(),
    }),
    explanation: Explanation.optional(),
  })
  .openapi('Decided');

const Words = z.object({ zh: text, en: text });
const Lever = z.object({
  weight_factor: z.number().nullable().openapi({ description: 'Multiplier of the funder’s weight; null: none up to 100 would do.' }),
  likelihood: z.number().nullable(),
});
export const Explained = z
  .object({
    id: text,
    plans: z.array(
      z.object({
        ...planShape,
        explanation: z
          .object({
            summary: Words,
            steps: z.array(
              z.object({ funder: text, place: z.int(), words: Words, numbers: z.record(z.string(), z.unknown()), to_be_first: Lever.nullable() }),
            ),
            left_out: z.array(
              z.object({
                funder: text,
                code: text,
                detail: text,
                words: Words,
                would_change: z.union([z.object({ fact: text, is: z.unknown(), needed: z.unknown() }), z.object({ lever: Lever })]).nullable(),
              }),
            ),
            borrower_order: z.array(text),
            steering: z.number(),
            explored: z.boolean(),
            expected_value_fen: z.number(),
          })
          .nullable()
          .openapi({ description: 'Null: the inputs went with the borrower’s data.' }),
      }),
    ),
  })
  .openapi('Explained');
