/**
 * The funder's side of quail-json: one flat JSON object each way, its `sign` an HMAC-SHA256 over the sorted pairs, lists and objects in them as sorted
 * JSON. Written apart from the adapter: set it right by the funder's document, not by the adapter.
 */
import { createHmac } from 'node:crypto';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict, Result } from '../../src/sandbox/orders.ts';
import type { Opened, Protocol, Secrets, WireCallback, WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, jsonReply, objectOf, text, whole, yuan } from '../../src/sandbox/protocols/wire.ts';

const PRECHECK: Readonly<Record<PrecheckVerdict, string>> = {
  ok: 'OK',
  age: 'C002',
  recent: 'C003',
  existing: 'C004',
  blacklist: 'C005',
  history: 'C001',
  credit: 'C001',
};
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: 'R01', age: 'R03' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const members = objectOf(request.body);
    if (members === null) return refused(400, '4000', '参数错误');
    const toSign = stringToSign(members);
    if (text(members, 'sign') !== sign(secrets, toSign)) return refused(401, '9001', '验签失败', toSign);
    const seconds = whole(members, 'timestamp');
    if (seconds === null || Math.abs(nowMs - seconds * 1_000) > FRESH_MS) return refused(401, '9002', '请求已过期', toSign);
    const command = commandOf(request, members);
    return command === null ? refused(400, '4000', '参数错误') : { ok: true, command };
  },
  write(_command, result) {
    switch (result.kind) {
      case 'precheck':
        return wrapped('0000', { result: PRECHECK[result.verdict], ...(result.verdict === 'ok' ? invitation(result) : {}) });
      case 'order':
      case 'too_late':
        return wrapped('0000', viewOf(result.view));
      case 'unknown_order':
        return wrapped('4040', null, '订单不存在');
      case 'draw_refused':
        return wrapped('0000', { status: 'PAY_FAILED', failCode: result.why });
      default:
        return wrapped('4000', null, '无此接口');
    }
  },
  callback: (view, messageId, secrets, nowMs) => tell({ notifyId: messageId, ...viewOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['code'] === '0000',
  reply: (content) => jsonReply(200, content),
  tell,
  content(request, secrets) {
    const members = objectOf(request.body);
    if (members === null) return null;
    const { sign: given, ...rest } = members;
    return given === sign(secrets, stringToSign(members)) ? rest : null;
  },
};

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  const members = { timestamp: String(Math.floor(nowMs / 1_000)), ...(content as object) };
  const body = JSON.stringify({ ...members, sign: sign(secrets, stringToSign(members)) });
  return { headers: { 'content-type': 'application/json' }, body };
}

function commandOf({ target }: WireRequest, members: Record<string, unknown>): Command | null {
  const [path = ''] = target.split('?');
  const [ref, callbackUrl] = [text(members, 'orderNo'), text(members, 'notifyUrl')];
  if (ref === '') return null;
  switch (path.slice(path.lastIndexOf('/') + 1)) {
    case 'precheck': {
      const [phone, idMd5] = [text(members, 'mobileMd5'), text(members, 'idNoMd5')];
      return /^[0-9a-f]{32}$/.test(phone) && /^[0-9a-f]{32}$/.test(idMd5) ? { kind: 'precheck', phone, idMd5, idMask: null, ref, callbackUrl } : null;
    }
    case 'apply': {
      const [idNumber, phone] = [text(members, 'idNo'), text(members, 'mobile')];
      const [amountFen, termMonths] = [fenOf(text(members, 'applyAmount')), whole(members, 'applyTerm')];
      if (idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: fenOf(text(members, 'monthIncome')), zhimaLevel: null };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl };
    }
    case 'query':
      return { kind: 'query', ref };
    case 'cancel':
      return { kind: 'cancel', ref };
    case 'draw': {
      const [amountFen, termMonths] = [fenOf(text(members, 'loanAmount')), whole(members, 'loanTerm')];
      return amountFen === null || termMonths === null ? null : { kind: 'draw', ref, amountFen, termMonths, callbackUrl };
    }
    default:
      return null;
  }
}

function invitation(_result: Extract<Result, { kind: 'precheck' }>): object {
  return {};
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  const base = { orderNo: view.ref, applyNo: view.funderRef, status: statusOf(view), eventTime: String(Math.floor(view.eventAtMs / 1_000)) };
  if (loan !== null) return { ...base, loanAmount: yuan(loan.amountFen), planList: rowsOf(loan.plan) };
  if (view.why !== null) return { ...base, rejectCode: REJECT[view.why] };
  if (offer === null) return base;
  return {
    ...base,
    creditAmount: yuan(offer.amountFen),
    creditTerm: String(offer.termMonths),
    yearRate: yuan(offer.aprBps),
    expireTime: String(Math.floor(offer.expiresAtMs / 1_000)),
    planList: rowsOf(offer.plan),
    feeList: offer.fee === null ? [] : [{ name: offer.fee.item, payee: offer.fee.payee, amount: yuan(offer.fee.amountFen), type: '1' }],
  };
}

function statusOf({ loan, status }: OrderView): string {
  if (loan !== null) return { signing: 'PAYING', disbursing: 'PAYING', disbursed: 'PAID', settled: 'SETTLED' }[loan.status];
  return {
    opened: 'WAIT_AGREE',
    authorised: 'AGREED',
    reviewing: 'REVIEWING',
    approved: 'APPROVED',
    declined: 'DECLINED',
    cancelled: 'CANCELLED',
  }[status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({
    period: String(row.period),
    principal: yuan(row.principalFen),
    interest: yuan(row.interestFen),
    serviceFee: yuan(row.feeFen),
  }));
}

function stringToSign(members: object): string {
  return Object.entries(members)
    .filter(([name, value]) => name !== 'sign' && value !== null && value !== '')
    .map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : sortedJson(value)])
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Without members that have no value, as the pairs are. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, inner]) => inner !== null && inner !== '');
  return `{${members
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${sortedJson(inner)}`)
    .join(',')}}`;
}

function sign(secrets: Secrets, toSign: string): string {
  return createHmac('sha256', secrets['sign_key'] ?? '')
    .update(toSign)
    .digest('hex');
}

function wrapped(code: string, data: object | null, msg = 'OK'): WireReply {
  return jsonReply(200, { code, msg, data });
}

function refused(status: number, code: string, msg: string, toSign?: string): Opened {
  const reply = jsonReply(status, { code, msg, data: null, ...(toSign === undefined ? {} : { stringToSign: toSign }) });
  return { ok: false, badSignature: status === 401, reply };
}
