/** What is said of every call that takes an Idempotency-Key. */
import { z } from '@hono/zod-openapi';
import type { ProblemCode } from '../../domain/failures.ts';

export const IdempotencyKey = z.string().min(1).max(255).openapi({
  description:
    'Any 1 to 255 visible ASCII characters, such as a UUID. The same key with the same body gets the same bytes for 7 days; with another body 422; while the first is in work 409.',
});
export const Repeatable = z.object({ 'Idempotency-Key': IdempotencyKey.optional() });
export const REPEATED: readonly ProblemCode[] = ['idempotency_key_missing', 'idempotency_in_flight', 'idempotency_mismatch'];
