/** Hostile pieces of requests, and what every answer to them must be like. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Reply } from '../world.ts';

export type Path = readonly (string | number)[];

/** JSON that `JSON.stringify` would not write: fragments stand in a body as a text of their own and are put in afterwards. */
export const RAW = [
  '1e999',
  '-1e999',
  '-0',
  '1E-400',
  '123456789012345678901234567890',
  '9007199254740993',
  '0.1',
  '-1',
  'null',
  'true',
  '[]',
  '{}',
  '[[]]',
  '{"a":1,"a":2}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"prototype":1}',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u0000"',
  '[1,[2,[3]]]',
  '{"length":1e9}',
  '{"toString":null}',
  `${'['.repeat(40)}${']'.repeat(40)}`,
  `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`,
] as const;

export const NAUGHTY = [
  '',
  ' ',
  '\u0000',
  '\r\n\r\nHTTP/1.1 200 OK',
  '\u202e\u200b\ufeff',
  '💥'.repeat(30),
  '𝕫𝕒𝕝𝕘𝕠 \u0300\u0301\u0302',
  'undefined',
  'NaN',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  "'; DROP TABLE applications; --",
  '" OR ""="',
  '%00',
  '%s%n%x',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  '{{7*7}}',
  '\\',
  '/',
  '~0~1',
  'ﬀ',
  'ı',
  'ß',
  '１２３',
  '٣',
  'a'.repeat(5_000),
  '\ud800',
  'CON',
  '0x10',
  '1e3',
  '+86',
  '－１',
] as const;

const MARK = '@raw:';
/** A hostile value in the place of a good one. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...RAW).map((text) => `${MARK}${RAW.indexOf(text)}@`) },
  { weight: 4, arbitrary: fc.constantFrom(...NAUGHTY) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** Writes a body whose marks become the raw fragments they stand for. */
export function write(body: unknown): string {
  return (JSON.stringify(body) ?? '').replace(/"@raw:(\d+)@"/g, (_, index: string) => RAW[Number(index)]!);
}

/** Every place of a value, the whole among them. */
export function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, part]) => pathsOf(part, [...at, Array.isArray(value) ? Number(name) : name]))];
}

/** A copy with something else at a path; `undefined` leaves it out. */
export function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return by;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  (copy as Record<string | number, unknown>)[head] = replaced((value as Record<string | number, unknown>)[head], rest, by);
  return copy;
}

export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What any refusal must be: a problem with its code, and with pointers where fields are at fault. */
export function expectProblem(reply: Reply): void {
  expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const {
    status,
    code,
    type,
    detail,
    errors,
    request_id: id,
  } = reply.json as unknown as Record<string, string> & { status: unknown; errors: { pointer: string; code: string; message: string }[] };
  expect([status, type, typeof detail, typeof id]).toEqual([reply.status, `/docs/problems#${code}`, 'string', 'string']);
  if (code === 'invalid_request') expect(errors.length).toBeGreaterThan(0);
  for (const fault of errors) {
    expect(fault.pointer === '' || /^[/?]/.test(fault.pointer)).toBe(true);
    expect([fault.code.length > 0, fault.message.length > 0]).toEqual([true, true]);
  }
}

/** Whether one of the faults lies at the place, above it or below it. */
export function pointsAt(reply: Reply, path: Path, elsewhere: Readonly<Record<string, string>> = {}): boolean {
  const at = pointerOf(path);
  const errors = reply.json['errors'] as unknown as { pointer: string }[];
  return errors.some(
    ({ pointer }) => pointer === at || pointer.startsWith(`${at}/`) || at.startsWith(`${pointer}/`) || pointer === '' || pointer === elsewhere[at],
  );
}
