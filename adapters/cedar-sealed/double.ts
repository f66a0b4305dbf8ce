/** The funder's side of cedar-sealed: an envelope each way, its content AES-256-CBC behind a random IV, an HMAC over the whole. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Opened, Protocol, Secrets, WireCallback, WireReply } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, jsonReply, objectOf, text, whole } from '../../src/sandbox/protocols/wire.ts';

const PRECHECK: Readonly<Record<PrecheckVerdict, number>> = {
  ok: 200,
  age: 301,
  existing: 401,
  recent: 402,
  history: 402,
  blacklist: 403,
  credit: 505,
};
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: 'C001', age: 'C006' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const envelope = objectOf(request.body);
    if (envelope === null || text(envelope, 'bizContent') === '') return refused(400, '参数错误');
    const toSign = stringToSign('request', envelope);
    if (text(envelope, 'sign') !== mac(secrets, toSign)) return refused(401, '验签失败', toSign);
    if (Math.abs(nowMs - (whole(envelope, 'timestamp') ?? 0)) > FRESH_MS) return refused(401, '请求已过期', toSign);
    const content = unseal(secrets, text(envelope, 'bizContent'));
    const command = content === null ? null : commandOf(text(envelope, 'service'), content);
    return command === null ? refused(400, '参数错误') : { ok: true, command };
  },
  write(_command, result, secrets, nowMs) {
    const inner = (status: number, data: object | null): WireReply => reply({ status, msg: status === 200 ? 'ok' : 'refused', data }, secrets, nowMs);
    switch (result.kind) {
      case 'precheck':
        return inner(200, { result: PRECHECK[result.verdict], amount: '30000.00', terms: '[3,6,12]' });
      case 'order':
        return inner(200, viewOf(result.view));
      case 'too_late':
        return inner(409, viewOf(result.view));
      case 'unknown_order':
        return inner(404, null);
      case 'draw_refused':
        return inner(409, { failCode: result.why });
      default:
        return inner(400, null);
    }
  },
  callback: (view, messageId, secrets, nowMs) => tell({ notifyId: messageId, ...viewOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['code'] === 200,
  reply,
  tell,
  content(request, secrets) {
    const envelope = objectOf(request.body);
    if (envelope === null || text(envelope, 'sign') !== mac(secrets, stringToSign('request', envelope))) return null;
    return unseal(secrets, text(envelope, 'bizContent'));
  },
};

function reply(content: unknown, secrets: Secrets, nowMs: number): WireReply {
  return jsonReply(200, envelopeOf('response', 'reply', content, secrets, nowMs));
}

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(envelopeOf('notify', 'order.notify', content, secrets, nowMs)) };
}

/** A sealed and signed envelope in the direction given. */
function envelopeOf(direction: 'response' | 'notify', service: string, content: unknown, secrets: Secrets, nowMs: number): object {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(secrets['aes_key'] ?? '', 'hex'), iv);
  const bizContent = Buffer.concat([iv, cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]).toString('base64');
  const envelope = { code: 200, appId: 'cedar', service, timestamp: nowMs, nonce: randomBytes(16).toString('hex'), bizContent };
  return { ...envelope, sign: mac(secrets, stringToSign(direction, envelope)) };
}

/** The content of an envelope's `bizContent`, or null. */
function unseal(secrets: Secrets, sealed: string): Record<string, unknown> | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < 32 || bytes.length % 16 !== 0) return null;
  try {
    const cipher = createDecipheriv('aes-256-cbc', Buffer.from(secrets['aes_key'] ?? '', 'hex'), bytes.subarray(0, 16));
    return objectOf(Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]));
  } catch {
    return null;
  }
}

function commandOf(service: string, content: Record<string, unknown>): Command | null {
  const ref = text(content, 'outOrderId');
  switch (service) {
    case 'credit.precheck':
      return { kind: 'precheck', phone: text(content, 'mobileMask'), idMd5: null, idMask: text(content, 'idNoMask') };
    case 'credit.apply': {
      const [idNumber, phone, amountFen, termMonths] = [
        text(content, 'idNo'),
        text(content, 'mobile'),
        whole(content, 'amount'),
        whole(content, 'term'),
      ];
      if (ref === '' || idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: whole(content, 'monthlyIncome'), zhimaLevel: null };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl: text(content, 'notifyUrl') };
    }
    case 'credit.query':
      return { kind: 'query', ref };
    case 'credit.cancel':
      return { kind: 'cancel', ref };
    case 'loan.draw':
      return {
        kind: 'draw',
        ref,
        amountFen: whole(content, 'amount') ?? 0,
        termMonths: whole(content, 'term') ?? 0,
        callbackUrl: text(content, 'notifyUrl'),
      };
    default:
      return null;
  }
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  const base = { outOrderId: view.ref, orderId: view.funderRef, state: stateOf(view), eventTime: view.eventAtMs };
  if (loan !== null) return { ...base, loanAmount: String(loan.amountFen), repayPlan: rowsOf(loan.plan) };
  if (view.why !== null) return { ...base, rejectCode: REJECT[view.why] };
  if (offer === null) return base;
  return {
    ...base,
    creditAmount: offer.amountFen,
    term: offer.termMonths,
    terms: JSON.stringify(offer.termsMonths),
    yearRateBps: String(offer.aprBps),
    repayPlan: rowsOf(offer.plan),
    fees: offer.fee === null ? [] : [{ name: offer.fee.item, payee: offer.fee.payee, amount: offer.fee.amountFen, type: 'UPFRONT' }],
    expireTime: offer.expiresAtMs,
  };
}

function stateOf(view: OrderView): string {
  if (view.loan !== null) return view.loan.status === 'disbursing' ? 'CREATED' : 'LOAN_SUCCESS';
  return {
    opened: 'AUDITING',
    authorised: 'AUDITING',
    reviewing: 'AUDITING',
    approved: 'AUDIT_PASS',
    declined: 'AUDIT_REJECT',
    cancelled: 'CANCELLED',
  }[view.status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({ period: row.period, principal: row.principalFen, interest: row.interestFen, serviceFee: row.feeFen }));
}

function stringToSign(direction: 'request' | 'response' | 'notify', envelope: object): string {
  return [
    direction,
    text(envelope, 'appId'),
    text(envelope, 'service'),
    String(whole(envelope, 'timestamp') ?? ''),
    text(envelope, 'nonce'),
    text(envelope, 'bizContent'),
  ].join('\n');
}

function mac(secrets: Secrets, toSign: string): string {
  return createHmac('sha256', secrets['mac_key'] ?? '')
    .update(toSign)
    .digest('hex');
}

function refused(code: number, msg: string, toSign?: string): Opened {
  return { ok: false, badSignature: code === 401, reply: jsonReply(code, { code, msg, ...(toSign === undefined ? {} : { stringToSign: toSign }) }) };
}
