/** The funder's side of aspen-canonical: HMAC over the canonical request, content under AES-128-CBC with a zero IV. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomUUID } from 'node:crypto';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Opened, Protocol, Secrets, WireCallback, WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, headerOf, jsonReply, objectOf, text, whole } from '../../src/sandbox/protocols/wire.ts';

const PRECHECK: Readonly<Record<PrecheckVerdict, number>> = {
  ok: 200,
  age: 301,
  existing: 401,
  recent: 402,
  history: 402,
  blacklist: 403,
  credit: 505,
};
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: '1', age: '3' };
const SIGNED = ['x-aspen-key', 'x-aspen-nonce', 'x-aspen-timestamp'] as const;

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const toSign = stringToSign(request);
    if (headerOf(request, 'x-aspen-signature') !== mac(secrets, toSign)) return refused(401, 1001, '验签失败', toSign);
    if (request.body.length > 0 && headerOf(request, 'content-md5') !== md5(request.body)) return refused(401, 1001, 'Content-MD5不符', toSign);
    if (headerOf(request, 'x-aspen-nonce').length < 16) return refused(401, 1001, '缺少nonce', toSign);
    if (Math.abs(nowMs - Number(headerOf(request, 'x-aspen-timestamp') || Number.NaN)) <= FRESH_MS) {
      const content = contentOf(request, secrets);
      const command = content === null ? null : commandOf(request.target.split('?')[0] ?? '', content);
      return command === null ? refused(400, 1002, '参数错误') : { ok: true, command };
    }
    return refused(401, 1001, '请求已过期', toSign);
  },
  write(_command, result, secrets) {
    const ok = (data: object): WireReply => sealedReply({ code: 200, msg: 'ok', data }, secrets);
    switch (result.kind) {
      case 'precheck':
        return result.verdict === 'ok'
          ? ok({ amount: '3', terms: '[3,6,12]' })
          : sealedReply({ code: PRECHECK[result.verdict], msg: '未通过', data: { canLoanTime: '' } }, secrets);
      case 'order':
      case 'too_late':
        return ok(viewOf(result.view));
      case 'unknown_order':
        return jsonReply(200, { code: 404, msg: '订单不存在' });
      case 'draw_refused':
        return ok({ state: 180, failCode: result.why });
      default:
        return jsonReply(200, { code: 1002, msg: '无此接口' });
    }
  },
  callback: (view, messageId, secrets, nowMs) => tell({ notifyId: messageId, ...viewOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['code'] === 200,
  reply: sealedReply,
  tell,
  content: (request, secrets) =>
    headerOf(request, 'x-aspen-signature') === mac(secrets, stringToSign(request)) ? contentOf(request, secrets) : null,
};

/** The content's `data` is sealed; a content that is no object, or has none, goes out as it is. */
function sealedReply(content: unknown, secrets: Secrets): WireReply {
  const data = objectOf(JSON.stringify(content) ?? '')?.['data'];
  return jsonReply(200, data === undefined ? content : { ...(content as object), data: seal(data, secrets) });
}

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  const body = JSON.stringify({ data: seal(content, secrets) });
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'content-md5': md5(body),
    'x-aspen-key': 'aspen',
    'x-aspen-nonce': randomUUID(),
    'x-aspen-timestamp': String(nowMs),
  };
  const toSign = stringToSign({ method: 'POST', target: '/notify', headers, body: Buffer.from(body) });
  return { headers: { ...headers, 'x-aspen-signature': mac(secrets, toSign) }, body };
}

/** Method, Accept, Content-MD5, Content-Type, the x-aspen headers by name, path with its query in order: one to a line. */
function stringToSign(request: WireRequest): string {
  const [path = '', query = ''] = request.target.split('?');
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => (value === '' ? name : `${name}=${value}`)).toSorted();
  return [
    request.method.toUpperCase(),
    headerOf(request, 'accept'),
    request.body.length === 0 ? '' : md5(request.body),
    headerOf(request, 'content-type'),
    ...SIGNED.map((name) => `${name}:${headerOf(request, name)}`),
    pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
  ].join('\n');
}

function contentOf(request: WireRequest, secrets: Secrets): Record<string, unknown> | null {
  if (request.method === 'GET') return Object.fromEntries(new URLSearchParams(request.target.split('?')[1] ?? ''));
  const sealed = text(objectOf(request.body), 'data');
  try {
    const cipher = createDecipheriv('aes-128-cbc', keyOf(secrets), Buffer.alloc(16));
    return objectOf(Buffer.concat([cipher.update(Buffer.from(sealed, 'base64')), cipher.final()]));
  } catch {
    return null;
  }
}

function seal(content: unknown, secrets: Secrets): string {
  const cipher = createCipheriv('aes-128-cbc', keyOf(secrets), Buffer.alloc(16));
  return Buffer.concat([cipher.update(JSON.stringify(content) ?? 'null', 'utf8'), cipher.final()]).toString('base64');
}

function keyOf(secrets: Secrets): Buffer {
  return Buffer.from((secrets['aes_key'] ?? '').slice(0, 32).padEnd(32, '0'), 'hex');
}

function commandOf(path: string, content: Record<string, unknown>): Command | null {
  const [ref, callbackUrl] = [text(content, 'outOrderId'), text(content, 'notifyUrl')];
  if (ref === '') return null;
  switch (path.slice(path.indexOf('/openapi'))) {
    case '/openapi/credit/precheck': {
      const [phone, idMask] = [text(content, 'mobile'), text(content, 'idNo')];
      return /^1\d{7}$/.test(phone) && /^\d{14}$/.test(idMask) ? { kind: 'precheck', phone, idMd5: null, idMask, ref } : null;
    }
    case '/openapi/credit/apply': {
      const [idNumber, phone] = [text(content, 'idNo'), text(content, 'mobile')];
      const [amountFen, termMonths] = [whole(content, 'amount'), whole(content, 'term')];
      if (idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: whole(content, 'monthlyIncome'), zhimaLevel: null };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl };
    }
    case '/openapi/credit/orders':
      return { kind: 'query', ref };
    case '/openapi/credit/cancel':
      return { kind: 'cancel', ref };
    case '/openapi/loan/apply': {
      const [amountFen, termMonths] = [whole(content, 'amount'), whole(content, 'term')];
      return amountFen === null || termMonths === null ? null : { kind: 'draw', ref, amountFen, termMonths, callbackUrl };
    }
    default:
      return null;
  }
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  const base = { outOrderId: view.ref, orderId: view.funderRef, state: stateOf(view), stateTime: view.eventAtMs };
  if (loan !== null) {
    const paidOut = loan.status === 'disbursed' || loan.status === 'settled';
    return {
      ...base,
      loanAmount: loan.amountFen,
      ...(paidOut ? { repayPlan: rowsOf(loan.plan) } : {}),
      ...(loan.status === 'settled' ? { billStatus: 2 } : {}),
    };
  }
  if (view.why !== null) return { ...base, rejectCode: REJECT[view.why] };
  if (offer === null) return base;
  return {
    ...base,
    creditAmount: offer.amountFen,
    term: offer.termMonths,
    dayRate: (offer.aprBps / 360).toFixed(6),
    repayPlan: rowsOf(offer.plan),
    fees: offer.fee === null ? '[]' : JSON.stringify([{ name: offer.fee.item, payee: offer.fee.payee, amount: offer.fee.amountFen, payType: 0 }]),
    validTime: offer.expiresAtMs,
  };
}

function stateOf({ loan, status }: OrderView): number {
  if (loan !== null) return { signing: 170, disbursing: 170, disbursed: 200, settled: 210 }[loan.status];
  return { opened: 0, authorised: 0, reviewing: 100, approved: 110, declined: 161, cancelled: 169 }[status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({ period: row.period, principal: row.principalFen, interest: row.interestFen, serviceFee: row.feeFen }));
}

function md5(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('base64');
}

function mac(secrets: Secrets, toSign: string): string {
  return createHmac('sha256', secrets['app_secret'] ?? '')
    .update(toSign)
    .digest('base64');
}

function refused(status: number, code: number, msg: string, toSign?: string): Opened {
  return {
    ok: false,
    badSignature: status === 401,
    reply: jsonReply(status, { code, msg, ...(toSign === undefined ? {} : { stringToSign: toSign }) }),
  };
}
