/** The funder's side of lotus-md5. */
import { createHash } from 'node:crypto';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict } from '../orders.ts';
import type { PlanRow } from '../instalments.ts';
import type { Opened, Protocol, Secrets, WireReply } from './wire.ts';
import { FRESH_MS, jsonReply, objectOf, text, whole } from './wire.ts';

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

export const lotus: Protocol = {
  open(request, secrets, nowMs) {
    const params = objectOf(request.body);
    if (params === null || Object.values(params).some((value) => typeof value !== 'string')) return refused(400, '2001', '参数错误');
    const toSign = stringToSign(params as Secrets);
    if (text(params, 'sign') !== sign(secrets, toSign)) return refused(401, '1001', '验签失败', toSign);
    const seconds = whole(params, 'timestamp');
    if (seconds === null || Math.abs(nowMs - seconds * 1_000) > FRESH_MS) return refused(401, '1001', '请求已过期', toSign);
    const command = commandOf(request.target.split('?')[0]!, params);
    return command === null ? refused(400, '2001', '参数错误') : { ok: true, command };
  },
  write(_command, result) {
    switch (result.kind) {
      case 'precheck':
        return reply('0000', { result: PRECHECK[result.verdict] });
      case 'order':
      case 'too_late':
        return reply('0000', viewOf(result.view));
      case 'unknown_order':
        return reply('4004', null, '订单不存在');
      case 'draw_refused':
        return reply('0000', { state: '7', failCode: result.why });
    }
  },
  callback(view, messageId, secrets, nowMs) {
    const { planList, feeList, ...flat } = viewOf(view) as Record<string, unknown>;
    const params: Record<string, string> = {
      notifyId: messageId,
      notifyTime: String(Math.floor(nowMs / 1_000)),
      ...(flat as Record<string, string>),
    };
    // The signature covers texts only, so lists travel as JSON inside a string.
    if (planList !== undefined) params['planList'] = JSON.stringify(planList);
    if (feeList !== undefined) params['feeList'] = JSON.stringify(feeList);
    params['sign'] = sign(secrets, stringToSign(params));
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) };
  },
  acknowledged: (status, body) => status === 200 && body.trim() === 'success',
};

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
  return { reviewing: '1', approved: '2', declined: '3', cancelled: '4' }[view.status];
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

function fenOf(decimal: string): number | null {
  const match = /^(\d{1,12})\.(\d{2})$/.exec(decimal);
  return match === null ? null : Number(match[1]) * 100 + Number(match[2]);
}

function yuan(fen: number): string {
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function reply(code: string, data: object | null, msg = 'OK'): WireReply {
  return jsonReply(200, { code, msg, data });
}

function refused(status: number, code: string, msg: string, toSign?: string): Opened {
  return {
    ok: false,
    badSignature: status === 401,
    reply: jsonReply(status, { code, msg, data: null, ...(toSign === undefined ? {} : { stringToSign: toSign }) }),
  };
}
