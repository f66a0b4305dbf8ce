/** zod's issues as faults a person understands, in both languages, with JSON pointers. What was sent is never quoted. */
import type { z } from 'zod';
import { fault, type Fault } from './failures.ts';

/** Reads a value by a schema; every fault at once, their pointers below `under`. */
export function readBy<T>(schema: z.ZodType<T>, value: unknown, under = ''): { readonly value: T } | { readonly faults: readonly Fault[] } {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  return { faults: parsed.error.issues.flatMap(toFaults).map((each) => ({ ...each, pointer: `${under}${each.pointer}` })) };
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  const pointer = pointerOf(issue.path);
  switch (issue.code) {
    case 'custom': {
      const { fault: code, zh, en } = (issue.params ?? {}) as { fault?: string; zh?: string; en?: string };
      return [fault(pointer, code ?? 'invalid', zh ?? '内容不符合要求', en ?? 'is not acceptable')];
    }
    case 'unrecognized_keys':
      return issue.keys
        .slice(0, 20)
        .map((key) => fault(`${pointer}/${escapePointer(key)}`, 'unknown_field', '没有这个字段', 'there is no such field'));
    case 'invalid_type':
      return [issue.input === undefined && 'expected' in issue ? missingOrType(pointer, issue) : typeFault(pointer, issue.expected)];
    case 'too_small':
      return [
        fault(pointer, 'too_small', sizeZh('不能小于', '不能少于', issue.origin, issue.minimum), sizeEn('at least', issue.origin, issue.minimum)),
      ];
    case 'too_big':
      return [fault(pointer, 'too_big', sizeZh('不能大于', '不能多于', issue.origin, issue.maximum), sizeEn('at most', issue.origin, issue.maximum))];
    case 'invalid_value':
      return [
        fault(pointer, 'not_one_of', `只能是：${issue.values.map(String).join('、')}`, `must be one of ${issue.values.map(String).join(', ')}`),
      ];
    case 'invalid_format':
      return [fault(pointer, 'format', '格式不正确', `is not in the form of ${issue.format}`)];
    default:
      return [fault(pointer, issue.code, '内容不符合要求', 'is not acceptable')];
  }
}

function missingOrType(pointer: string, issue: z.core.$ZodIssueInvalidType): Fault {
  return /received undefined/.test(issue.message) || issue.input === undefined
    ? fault(pointer, 'required', '必填', 'is required')
    : typeFault(pointer, issue.expected);
}

const TYPES: Readonly<Record<string, string>> = { string: '文字', number: '数字', int: '整数', boolean: '是或否', object: '对象', array: '列表' };

function typeFault(pointer: string, expected: string): Fault {
  return fault(pointer, 'type', `应为${TYPES[expected] ?? expected}`, `must be of type ${expected}`);
}

function sizeZh(number: string, count: string, origin: string, limit: number | bigint): string {
  if (origin === 'string') return `长度${count} ${limit} 个字符`;
  return origin === 'array' ? `数量${count} ${limit}` : `${number} ${limit}`;
}

function sizeEn(words: string, origin: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${words} ${limit} characters`;
  return origin === 'array' ? `must have ${words} ${limit} items` : `must be ${words} ${limit}`;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escapePointer(String(part))}`).join('');
}

/** One step of a JSON pointer, cut to 80 characters. */
export function escapePointer(text: string): string {
  return text.slice(0, 80).replaceAll('~', '~0').replaceAll('/', '~1');
}
