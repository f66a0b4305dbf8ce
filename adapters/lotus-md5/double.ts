/** The funder's side of lotus-md5: one flat object of texts each way, its `sign` an MD5 over the sorted pairs and the key. */
import { createHash } from 'node:crypto';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Opened, Protocol, Secrets, WireCallback, WireReply } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, jsonReply, objectOf, text, whole, yuan } from '../../src/sandbox/protocols/wire.ts';

const PRECHECK: Readonly<Record<PrecheckVerdict, string>> = {
  ok: '0',
  existing: '1',
  recent: '3',
  age: '4',
  blacklist: '5',
  history: '6',
  credit: '6',
};
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: 'R01', age: 'R03' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const params = textsOf(request.body);
    if (params === null) return refused(400, '2001', '参数错误');
    const toSign = stringToSign(params);
    if (text(params, 'sign') !== sign(secrets, toSign)) return refused(401, '1001', '验签失败', toSign);
    const seconds = whole(params, 'timestamp');
    if (seconds === null || Math.abs(nowMs - seconds * 1_000) > FRESH_MS) return refused(401, '1001', '请求已过期', toSign);
    const command = commandOf(request.target.split('?')[0]!, params);
    return command === null ? refused(400, '2001', '参数错误') : { ok: true, command };
  },
  write(_command, result) {
    switch (result.kind) {
      case 'precheck':
        return wrapped('0000', { result: PRECHECK[result.verdict] });
      case 'order':
      case 'too_late':
        return wrapped('0000', viewOf(result.view));
      case 'unknown_order':
        return wrapped('4004', null, '订单不存在');
      case 'draw_refused':
        return wrapped('0000', { state: '7', failCode: result.why });
      default:
        return wrapped('2001', null, '无此接口');
    }
  },
  callback(view, messageId, secrets, nowMs) {
    const { planList, feeList, ...flat } = viewOf(view) as Record<string, unknown>;
    // The signature covers texts only, so lists travel as JSON inside a string.
    const lists = Object.entries({ planList, feeList }).flatMap(([name, list]) => (list === undefined ? [] : [[name, JSON.stringify(list)]]));
    return tell({ notifyId: messageId, ...flat, ...(Object.fromEntries(lists) as object) }, secrets, nowMs);
  },
  acknowledged: (status, body) => status === 200 && body.trim() === 'success',
  reply: (content) => jsonReply(200, content),
  tell,
  content(request, secrets) {
    const params = textsOf(request.body);
    return params !== null && params['sign'] === sign(secrets, stringToSign(params)) ? params : null;
  },
};

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  const params = { notifyTime: String(Math.floor(nowMs / 1_000)), ...(content as Secrets) };
  const body = JSON.stringify({ ...params, sign: sign(secrets, stringToSign(params)) });
  return { headers: { 'content-type': 'application/json' }, body };
}

function textsOf(body: Uint8Array): Readonly<Record<string, string>> | null {
  const params = objectOf(body);
  return params === null || Object.values(params).some((value) => typeof value !== 'string') ? null : (params as Readonly<Record<string, string>>);
}

function commandOf(path: string, params: Record<string, unknown>): Command | null {
  const ref = text(params, 'orderNo');
  switch (path.slice(path.lastIndexOf('/') + 1)) {
    case 'precheck':
      return { kind: 'precheck', phone: text(params, 'mobileMd5'), idMd5: text(params, 'idNoMd5'), idMask: null };
    case 'apply': {
      const [idNumber, phone, amountFen, termMonths] = [
        text(params, 'idNo'),
        text(params, 'mobile'),
        fenOf(text(params, 'applyAmount')),
        whole(params, 'applyTerm'),
      ];
      if (ref === '' || idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: fenOf(text(params, 'monthIncome')), zhimaLevel: whole(params, 'zhimaLevel') };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl: text(params, 'notifyUrl') };
    }
    case 'query':
      return { kind: 'query', ref };
    case 'cancel':
      return { kind: 'cancel', ref };
    case 'loan':
      return {
        kind: 'draw',
        ref,
        amountFen: fenOf(text(params, 'loanAmount')) ?? 0,
        termMonths: whole(params, 'loanTerm') ?? 0,
        callbackUrl: text(params, 'notifyUrl'),
      };
    default:
      return null;
  }
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  const base = { orderNo: view.ref, lotusNo: view.funderRef, state: stateOf(view), eventTime: String(Math.floor(view.eventAtMs / 1_000)) };
  if (loan !== null) return { ...base, loanAmount: yuan(loan.amountFen), planList: rowsOf(loan.plan) };
  if (view.why !== null) return { ...base, rejectCode: REJECT[view.why] };
  if (offer === null) return base;
  return {
    ...base,
    creditAmount: yuan(offer.amountFen),
    creditTerm: String(offer.termMonths),
    yearRate: yuan(offer.aprBps),
    planList: rowsOf(offer.plan),
    feeList: offer.fee === null ? [] : [{ feeName: offer.fee.item, payee: offer.fee.payee, feeAmount: yuan(offer.fee.amountFen), feeMode: '1' }],
    expireTime: String(Math.floor(offer.expiresAtMs / 1_000)),
  };
}

function stateOf(view: OrderView): string {
  if (view.loan !== null) return view.loan.status === 'disbursing' ? '5' : '6';
  return { opened: '0', authorised: '0', reviewing: '1', approved: '2', declined: '3', cancelled: '4' }[view.status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({
    period: String(row.period),
    principal: yuan(row.principalFen),
    interest: yuan(row.interestFen),
    serviceFee: yuan(row.feeFen),
  }));
}

/** The key is named and not shown: the text goes back to whoever failed to sign. */
function stringToSign(params: Secrets): string {
  const names = Object.keys(params)
    .filter((name) => name !== 'sign' && params[name] !== '')
    .sort();
  return `${names.map((name) => `${name}=${params[name]}`).join('&')}&key=***`;
}

function sign(secrets: Secrets, toSign: string): string {
  return createHash('md5')
    .update(`${toSign.slice(0, -3)}${secrets['sign_key'] ?? ''}`)
    .digest('hex')
    .toUpperCase();
}

function wrapped(code: string, data: object | null, msg = 'OK'): WireReply {
  return jsonReply(200, { code, msg, data });
}

function refused(status: number, code: string, msg: string, toSign?: string): Opened {
  return {
    ok: false,
    badSignature: status === 401,
    reply: jsonReply(status, { code, msg, data: null, ...(toSign === undefined ? {} : { stringToSign: toSign }) }),
  };
}
