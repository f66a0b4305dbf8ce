/** Query parameters of the desk's lists: checked like bodies, each fault named as `?name`. */
import { z } from 'zod';
import { fault, problem, type Problem } from '../../domain/failures.ts';
import type { Ctx } from '../context.ts';

const MOST = 200;
const USUAL = 50;

export interface Page {
  readonly limit: number;
  readonly cursor: string | undefined;
}
export const PAGE = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/)
    .optional(),
  cursor: z.string().min(1).max(80).optional(),
};

/** Reads the parameters named in `shape`; others are faults too, since a misspelt filter would silently show everything. */
export function readQuery<S extends z.ZodRawShape>(c: Ctx, shape: S): z.infer<z.ZodObject<S>> | Problem {
  const parsed = z.strictObject(shape).safeParse(c.req.query());
  if (parsed.success) return parsed.data as z.infer<z.ZodObject<S>>;
  const names = new Set(parsed.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0] ?? '')])));
  const faults = [...names].slice(0, 20).map((name) => {
    const known = Object.hasOwn(shape, name);
    return known
      ? fault(`?${name}`, 'invalid', '参数值不正确', 'is not a value this parameter takes')
      : fault(`?${name.slice(0, 40)}`, 'unknown_parameter', '没有这个参数', 'there is no such parameter');
  });
  return problem('invalid_request', '查询参数有误', 'the query parameters have faults; see errors', { faults });
}

export function pageOf(query: { readonly limit?: string | undefined; readonly cursor?: string | undefined }): Page {
  return { limit: Math.min(MOST, Math.max(1, Number(query.limit ?? USUAL))), cursor: query.cursor };
}

/** A page and the cursor of the next; null when this is the last. */
export function paged<T>(
  data: readonly T[],
  page: Page,
  cursorOf: (last: T) => string,
): { readonly data: readonly T[]; readonly next_cursor: string | null } {
  return { data, next_cursor: data.length < page.limit ? null : cursorOf(data.at(-1)!) };
}
