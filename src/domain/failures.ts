/**
 * Failures are of three kinds. Bugs throw (`invariant`). Expected answers are closed unions of values.
 * What a caller did wrong is a `Problem`, whose code maps to one HTTP status in the table below.
 */

/** A broken assumption of our own: a bug. Never thrown for anything a caller sent. */
export class InvariantError extends Error {
  override name = 'InvariantError';
}

/** Throws `InvariantError` unless `condition` holds. The message must never carry personal data. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Makes a non-exhaustive switch a type error, and an invariant failure when reached. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${String((value as { kind?: unknown })?.kind ?? value)}`);
}

/** Problem code -> HTTP status. The only place where the two meet. */
export const PROBLEM_STATUS = {
  invalid_request: 422,
  malformed_json: 400,
  body_too_large: 413,
  unsupported_media_type: 415,
  unauthenticated: 401,
  sign_in_failed: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  gone: 410,
  idempotency_key_missing: 400,
  idempotency_in_flight: 409,
  idempotency_mismatch: 422,
  illegal_transition: 409,
  phone_not_verified: 422,
  code_wrong: 422,
  code_expired: 410,
  rate_limited: 429,
  document_rejected: 422,
  card_refused: 422,
  funder_unavailable: 503,
  disclosure_required: 409,
  reading_time: 409,
  signature_invalid: 401,
  same_person: 403,
  stale: 409,
  overloaded: 503,
  internal: 500,
} as const;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** One fault of a request: where (JSON pointer, or a header name) and why, in both languages. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly message: Bilingual;
}

/** A sentence in both languages of the product. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** An expected refusal of a request. A value; `http` renders it as RFC 9457 problem+json. */
export interface Problem {
  readonly problem: ProblemCode;
  readonly detail: Bilingual;
  readonly faults: readonly Fault[];
  readonly retryAfterS?: number;
}

export function problem(code: ProblemCode, zh: string, en: string, extra: { faults?: readonly Fault[]; retryAfterS?: number } = {}): Problem {
  return {
    problem: code,
    detail: { zh, en },
    faults: extra.faults ?? [],
    ...(extra.retryAfterS === undefined ? {} : { retryAfterS: extra.retryAfterS }),
  };
}

export function fault(pointer: string, code: string, zh: string, en: string): Fault {
  return { pointer, code, message: { zh, en } };
}
