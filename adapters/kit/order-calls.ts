/** The readers of calls whose every reply holds the order: what a submit, a query, a cancel and a draw each make of it. */
import type {
  AdapterContext,
  CancelAnswer,
  DecisionAnswer,
  DrawAnswer,
  NotFound,
  OutboundResponse,
  QueryAnswer,
  SubmitAnswer,
  Unavailable,
  Unreadable,
} from '../contract.ts';
import { faultFunder, faultOurs, httpFailure, safeCode, unreadable } from './answers.ts';
import { discreet } from './discreet.ts';
import { codeText } from './order-states.ts';
import type { Json } from './read-json.ts';
import { at, isRecord, readJson } from './read-json.ts';

/** A reply's content, out of whatever was around it. */
export type OpenedReply = { readonly kind: 'data'; readonly data: Json } | NotFound | Unavailable | Unreadable;
export type OpenReply = (ctx: AdapterContext, response: OutboundResponse) => OpenedReply;
/** It is too late for what was asked: a cancel comes after the decision, a draw after the offer has lapsed. `detail` is a safe code. */
export interface TooLate {
  readonly kind: 'too_late';
  readonly detail: string;
}
export type OpenOrder = (ctx: AdapterContext, response: OutboundResponse) => OpenedReply | TooLate;
export type ReadOrder = (ctx: AdapterContext, order: Json | undefined) => DecisionAnswer | Unreadable;

/** What a code of the outer envelope means. `busy`, `ours`: the call certainly had no effect. */
export interface EnvelopeCodes {
  readonly ok: string;
  readonly notFound?: readonly string[];
  readonly busy?: readonly string[];
  readonly ours?: readonly string[];
}

/** Readers of all four, each fit to leave the adapter. */
export function orderCalls(open: OpenOrder, readOrder: ReadOrder) {
  const answered = (ctx: AdapterContext, response: OutboundResponse): QueryAnswer | TooLate => {
    const opened = open(ctx, response);
    return opened.kind === 'data' ? readOrder(ctx, opened.data) : opened;
  };
  return {
    submit: discreet((ctx, response): SubmitAnswer => {
      const answer = queryAnswer(answered(ctx, response));
      return answer.kind === 'not_found' ? unreadable('submit said no such order') : answer;
    }),
    query: discreet((ctx, response): QueryAnswer => queryAnswer(answered(ctx, response))),
    cancel: discreet((ctx, response): CancelAnswer => cancelAnswer(answered(ctx, response))),
    draw: discreet((ctx, response): DrawAnswer => drawAnswer(answered(ctx, response))),
  };
}

/**
 * Opens the usual `{code, msg, data}`, its data sealed or not. A code that is not in the table may have had its effect. Data is opened last,
 * for an error's may be missing or of another kind.
 */
export function coded(
  codes: EnvelopeCodes,
  openData: (ctx: AdapterContext, body: Json | undefined) => Json | undefined = (_ctx, body) => at(body, 'data'),
): OpenReply {
  return (ctx, response) => {
    const body = readJson(response.body);
    const code = at(body, 'code');
    return httpFailure(ctx.nowMs, response, code) ?? byCode(codes, code, codeText(code) === codes.ok ? openData(ctx, body) : undefined);
  };
}

/** The same for a code and its data that were found elsewhere; `name`: what the code is called in details. */
export function byCode(codes: EnvelopeCodes, value: Json | undefined, data: Json | undefined, name = 'code'): OpenedReply {
  const code = codeText(value);
  if (code === null) return unreadable(`no ${name} in the reply`);
  if (code === codes.ok) return isRecord(data) ? { kind: 'data', data } : unreadable('no data in the reply');
  if (codes.notFound?.includes(code) === true) return { kind: 'not_found' };
  if (codes.busy?.includes(code) === true) return faultFunder(`${name} ${code}`);
  return codes.ours?.includes(code) === true ? faultOurs(`${name} ${code}`) : unreadable(`${name} ${safeCode(code)}`);
}

/** Neither of these calls can come too late: whatever was meant by it, it may have had its effect. */
function queryAnswer(answer: QueryAnswer | TooLate): QueryAnswer {
  return answer.kind === 'too_late' ? unreadable(`too late ${answer.detail}`) : answer;
}

function cancelAnswer(answer: QueryAnswer | TooLate): CancelAnswer {
  switch (answer.kind) {
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'too_late':
    case 'approved':
    case 'declined':
    case 'loan':
      return { kind: 'too_late' };
    case 'pending':
    case 'authorised':
    case 'offers':
      return unreadable(`cancel left the order ${answer.kind}`);
    default:
      return answer;
  }
}

function drawAnswer(answer: QueryAnswer | TooLate): DrawAnswer {
  switch (answer.kind) {
    case 'loan':
      return { kind: 'loan', news: answer.news };
    case 'too_late':
      return { kind: 'loan', news: { status: 'failed', detail: answer.detail } };
    case 'unavailable':
    case 'unknown':
      return answer;
    case 'not_found':
      return faultOurs('draw of an unknown order');
    default:
      return unreadable(`draw left the order ${answer.kind}`);
  }
}
