/** The funder's side of harbor-json: checks the signed headers over the raw body, answers in plain JSON, and signs its callbacks alike. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Command, OrderView } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Opened, Protocol, Secrets, WireCallback, WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, jsonReply, objectOf, text, whole } from '../../src/sandbox/protocols/wire.ts';

const ZHIMA = ['none', 'under_600', '600_650', '650_700', '700_750', '750_plus'];

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const { toSign, signed } = signedBy(request, secrets);
    if (!signed) return refused(401, 'bad_signature', toSign);
    if (!(Math.abs(nowMs - Date.parse(headerOf(request, 'x-harbor-timestamp'))) <= FRESH_MS)) return refused(401, 'stale', toSign);
    const command = commandOf(request.method, request.target.split('?')[0]!, request.body.length === 0 ? {} : objectOf(request.body));
    return command === null ? refused(400, 'invalid_request') : { ok: true, command };
  },
  write(command, result) {
    switch (result.kind) {
      case 'order': {
        const waits = command.kind === 'submit' ? result.view.status === 'reviewing' : command.kind === 'draw';
        return jsonReply(waits ? 202 : 200, viewOf(result.view));
      }
      case 'too_late':
        return error(409, 'too_late');
      case 'unknown_order':
        return error(404, 'application_not_found');
      case 'draw_refused':
        return error(409, result.why);
      default:
        return error(404, 'no_such_path');
    }
  },
  callback: (view, messageId, secrets, nowMs) =>
    tell(
      {
        message_id: messageId,
        event: 'application.updated',
        occurred_at: new Date(view.eventAtMs).toISOString(),
        application: viewOf(view),
      },
      secrets,
      nowMs,
    ),
  acknowledged: (status) => status >= 200 && status < 300,
  reply: (content) => jsonReply(200, content),
  tell,
  content(request, secrets) {
    if (!signedBy(request, secrets).signed) return null;
    return request.body.length === 0 ? {} : objectOf(request.body);
  },
};

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  const timestamp = new Date(nowMs).toISOString();
  const nonce = randomBytes(16).toString('hex');
  const body = JSON.stringify(content);
  const signature = `v1=${mac(secrets, stringToSign('CALLBACK', '', timestamp, nonce, body))}`;
  return {
    headers: { 'content-type': 'application/json', 'x-harbor-timestamp': timestamp, 'x-harbor-nonce': nonce, 'x-harbor-signature': signature },
    body,
  };
}

function signedBy(request: WireRequest, secrets: Secrets): { readonly toSign: string; readonly signed: boolean } {
  const toSign = stringToSign(
    request.method,
    request.target,
    headerOf(request, 'x-harbor-timestamp'),
    headerOf(request, 'x-harbor-nonce'),
    request.body,
  );
  return { toSign, signed: headerOf(request, 'x-harbor-signature') === `v1=${mac(secrets, toSign)}` };
}

function headerOf(request: WireRequest, name: string): string {
  return String(request.headers[name] ?? '');
}

function commandOf(method: string, path: string, body: Record<string, unknown> | null): Command | null {
  if (body === null) return null;
  if (method === 'POST' && path.endsWith('/v1/applications')) {
    const applicant = body['applicant'];
    const request = body['request'];
    const [ref, callbackUrl, idNumber, phone] = [
      text(body, 'ref'),
      text(body, 'callback_url'),
      text(applicant, 'id_number'),
      text(applicant, 'phone'),
    ];
    const [amountFen, termMonths] = [whole(request, 'amount_fen'), whole(request, 'term_months')];
    if (ref === '' || idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
    const zhima = ZHIMA.indexOf(text((applicant as Record<string, unknown>)['assets'], 'zhima_band'));
    return {
      kind: 'submit',
      ref,
      callbackUrl,
      amountFen,
      termMonths,
      person: { idNumber, phone, monthlyIncomeFen: whole(applicant, 'monthly_income_fen'), zhimaLevel: Math.max(0, zhima) },
    };
  }
  const match = /\/v1\/applications\/by-ref\/([^/]{1,200})(?:\/(cancel|draw))?$/.exec(path);
  if (match === null) return null;
  const ref = decodeURIComponent(match[1]!);
  const action = match[2];
  if (action === undefined) return method === 'GET' ? { kind: 'query', ref } : null;
  if (action === 'cancel') return { kind: 'cancel', ref };
  return {
    kind: 'draw',
    ref,
    amountFen: whole(body, 'amount_fen') ?? 0,
    termMonths: whole(body, 'term_months') ?? 0,
    callbackUrl: text(body, 'callback_url'),
  };
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  return {
    id: view.funderRef,
    ref: view.ref,
    status: view.status,
    updated_at: new Date(view.eventAtMs).toISOString(),
    ...(view.why === null ? {} : { decline: { code: view.why === 'age' ? 'age' : 'credit_score' } }),
    ...(offer === null
      ? {}
      : {
          offer: {
            amount_fen: offer.amountFen,
            term_months: offer.termMonths,
            quoted_apr_bps: offer.aprBps,
            instalments: rowsOf(offer.plan),
            fees: offer.fee === null ? [] : [{ item: offer.fee.item, payee: offer.fee.payee, amount_fen: offer.fee.amountFen, when: 'upfront' }],
            expires_at: new Date(offer.expiresAtMs).toISOString(),
          },
        }),
    ...(loan === null ? {} : { loan: { status: loan.status, amount_fen: loan.amountFen, instalments: rowsOf(loan.plan) } }),
  };
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({ due_in_months: row.period, principal_fen: row.principalFen, interest_fen: row.interestFen, fee_fen: row.feeFen }));
}

function stringToSign(method: string, target: string, timestamp: string, nonce: string, body: Uint8Array | string): string {
  return [method, target, timestamp, nonce, createHash('sha256').update(body).digest('hex')].join('\n');
}

function mac(secrets: Secrets, toSign: string): string {
  return createHmac('sha256', secrets['api_secret'] ?? '')
    .update(toSign)
    .digest('hex');
}

function refused(status: number, code: string, toSign?: string): Opened {
  const badSignature = status === 401;
  return { ok: false, badSignature, reply: jsonReply(status, { error: { code, ...(toSign === undefined ? {} : { string_to_sign: toSign }) } }) };
}

function error(status: number, code: string): WireReply {
  return jsonReply(status, { error: { code } });
}
