/** One route as the API description tells it, and its way into the registry. What every route shares (headers, problems) is added here. */
import { z, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { PROBLEM_STATUS, type Bilingual, type ProblemCode } from '../../domain/failures.ts';
import type { Role } from '../../domain/desk.ts';
import { Problem } from './replies.ts';

export type Registry = OpenAPIHono['openAPIRegistry'];
export type Tag = 'applications' | 'intake' | 'offers' | 'counterparties' | 'desk' | 'console' | 'sandbox' | 'operation';

/** Whose key opens it. `own`: a channel's secret key, or its publishable key together with the application's own token. */
export type Access = 'open' | 'channel' | 'own' | 'operator' | 'session' | 'metrics' | 'funder' | 'partner';

export interface Reply {
  readonly description: string;
  /** Left out: no body. */
  readonly schema?: z.ZodType;
  /** `application/json` when left out. */
  readonly type?: string;
  readonly headers?: readonly HeaderName[];
}

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As the router has it: `/v1/applications/:id`. */
  readonly path: string;
  readonly tag: Tag;
  readonly title: Bilingual;
  readonly description?: string;
  readonly access: Access;
  /** The operator roles that may call it, beside admin. */
  readonly roles?: readonly Role[];
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: {
    readonly schema: z.ZodType;
    readonly type?: string;
    readonly optional?: boolean;
    /** Other types it is taken in. */ readonly also?: Readonly<Record<string, z.ZodType>>;
  };
  readonly replies: Readonly<Record<number, Reply>>;
  readonly problems: readonly ProblemCode[];
}

const HEADERS = {
  'x-request-id': 'Names this request in our log; sent back when the caller sent one of 8 to 64 characters.',
  'idempotent-replayed': '`true`: this is the stored reply to an earlier call with the same Idempotency-Key.',
  'preference-applied': 'The `wait` that was applied, at most 30 seconds.',
  location: 'Where to go.',
  'set-cookie': 'The session, or its end.',
} as const;
export type HeaderName = keyof typeof HEADERS;

/** A problem that any route may give. */
const ANYWHERE: readonly ProblemCode[] = ['overloaded', 'internal'];
const WITH_KEY: readonly ProblemCode[] = ['unauthenticated', 'forbidden', 'origin_not_allowed'];
const WITH_BODY: readonly ProblemCode[] = ['body_too_large', 'unsupported_media_type', 'malformed_json'];

const SECURITY: Readonly<Record<Access, Record<string, string[]>[]>> = {
  open: [],
  channel: [{ publishableKey: [] }, { secretKey: [] }],
  own: [{ publishableKey: [], clientToken: [] }, { secretKey: [] }],
  operator: [{ operatorKey: [] }, { consoleSession: [] }],
  session: [{ consoleSession: [] }],
  metrics: [{ metricsToken: [] }],
  // In the funder's own protocol; there is no one scheme to name.
  funder: [],
  partner: [{ partnerSignature: [], partnerTimestamp: [] }],
};

/** Enters one route. */
export function register(registry: Registry, operation: Operation): void {
  const { access, title } = operation;
  const names = [...operation.path.matchAll(/:(\w+)|\*/g)].map(([, name]) => name ?? 'rest');
  const params = z.object(
    Object.fromEntries(names.map((name) => [name, z.string().openapi({ description: operation.params?.[name] ?? PARAMS[name] ?? name })])),
  );
  const request: NonNullable<RouteConfig['request']> = {};
  if (names.length > 0) request.params = params;
  if (operation.query !== undefined) request.query = operation.query;
  if (operation.headers !== undefined) request.headers = operation.headers;
  if (operation.body !== undefined) {
    const { schema, type = 'application/json', optional = false, also = {} } = operation.body;
    const others = Object.entries(also).map(([name, other]) => [name, { schema: other }]);
    request.body = { required: !optional, content: { [type]: { schema }, ...Object.fromEntries(others) } };
  }
  registry.registerPath({
    method: operation.method,
    path: openApiPath(operation.path),
    operationId: operationId(operation),
    tags: [operation.tag],
    summary: title.en,
    'x-summary-zh': title.zh,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(operation.roles === undefined ? {} : { 'x-roles': [...operation.roles] }),
    security: SECURITY[access],
    request,
    responses: { ...replies(operation), ...problems(operation) },
  });
}

/** `/v1/callbacks/:funder/*` -> `/v1/callbacks/{funder}/{rest}`. */
export function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{rest}');
}

const PARAMS: Readonly<Record<string, string>> = {
  id: 'The id.',
  offer: 'An `off_…` id of this application.',
  funder: 'A funder id, `fnd_…`.',
  rest: 'Whatever the funder’s protocol appends to its callback address.',
  partner: 'A partner id, `ptn_…`.',
  recipient: '`platform` or a funder id, `fnd_…`.',
  token: 'The signed token of one showing of one partner offer.',
};

function operationId({ method, path }: Operation): string {
  return `${method}${openApiPath(path).replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, first: string) => first.toUpperCase())}`;
}

function replies(operation: Operation): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(operation.replies).map(([status, reply]) => [
      status,
      {
        description: reply.description,
        headers: headersOf(['x-request-id', ...(reply.headers ?? [])]),
        ...(reply.schema === undefined ? {} : { content: { [reply.type ?? 'application/json']: { schema: reply.schema } } }),
      },
    ]),
  );
}

function problems(operation: Operation): RouteConfig['responses'] {
  const keyed = ['channel', 'own', 'operator'].includes(operation.access);
  const reads = operation.body !== undefined && (operation.body.type ?? 'application/json') === 'application/json';
  const codes = new Set([...operation.problems, ...(keyed ? WITH_KEY : []), ...(reads ? WITH_BODY : []), ...ANYWHERE]);
  const byStatus = Map.groupBy(codes, (code) => PROBLEM_STATUS[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `\`${code}\``).join(', '),
        headers: {
          ...headersOf(['x-request-id']),
          ...(list.some((code) => MAY_SAY_WHEN.has(code))
            ? { 'retry-after': { description: 'Seconds to wait before another try.', schema: { type: 'integer' as const } } }
            : {}),
        },
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  );
}

const MAY_SAY_WHEN: ReadonlySet<ProblemCode> = new Set(['overloaded', 'rate_limited', 'reading_time', 'idempotency_in_flight']);

function headersOf(names: readonly HeaderName[]): Record<string, { description: string; schema: { type: 'string' } }> {
  return Object.fromEntries(names.map((name) => [name, { description: HEADERS[name], schema: { type: 'string' as const } }]));
}
