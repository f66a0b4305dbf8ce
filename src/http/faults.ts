/** Requests held against their schemas; what was sent is never quoted. */
import type { z } from 'zod';
import { problem, type Problem } from '../domain/failures.ts';
import { readBy } from '../domain/schema-faults.ts';

/** For `ctx.issues.push`: an issue with its own sentence. */
export function ownIssue(input: unknown, code: string, zh: string, en: string) {
  return { code: 'custom' as const, input, params: { fault: code, zh, en } };
}

/** Checks a value against a schema; every fault at once. */
export function check<T>(schema: z.ZodType<T>, value: unknown): T | Problem {
  const read = readBy(schema, value);
  if ('value' in read) return read.value;
  return problem('invalid_request', '提交的内容有误，请修改后重试', 'the request has faults; see errors', { faults: read.faults });
}
