/** The funder's side of plum-login: everything inside AES-256-GCM, whose tag is the signature. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Command, DeclineWhy, OrderView } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Manner, Opened, Protocol, Secrets, WireCallback, WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, jsonReply, objectOf, text, whole } from '../../src/sandbox/protocols/wire.ts';

const REFUSE: Readonly<Record<DeclineWhy, string>> = { credit: 'P01', age: 'P03' };
const DESTINATIONS: Readonly<Record<string, 'credit' | 'loan' | 'repay'>> = { CREDIT: 'credit', LOAN: 'loan', REPAY: 'repay' };

/** The borrower goes through its pages after the submit. */
export const manner: Manner = { page: 'submit' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const sealed = text(objectOf(request.body), 'signData');
    const content = unseal(sealed, secrets);
    // GCM signs bytes that only the holder of the key can show, so the hint says how, and with which IV.
    const hint = `AES-256-GCM key=*** iv=${Buffer.from(sealed, 'base64').subarray(0, 12).toString('hex')} tag=last 16 bytes`;
    if (content === null) return refused(401, '101', '验签失败', hint);
    if (text(content, 'direction') !== 'request') return refused(401, '101', '方向错误', hint);
    if (Math.abs(nowMs - (whole(content, 'time') ?? 0)) > FRESH_MS) return refused(401, '101', '请求已过期', hint);
    const command = commandOf(content);
    return command === null ? refused(400, '100', '参数错误') : { ok: true, command };
  },
  write(_command, result, secrets, nowMs) {
    const ok = (data: object): WireReply => reply({ code: '0', message: 'ok', data }, secrets, nowMs);
    switch (result.kind) {
      case 'order':
      case 'too_late':
        return ok(viewOf(result.view));
      case 'redirect':
        return ok({ loginUrl: result.url, validSeconds: Math.max(0, Math.floor((result.expiresAtMs - nowMs) / 1_000)) });
      case 'unknown_order':
        return jsonReply(200, { code: '204', message: '订单不存在' });
      case 'draw_refused':
        return ok({ state: 'PAY_FAILED', failCode: result.why });
      default:
        return jsonReply(200, { code: '100', message: '无此接口' });
    }
  },
  callback: (view, messageId, secrets, nowMs) => tell({ messageId, ...viewOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['code'] === '0',
  reply,
  tell,
  content: (request: WireRequest, secrets) => unseal(text(objectOf(request.body), 'signData'), secrets),
};

/** `{code, message, data}` with its data sealed as a reply; a content that is no object, or has no data, goes out as it is. */
function reply(content: unknown, secrets: Secrets, nowMs: number): WireReply {
  const { data, ...outer } = objectOf(JSON.stringify(content) ?? '') ?? {};
  return jsonReply(200, data === undefined ? content : { ...outer, signData: sealed('reply', data, secrets, nowMs) });
}

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ signData: sealed('notify', content, secrets, nowMs) }) };
}

function sealed(direction: 'reply' | 'notify', content: unknown, secrets: Secrets, nowMs: number): string {
  const inside = typeof content === 'object' && content !== null ? content : { content };
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secrets), iv);
  const text = cipher.update(JSON.stringify({ ...inside, direction, time: nowMs }), 'utf8');
  return Buffer.concat([iv, text, cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function unseal(data: string, secrets: Secrets): Record<string, unknown> | null {
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length < 28) return null;
  try {
    const cipher = createDecipheriv('aes-256-gcm', keyOf(secrets), bytes.subarray(0, 12));
    cipher.setAuthTag(bytes.subarray(-16));
    return objectOf(Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]));
  } catch {
    return null;
  }
}

function keyOf(secrets: Secrets): Buffer {
  return Buffer.from((secrets['aes_key'] ?? '').slice(0, 64).padEnd(64, '0'), 'hex');
}

function commandOf(content: Record<string, unknown>): Command | null {
  const [ref, callbackUrl] = [text(content, 'outNo'), text(content, 'notifyUrl')];
  if (ref === '') return null;
  switch (text(content, 'service')) {
    case 'user.register': {
      const [idNumber, phone] = [text(content, 'idCard'), text(content, 'mobile')];
      const [amountFen, termMonths] = [whole(content, 'amount'), whole(content, 'periods')];
      if (idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: whole(content, 'income'), zhimaLevel: null };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl };
    }
    case 'login.token': {
      const destination = DESTINATIONS[text(content, 'target')];
      return destination === undefined ? null : { kind: 'redirect', ref, destination };
    }
    case 'order.query':
      return { kind: 'query', ref };
    case 'loan.prepare': {
      const [amountFen, termMonths] = [whole(content, 'amount'), whole(content, 'periods')];
      return amountFen === null || termMonths === null ? null : { kind: 'draw', ref, amountFen, termMonths, callbackUrl };
    }
    default:
      return null;
  }
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  const base = { outNo: view.ref, plumNo: view.funderRef, state: stateOf(view), stateAt: view.eventAtMs };
  if (loan !== null) return { ...base, paidAmount: loan.amountFen, schedule: rowsOf(loan.plan) };
  if (view.why !== null) return { ...base, refuseCode: REFUSE[view.why] };
  if (offer === null) return base;
  return {
    ...base,
    limit: offer.amountFen,
    periods: offer.termMonths,
    yearRate: (offer.aprBps / 100).toFixed(2),
    schedule: rowsOf(offer.plan),
    charges: offer.fee === null ? [] : [{ item: offer.fee.item, payee: offer.fee.payee, amount: offer.fee.amountFen, when: 'ONCE' }],
    limitUntil: offer.expiresAtMs,
  };
}

function stateOf({ loan, status, link }: OrderView): string {
  if (loan !== null) return { signing: 'LOAN_CONFIRM', disbursing: 'PAYING', disbursed: 'PAID', settled: 'CLEARED' }[loan.status];
  const waits = link !== undefined && link !== null;
  const reviewing = waits ? 'REGISTERED' : 'REVIEWING';
  return { opened: 'REGISTERED', authorised: 'REVIEWING', reviewing, approved: 'GRANTED', declined: 'REFUSED', cancelled: 'CLOSED' }[status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({ no: row.period, principal: row.principalFen, interest: row.interestFen, fee: row.feeFen }));
}

function refused(status: number, code: string, message: string, toSign?: string): Opened {
  return {
    ok: false,
    badSignature: status === 401,
    reply: jsonReply(status, { code, message, ...(toSign === undefined ? {} : { stringToSign: toSign }) }),
  };
}
