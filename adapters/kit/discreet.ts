/**
 * The last look at an answer before it leaves an adapter. `safeCode` keeps out what is long or numeric; a short key sent as a status
 * would pass it, so no answer that repeats a secret of this funder leaves at all: it becomes `unknown`, which is alarmed.
 */
import type { AdapterContext, OutboundResponse, Unreadable } from '../contract.ts';
import { unreadable } from './answers.ts';

/** The same reader, that never repeats a secret. */
export function discreet<A extends object>(
  read: (ctx: AdapterContext, response: OutboundResponse) => A,
): (ctx: AdapterContext, response: OutboundResponse) => A | Unreadable {
  return (ctx, response) => {
    const answer = read(ctx, response);
    return tellsSecret(ctx, answer) ? unreadable('the reply repeats a secret') : answer;
  };
}

/** True when a text of the answer, at any depth that is a detail, contains one of the context's secrets. */
export function tellsSecret(ctx: AdapterContext, answer: object): boolean {
  const secrets = Object.values(ctx.secrets).filter((secret) => secret !== '');
  return textsOf(answer).some((text) => secrets.some((secret) => text.includes(secret)));
}

function textsOf(answer: object): readonly string[] {
  const { detail, unrecognised, funderRef, reason, news } = answer as Readonly<Record<string, unknown>>;
  const inner = [reason, news].map((part) => (typeof part === 'object' && part !== null ? (part as { detail?: unknown }).detail : undefined));
  return [detail, unrecognised, funderRef, ...inner].filter((text) => typeof text === 'string');
}
