/** Reads request bodies as hostile input: capped while streaming, strictly UTF-8, no deeper than 32, and free of names that reach a prototype. */
import type { z } from 'zod';
import { problem, type Problem } from '../domain/failures.ts';
import { check } from './faults.ts';

const MAX_JSON_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

export interface JsonBody {
  readonly value: unknown;
  readonly bytes: Uint8Array;
}
interface Reading {
  readonly most?: number;
  readonly mayBeEmpty?: boolean;
}

/** The raw bytes, or a problem when there are more than `most` or they end too soon. Chunked bodies are counted as they come. */
export async function readBytes(request: Request, most: number): Promise<Uint8Array | Problem> {
  try {
    return await readAll(request, most);
  } catch {
    // The sender is gone or broke its own framing: no fault of ours, and nobody to tell.
    return problem('malformed_json', '内容没有传完', 'the body ended too soon');
  }
}

async function readAll(request: Request, most: number): Promise<Uint8Array | Problem> {
  const declared = request.headers.get('content-length');
  if (declared !== null && Number(declared) > most) return tooLarge(most);
  // Asking for `body` would build the whole web request on Node; with a declared length, which the parser holds the sender to, there is no need.
  if (declared !== null) return new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      return tooLarge(most);
    }
    chunks.push(value);
  }
  return concat(chunks, length);
}

/** A JSON object from the body. An empty body is `{}` where `mayBeEmpty`. */
export async function readJson(request: Request, options: Reading = {}): Promise<JsonBody | Problem> {
  const type = request.headers.get('content-type') ?? '';
  const bytes = await readBytes(request, options.most ?? MAX_JSON_BYTES);
  if (!(bytes instanceof Uint8Array)) return bytes;
  if (bytes.length === 0 && options.mayBeEmpty === true) return { value: {}, bytes };
  if (!/^application\/(json|[a-z.+-]+\+json)\s*(;|$)/i.test(type)) {
    return problem('unsupported_media_type', '请用 application/json 提交', 'send the body as application/json');
  }
  return parseJson(bytes);
}

/** A JSON body held against its schema, where nobody wants its bytes. */
export async function readAs<T>(request: Request, schema: z.ZodType<T>, options: Reading = {}): Promise<T | Problem> {
  const body = await readJson(request, options);
  return 'problem' in body ? body : check(schema, body.value);
}

/** Keeps nothing between two calls: none of them is part of a stream. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

export function parseJson(bytes: Uint8Array): JsonBody | Problem {
  let value: unknown;
  try {
    value = JSON.parse(strict.decode(bytes));
  } catch {
    return problem('malformed_json', '内容不是有效的 UTF-8 JSON', 'the body is not valid UTF-8 JSON');
  }
  const fault = shapeFault(value, 0);
  if (fault === 'depth') return problem('malformed_json', `嵌套超过 ${MAX_DEPTH} 层`, `nested deeper than ${MAX_DEPTH}`);
  if (fault === 'name') return problem('malformed_json', '含有不允许的字段名', 'a member name is not allowed');
  return { value, bytes };
}

/** Recursion is bounded by the depth it checks for. */
function shapeFault(value: unknown, depth: number): 'depth' | 'name' | null {
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_DEPTH) return 'depth';
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = shapeFault(item, depth + 1);
      if (fault !== null) return fault;
    }
    return null;
  }
  for (const name of Object.keys(value)) {
    if (FORBIDDEN.has(name)) return 'name';
    const fault = shapeFault((value as Record<string, unknown>)[name], depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

function tooLarge(most: number): Problem {
  return problem('body_too_large', `内容不能超过 ${most} 字节`, `the body may have at most ${most} bytes`);
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
