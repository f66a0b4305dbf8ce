/** The funder's side of willow-link: JSON each way, two headers with an MD5 over key, secret, subject and seconds. */
import { createHash } from 'node:crypto';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict, Result } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Manner, Opened, Protocol, Secrets, WireCallback, WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, headerOf, jsonReply, objectOf, text, whole, yuan } from '../../src/sandbox/protocols/wire.ts';

const PRECHECK: Readonly<Record<Exclude<PrecheckVerdict, 'ok'>, string>> = {
  credit: 'C001',
  history: 'C001',
  blacklist: 'C001',
  age: 'C002',
  recent: 'C003',
  existing: 'C004',
};
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: 'J01', age: 'J03' };

/** The app key in what it sends of itself. */
const OWN_KEY = 'willow';

/** It bids for a borrower and has them agree on its page before the full application. */
export const manner: Manner = { bids: true, page: 'precheck' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const body = objectOf(request.body);
    if (body === null) return refused(400, '4000', '参数错误');
    const { seconds, given, subject } = signedParts(request, body);
    const toSign = `${text(body, 'appKey')}***${subject}${seconds}`;
    if (given !== sign(secrets, text(body, 'appKey'), subject, seconds)) return refused(401, '9001', '验签失败', toSign);
    if (!/^\d{10}$/.test(seconds) || Math.abs(nowMs - Number(seconds) * 1_000) > FRESH_MS) return refused(401, '9001', '请求已过期', toSign);
    const command = commandOf(actionOf(request), body);
    return command === null ? refused(400, '4000', '参数错误') : { ok: true, command };
  },
  write(command, result) {
    switch (result.kind) {
      case 'precheck':
        return result.verdict === 'ok' ? wrapped('0000', invitation(result)) : wrapped(PRECHECK[result.verdict], null, '未通过');
      case 'order':
      case 'too_late':
        return wrapped('0000', viewOf(result.view));
      case 'unknown_order':
        return wrapped('4040', null, '订单不存在');
      case 'draw_refused':
        return wrapped('0000', { orderNo: 'ref' in command ? command.ref : '', status: 'PAY_FAILED', failCode: result.why });
      default:
        return wrapped('4000', null, '无此接口');
    }
  },
  callback: (view, messageId, secrets, nowMs) => tell({ notifyId: messageId, ...viewOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['code'] === '0000',
  reply: (content) => jsonReply(200, content),
  tell,
  content(request, secrets) {
    const body = objectOf(request.body);
    if (body === null) return null;
    const { seconds, given, subject } = signedParts(request, body);
    return given === sign(secrets, text(body, 'appKey'), subject, seconds) ? body : null;
  },
};

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  const body = JSON.stringify(content);
  const seconds = String(Math.floor(nowMs / 1_000));
  const signature = sign(secrets, OWN_KEY, md5(body), seconds);
  return { headers: { 'content-type': 'application/json', 'x-willow-time': seconds, 'x-willow-sign': signature }, body };
}

/** What the signature must cover: who the borrower is where the message says so, else which order. */
function signedParts(request: WireRequest, body: Record<string, unknown>): { seconds: string; given: string; subject: string } {
  const subjects: Readonly<Record<string, string>> = { precheck: text(body, 'phoneMd5'), apply: md5(text(body, 'phone')) };
  const subject = subjects[actionOf(request)] ?? text(body, 'orderNo');
  return { seconds: headerOf(request, 'x-willow-time'), given: headerOf(request, 'x-willow-sign'), subject };
}

function actionOf(request: WireRequest): string {
  const [path = ''] = request.target.split('?');
  return path.slice(path.lastIndexOf('/') + 1);
}

function commandOf(action: string, body: Record<string, unknown>): Command | null {
  const [ref, callbackUrl] = [text(body, 'orderNo'), text(body, 'notifyUrl')];
  if (ref === '') return null;
  switch (action) {
    case 'precheck': {
      const [phone, idMd5] = [text(body, 'phoneMd5'), text(body, 'idNoMd5')];
      return /^[0-9a-f]{32}$/.test(phone) && /^[0-9a-f]{32}$/.test(idMd5) && text(body, 'userName') !== ''
        ? { kind: 'precheck', phone, idMd5, idMask: null, ref, callbackUrl }
        : null;
    }
    case 'apply': {
      const [idNumber, phone, amountFen, termMonths] = [
        text(body, 'idNo'),
        text(body, 'phone'),
        fenOf(text(body, 'applyAmount')),
        whole(body, 'applyTerm'),
      ];
      if (idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: fenOf(text(body, 'monthIncome')), zhimaLevel: null };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl };
    }
    case 'query':
      return { kind: 'query', ref };
    case 'loan': {
      const [amountFen, termMonths] = [fenOf(text(body, 'loanAmount')), whole(body, 'loanTerm')];
      return amountFen === null || termMonths === null ? null : { kind: 'draw', ref, amountFen, termMonths, callbackUrl };
    }
    default:
      return null;
  }
}

/** The list price is what others are told; the discounted one is the bid. */
function invitation(result: Extract<Result, { kind: 'precheck' }>): object {
  const { bidFen, link, funderRef, validUntilMs } = result;
  return {
    userId: `u-${funderRef ?? 'new'}`,
    applyNo: funderRef ?? '',
    url: link ?? '',
    ...(validUntilMs === undefined ? {} : { urlExpireTime: Math.floor(validUntilMs / 1_000) }),
    ...(typeof bidFen === 'number' ? { price: yuan(Math.ceil((bidFen * 11) / 10)), discountPrice: yuan(bidFen) } : {}),
    companyName: '垂柳消费金融',
    protocols: [{ name: '个人信息授权书', url: 'https://willow.example/protocols/1' }],
  };
}

function viewOf(view: OrderView): object {
  const { offer, loan, link } = view;
  const base = { orderNo: view.ref, applyNo: view.funderRef, status: statusOf(view), eventTime: Math.floor(view.eventAtMs / 1_000) };
  if (loan !== null) return { ...base, loanAmount: yuan(loan.amountFen), planList: rowsOf(loan.plan) };
  if (view.why !== null) return { ...base, rejectCode: REJECT[view.why] };
  if (view.status === 'opened') return { ...base, url: link ?? '' };
  if (offer === null) return base;
  return {
    ...base,
    creditAmount: yuan(offer.amountFen),
    creditTerm: String(offer.termMonths),
    yearRate: yuan(offer.aprBps),
    planList: rowsOf(offer.plan),
    feeList: offer.fee === null ? [] : [{ feeName: offer.fee.item, payee: offer.fee.payee, feeAmount: yuan(offer.fee.amountFen), payType: '1' }],
    creditExpireTime: Math.floor(offer.expiresAtMs / 1_000),
  };
}

function statusOf({ loan, status }: OrderView): string {
  if (loan !== null) return { signing: 'PAYING', disbursing: 'PAYING', disbursed: 'PAID', settled: 'CLEARED' }[loan.status];
  return { opened: 'WAIT_AUTH', authorised: 'AUTH_DONE', reviewing: 'REVIEWING', approved: 'PASS', declined: 'REJECT', cancelled: 'INVALID' }[status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({
    term: String(row.period),
    principal: yuan(row.principalFen),
    interest: yuan(row.interestFen),
    serviceFee: yuan(row.feeFen),
  }));
}

function sign(secrets: Secrets, appKey: string, subject: string, seconds: string): string {
  return md5(`${appKey}${secrets['app_secret'] ?? ''}${subject}${seconds}`);
}

function md5(data: string): string {
  return createHash('md5').update(data).digest('hex');
}

function wrapped(code: string, data: object | null, msg = 'OK'): WireReply {
  return jsonReply(200, { code, msg, data });
}

function refused(status: number, code: string, msg: string, toSign?: string): Opened {
  const reply = jsonReply(status, { code, msg, data: null, ...(toSign === undefined ? {} : { stringToSign: toSign }) });
  return { ok: false, badSignature: status === 401, reply };
}
