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

/** True when any text of the answer, at any depth, contains one of the context's secrets. */
export function tellsSecret(ctx: AdapterContext, answer: object): boolean {
  const secrets = Object.values(ctx.secrets).filter((secret) => secret !== '');
  if (secrets.length === 0) return false;
  // Nearly no answer does, and one text is searched ten times as fast as a tree: what is in a text of it is in its JSON, escaped alike.
  const whole = JSON.stringify(answer);
  const suspects = secrets.filter((secret) => whole.includes(JSON.stringify(secret).slice(1, -1)));
  return suspects.length > 0 && anyText(answer, (text) => suspects.some((secret) => text.includes(secret)));
}

/** Answers are ours, so they are trees and not deep. */
function anyText(value: unknown, holds: (text: string) => boolean): boolean {
  if (typeof value === 'string') return holds(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) if (anyText((value as Readonly<Record<string, unknown>>)[name], holds)) return true;
  return false;
}
