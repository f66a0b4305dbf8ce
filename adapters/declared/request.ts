/** How a declared request is put together: members from templates, then the seal, then the signature over what goes out. */
import type { OutboundRequest } from '../contract.ts';
import { invariant } from '../../src/domain/failures.ts';
import { joinUrl } from '../kit/canonical.ts';
import { posted } from '../kit/exchange.ts';
import type { Json } from '../kit/read-json.ts';
import type { Known, Run } from './expressions.ts';
import type { Protocol } from './schema.ts';
import { sealText } from './seals.ts';
import { signMessage } from './signs.ts';

export type Runs = readonly (readonly [name: string, run: Run])[];
export type Members = Readonly<Record<string, Json>>;
export interface Template {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly common: Runs;
  readonly body: Runs;
  readonly headers: Runs;
}

/** Throws InvariantError when a secret or parameter is not configured. */
export function requestOf(protocol: Protocol, template: Template, known: Required<Pick<Known, 'ctx' | 'attempt'>> & Known): OutboundRequest {
  const { ctx, attempt } = known;
  const { seal, sign, blanks } = protocol;
  const path = template.path.replace('{ref}', encodeURIComponent(attempt.ref)).replace('{funder_ref}', encodeURIComponent(attempt.funderRef ?? ''));
  const url = joinUrl(ctx.baseUrl, path);
  const common = membersOf(template.common, known, blanks);
  const body = membersOf(template.body, known, blanks);
  const members = seal === undefined ? { ...common, ...body } : { ...common, [seal.in]: sealText(seal, ctx, JSON.stringify(body)) };
  const target = { method: template.method, path: new URL(url).pathname, query: template.method === 'GET' ? textsOf(members) : {}, members };
  const signed = signMessage(sign, ctx, target, (written) => JSON.stringify(written));
  const headers = { ...textsOf(membersOf(template.headers, known, 'no_null'), true), ...signed.headers };
  if (template.method === 'POST') return posted(ctx, path, JSON.stringify(signed.members), headers);
  const query = new URLSearchParams(textsOf(signed.members)).toString();
  return { method: 'GET', url: query === '' ? url : `${url}?${query}`, headers: { accept: 'application/json', ...headers }, body: null };
}

/** Members by name, without those that have no value. */
export function membersOf(runs: Runs, known: Known, blanks: Protocol['blanks']): Members {
  const members: Record<string, Json> = {};
  for (const [name, run] of runs) {
    const value = run(known) as Json;
    if (!isBlank(value, blanks)) members[name] = trimmed(value, blanks);
  }
  return members;
}

function trimmed(value: Json, blanks: Protocol['blanks']): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value as Members).filter(([, inner]) => !isBlank(inner, blanks));
  return Object.fromEntries(members.map(([name, inner]) => [name, trimmed(inner, blanks)]));
}

function isBlank(value: Json | undefined, blanks: Protocol['blanks']): boolean {
  return blanks !== 'keep' && (value === null || value === undefined || (blanks === 'no_blank' && value === ''));
}

function textsOf(members: Members, lower = false): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => {
      invariant(typeof value !== 'object', 'a header or a query takes plain values');
      return [lower ? name.toLowerCase() : name, String(value)];
    }),
  );
}
