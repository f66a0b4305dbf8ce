/** Prechecks (撞库), of which either the envelope's own code or a verdict within says why a borrower is not wanted. */
import type { AdapterContext, FunderReason, OutboundResponse, PrecheckAnswer, Unreadable } from '../contract.ts';
import type { AmountMinor } from '../../src/domain/money.ts';
import { safeCode, unreadable } from './answers.ts';
import { discreet } from './discreet.ts';
import { contentReader } from './envelopes.ts';
import type { OpenReply } from './order-calls.ts';
import type { Reasons } from './order-states.ts';
import { codeText, reasonOf } from './order-states.ts';
import type { Json } from './read-json.ts';
import { at, lookUp, readJson } from './read-json.ts';

/** Reads a precheck: a code of `refusals` is a no, anything else is opened as usual and read by `eligible`. */
export function precheckReader(
  open: OpenReply,
  refusals: Reasons,
  eligible: (ctx: AdapterContext, data: Json) => PrecheckAnswer,
): (ctx: AdapterContext, response: OutboundResponse) => PrecheckAnswer | Unreadable {
  return discreet((ctx, response): PrecheckAnswer => {
    const code = response.status === 200 ? codeText(at(readJson(response.body), 'code')) : null;
    if (code !== null && lookUp(refusals, code) !== null) return { kind: 'ineligible', reason: reasonOf(code, refusals) };
    const opened = open(ctx, response);
    if (opened.kind === 'not_found') return unreadable('precheck said no such order');
    return opened.kind === 'data' ? eligible(ctx, opened.data) : opened;
  });
}

/**
 * Reads a precheck whose data hold a verdict at `member`: `yes` is eligible, and whatever word `no` has a reason for is not. A table will do
 * for `no`: then the word itself is the detail. `name`: what the verdict is called when it is in neither.
 */
export function verdictReader(
  open: OpenReply,
  member: string,
  yes: string,
  no: Reasons | ((word: string, data: Json) => FunderReason | null),
  name = `precheck ${member}`,
): (ctx: AdapterContext, response: OutboundResponse) => PrecheckAnswer | Unreadable {
  const reasonFor = typeof no === 'function' ? no : (word: string) => ofTable(no, member, word);
  return contentReader<PrecheckAnswer>(open, unreadable('precheck said no such order'), (data) => {
    const word = codeText(at(data, member)) ?? '';
    if (word === yes) return { kind: 'eligible' };
    const reason = reasonFor(word, data);
    return reason === null ? unreadable(`${name} ${safeCode(at(data, member))}`) : { kind: 'ineligible', reason };
  });
}

function ofTable(reasons: Reasons, member: string, word: string): FunderReason | null {
  const code = lookUp(reasons, word);
  return code === null ? null : { code, detail: `${member} ${word}` };
}

/**
 * The lowest of the prices told (list price and discount), which is what is paid: undefined when none was told, null when one that was
 * told cannot be read.
 */
export function lowestPrice(
  told: readonly (Json | undefined)[],
  money: (value: Json | undefined) => AmountMinor | null,
): AmountMinor | null | undefined {
  const prices = told.filter((value) => value !== undefined && value !== null && value !== '').map(money);
  if (prices.includes(null)) return null;
  return prices.filter((price) => price !== null).toSorted((left, right) => left - right)[0];
}
