/** Requests to the desk. The session is in a cookie that no script can read; what changes something says by a header that it comes from here. */
import { QueryClient } from '@tanstack/react-query';
import { language } from './language-kept.ts';

/** RFC 9457, as every refusal of the API. */
export interface ProblemBody {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly request_id: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

/** A refusal. `problem.title` is in the operator's language; `errors` name the fields. */
export class Refused extends Error {
  readonly problem: ProblemBody;
  constructor(problem: ProblemBody) {
    super(problem.title);
    this.name = 'Refused';
    this.problem = problem;
  }
}

/** There was no answer at all. */
const UNREACHABLE = { zh: '连不上服务，请稍后再试', en: 'The service cannot be reached; try again' } as const;

/** What went wrong, in the operator's language: the refusal, or that nobody answered. */
export function problemOf(error: unknown): ProblemBody {
  if (error instanceof Refused) return error.problem;
  return { code: 'unreachable', title: UNREACHABLE[language()], detail: '', status: 0, request_id: '' };
}

const SAFE_METHODS = ['GET', 'HEAD'];

/** The parsed body of a reply, undefined for an empty one. Throws `Refused`, or the network's own error. */
export async function ask<T>(method: string, path: string, body?: unknown, options: { signal?: AbortSignal; key?: string } = {}): Promise<T> {
  const reply = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      'accept-language': language(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(SAFE_METHODS.includes(method) ? {} : { 'x-millrace-console': '1' }),
      ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const text = await reply.text();
  const value: unknown = text === '' ? undefined : JSON.parse(text);
  if (!reply.ok) throw new Refused(value as ProblemBody);
  return value as T;
}

/** For `useQuery`: `useQuery({ queryKey: ['funders'], queryFn: reading<Funders>('/v1/desk/funders') })`. */
export function reading<T>(path: string): (context: { signal: AbortSignal }) => Promise<T> {
  return ({ signal }) => ask<T>('GET', path, undefined, { signal });
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was refused is refused again; a network that failed may be back.
      retry: (count, error) => !(error instanceof Refused) && count < 2,
    },
  },
});
