/**
 * A declared funder: one adapter driven by a manifest alone. In comes the JSON of a protocol; out comes an adapter like any other, its templates
 * and mappings made ready once, or every fault of the manifest. It does no I/O, and evaluates nothing that is not in operators.ts.
 */
import type { AdapterManifest, FunderAdapter, OutboundRequest } from '../contract.ts';
import { orderCalls } from '../kit/order-calls.ts';
import type { Json } from '../kit/read-json.ts';
import { at } from '../kit/read-json.ts';
import type { Scope } from './access.ts';
import { checkPath, FIELD_WORDS, TERMS } from './access.ts';
import { checkProtocol } from './check.ts';
import type { Run } from './expressions.ts';
import { prepare } from './expressions.ts';
import type { ManifestFault } from './faults.ts';
import { below } from './faults.ts';
import type { Find, Finder } from './read-order.ts';
import { declaredOrder } from './read-order.ts';
import { declaredCallback, declaredPrecheck, replyOpener } from './read-replies.ts';
import type { Runs, Template } from './request.ts';
import { requestOf } from './request.ts';
import { tryTemplate } from './rehearsal.ts';
import type { Protocol } from './schema.ts';

const KINDS = ['precheck', 'submit', 'query', 'cancel', 'draw'] as const;
type Kind = (typeof KINDS)[number];
type Handed = Parameters<typeof requestOf>[2];

/** The adapter, or what is wrong with the manifest. */
export function compileProtocol(protocol: Protocol): FunderAdapter | readonly ManifestFault[] {
  const faults = checkProtocol(protocol);
  const usedParams = new Set<string>();
  const find = finderOf(faults, usedParams);
  const builders = Object.fromEntries(
    KINDS.filter((kind) => protocol[kind] !== undefined).map((kind) => {
      const template = templateOf(protocol, kind, usedParams, faults);
      return [kind, (known: Handed) => requestOf(protocol, template, known)];
    }),
  ) as Record<Kind, (known: Handed) => OutboundRequest>;
  const adapter = adapterOf(protocol, builders, find);
  const unused = protocol.params.flatMap((name, index) => (usedParams.has(name) ? [] : [{ path: below('/params', index), rule: 'nothing uses it' }]));
  // What is common to all calls was looked at for each of them.
  const all = new Map([...faults, ...unused].map((fault) => [`${fault.path} ${fault.rule}`, fault]));
  return all.size > 0 ? [...all.values()] : adapter;
}

function adapterOf(protocol: Protocol, builders: Readonly<Record<Kind, (known: Handed) => OutboundRequest>>, find: Finder): FunderAdapter {
  const { precheck, submit, query, cancel, draw, callback } = protocol;
  const open = replyOpener(protocol, find);
  const readOrder = declaredOrder(protocol, find);
  const read = orderCalls(open, readOrder);
  return {
    manifest: manifestOf(protocol),
    ...(precheck !== undefined && {
      precheck: {
        needs: precheck.needs,
        build: (ctx, attempt, fields) => builders.precheck({ ctx, attempt, fields }),
        read: declaredPrecheck(protocol, precheck.read, find, open),
      },
    }),
    submit: { needs: submit.needs, build: (ctx, attempt, fields) => builders.submit({ ctx, attempt, fields }), read: read.submit },
    ...(query !== undefined && { query: { build: (ctx, attempt) => builders.query({ ctx, attempt }), read: read.query } }),
    ...(cancel !== undefined && { cancel: { build: (ctx, attempt) => builders.cancel({ ctx, attempt }), read: read.cancel } }),
    ...(draw !== undefined && {
      draw: {
        build: (ctx, attempt, { amount, termMonths, offerRef }) =>
          builders.draw({ ctx, attempt, terms: { amount, term_months: termMonths, offer_ref: offerRef ?? null } }),
        read: read.draw,
      },
    }),
    ...(callback !== undefined && { callback: declaredCallback(protocol, callback, find, readOrder) }),
  };
}

/** Makes sources ready. A source that is not told finds nothing. */
function finderOf(faults: ManifestFault[], usedParams: Set<string>): Finder {
  const scope: Scope = { needs: null, usedFields: new Set(), params: null, usedParams, terms: [], order: false, reply: true };
  return (source, path): Find => {
    if (source === undefined) return () => undefined;
    if (typeof source === 'string') {
      const rule = checkPath(source);
      if (rule !== null) faults.push({ path, rule });
      const parts = source.split('.');
      return (reply) => at(reply, ...parts);
    }
    const run = prepare(source, scope, path, faults);
    return (reply) => quietly(run, reply);
  };
}

/** What a funder sends may be of any kind; an expression that cannot take it has found nothing. */
function quietly(run: Run, reply: Json | undefined): Json | undefined {
  try {
    return (run({ reply }) as Json | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function templateOf(protocol: Protocol, kind: Kind, usedParams: Set<string>, faults: ManifestFault[]): Template {
  const call = protocol[kind]!;
  const needs = 'needs' in call ? call.needs : null;
  const usedFields = new Set<string>();
  const terms = kind === 'draw' ? TERMS : [];
  const scope: Scope = { needs, usedFields, params: protocol.params, usedParams, terms, order: true, reply: false, words: FIELD_WORDS };
  const bare: Scope = { ...scope, needs: null, terms: [] };
  const runs = (members: Readonly<Record<string, unknown>>, of: Scope, path: string): Runs =>
    Object.entries(members).map(([name, value]) => [name, prepare(value, of, below(path, name), faults)]);
  const before = faults.length;
  const template: Template = {
    method: 'method' in call ? call.method : 'POST',
    path: call.path,
    common: runs(protocol.common, bare, '/common'),
    body: runs(call.body, scope, `/${kind}/body`),
    headers: [...runs(protocol.headers, bare, '/headers'), ...runs(call.headers, bare, `/${kind}/headers`)],
  };
  if (faults.length === before) faults.push(...tryTemplate(template, kind, needs ?? [], protocol));
  const idle = (needs ?? []).flatMap((name, index) =>
    usedFields.has(name) ? [] : [{ path: `/${kind}/needs/${index}`, rule: `${name} is not used, so it must not be handed over` }],
  );
  faults.push(...idle);
  return template;
}

function manifestOf(protocol: Protocol): AdapterManifest {
  const { units, limits, timeouts } = protocol;
  const mixed = JSON.stringify([protocol.order, protocol.precheck?.read]).includes('"money"');
  return {
    id: protocol.id,
    title: protocol.title,
    shape: protocol.shape,
    secretNames: protocol.secrets,
    paramNames: protocol.params,
    units: { money: mixed ? 'mixed' : units.money === 'yuan' ? 'yuan_string' : units.money, time: units.time },
    timeZone: protocol.time_zone,
    limits: { precheckPerSecond: limits.precheck_per_second, submitPerSecond: limits.submit_per_second, callbackTries: limits.callback_tries },
    timeouts: { precheckMs: timeouts.precheck_ms, submitMs: timeouts.submit_ms, queryMs: timeouts.query_ms },
    submitIdempotent: protocol.submit_idempotent,
  };
}
