/** The funder's side of osmanthus-sm, with the national ciphers as the library has them. */
import { randomBytes } from 'node:crypto';
import { sm2, sm4 } from 'sm-crypto-v2';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict, Result } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Opened, Protocol, Secrets, WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, jsonReply, objectOf, text, whole, yuan } from '../../src/sandbox/protocols/wire.ts';

/** The partner, as cases/world.json has it. */
const APP_ID = 'GH-MILL';
const PRECHECK: Readonly<Record<Exclude<PrecheckVerdict, 'ok'>, string>> = {
  credit: 'R01',
  history: 'R01',
  age: 'R03',
  existing: 'R05',
  recent: 'R06',
  blacklist: 'R07',
};
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: 'R01', age: 'R03' };
const C1C3C2 = 1;

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const plain = unsealed(request, secrets);
    const message = plain === null ? null : objectOf(plain);
    if (plain === null || message === null) return refused('S400', 400);
    // The message itself is what is signed.
    if (!signedByPartner(request, plain, secrets)) return refused('S401', 401, plain);
    if (Math.abs(nowMs - (whole(message, 'timestamp') ?? 0) * 1_000) > FRESH_MS) return refused('S401', 401, plain);
    const data = message['data'];
    const ref = text(message, 'transactionId');
    const command = text(message, 'appId') === APP_ID && ref !== '' ? commandOf(text(message, 'service'), ref, data) : null;
    return command === null ? refused('S400', 400) : { ok: true, command };
  },
  write: (_command, result, secrets, nowMs) => reply(innerOf(result), secrets, nowMs),
  callback: (view, messageId, secrets, nowMs) => tell({ transactionId: messageId, data: viewOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['code'] === '0000',
  reply,
  tell,
  content(request, secrets) {
    const plain = unsealed(request, secrets);
    return plain !== null && signedByPartner(request, plain, secrets) ? objectOf(plain) : null;
  },
};

function reply(content: unknown, secrets: Secrets, nowMs: number): WireReply {
  const { sign, ...body } = sealed({ appId: APP_ID, service: 'reply', timestamp: seconds(nowMs), ...(content as object) }, secrets);
  return { ...jsonReply(200, { code: '0000', ...body }), headers: { 'x-sign': sign } };
}

function tell(content: unknown, secrets: Secrets, nowMs: number) {
  const { sign, ...body } = sealed({ appId: APP_ID, service: 'order.notify', timestamp: seconds(nowMs), ...(content as object) }, secrets);
  return { headers: { 'content-type': 'application/json', 'x-sign': sign }, body: JSON.stringify(body) };
}

function commandOf(service: string, ref: string, data: unknown): Command | null {
  const callbackUrl = text(data, 'notifyUrl');
  switch (service) {
    case 'credit.precheck':
      return { kind: 'precheck', phone: text(data, 'mobileMask'), idMd5: null, idMask: text(data, 'idNoMask') };
    case 'credit.apply': {
      const [idNumber, phone, amountFen, termMonths] = [
        text(data, 'idNo'),
        text(data, 'mobile'),
        fenOf(text(data, 'applyAmount')),
        whole(data, 'applyTerm'),
      ];
      if (idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: fenOf(text(data, 'monthIncome')), zhimaLevel: whole(data, 'zhimaLevel') };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl };
    }
    case 'credit.query':
      return { kind: 'query', ref };
    case 'credit.cancel':
      return { kind: 'cancel', ref };
    case 'loan.apply':
      return { kind: 'draw', ref, amountFen: fenOf(text(data, 'loanAmount')) ?? 0, termMonths: whole(data, 'loanTerm') ?? 0, callbackUrl };
    default:
      return null;
  }
}

function innerOf(result: Result): object {
  switch (result.kind) {
    case 'precheck':
      return {
        result: '0000',
        data: result.verdict === 'ok' ? { passed: '1', maxAmountWan: '3' } : { passed: '0', rejectCode: PRECHECK[result.verdict] },
      };
    case 'order':
    case 'too_late':
      return { result: '0000', data: viewOf(result.view) };
    case 'draw_refused':
      return { result: '0000', data: { orderState: '52', failCode: result.why } };
    case 'unknown_order':
      return { result: 'O404', data: null };
    default:
      return { result: 'B400', data: null };
  }
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  const base = { transactionId: view.ref, guiNo: view.funderRef, orderState: stateOf(view), stateTime: seconds(view.eventAtMs) };
  if (loan !== null) {
    const told = { ...base, paidAmount: yuan(loan.amountFen) };
    return loan.status === 'disbursed' ? { ...told, plan: rowsOf(loan.plan) } : told;
  }
  if (view.why !== null) return { ...base, rejectCode: REJECT[view.why] };
  if (offer === null) return base;
  return {
    ...base,
    approvedAmount: yuan(offer.amountFen),
    approvedTerm: offer.termMonths,
    // 万分之 a day of a year of 360 days.
    dayRate: (offer.aprBps / 360).toFixed(6),
    plan: rowsOf(offer.plan),
    charges: offer.fee === null ? [] : [{ item: offer.fee.item, payee: offer.fee.payee, amount: yuan(offer.fee.amountFen), mode: 1 }],
    validUntil: seconds(offer.expiresAtMs),
  };
}

function stateOf({ status, loan }: OrderView): string {
  if (loan === null) return { opened: '10', authorised: '10', reviewing: '11', approved: '20', declined: '30', cancelled: '40' }[status];
  if (loan.status === 'disbursed') return (loan.paidPeriods ?? 0) > 0 ? '60' : '51';
  return loan.status === 'settled' ? '70' : '50';
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({ termNo: row.period, principal: yuan(row.principalFen), interest: yuan(row.interestFen), fee: yuan(row.feeFen) }));
}

function sealed(message: object, secrets: Secrets): { readonly key: string; readonly data: string; readonly sign: string } {
  const plain = Buffer.from(JSON.stringify(message), 'utf8');
  const [key, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = sm4.encrypt(plain, key, { mode: 'cbc', iv, padding: 'pkcs#7', output: 'array' });
  const wrapped = sm2.doEncrypt(Buffer.concat([key, iv]), partnerKey(secrets), C1C3C2);
  const sign = sm2.doSignature(plain, secrets['funder_private_key'] ?? '', { hash: true, der: true });
  // The library leaves out the mark of an uncompressed point.
  return { key: `04${wrapped}`, data: Buffer.from(cipher).toString('base64'), sign: Buffer.from(sign, 'hex').toString('base64') };
}

function unsealed(request: WireRequest, secrets: Secrets): Buffer | null {
  const body = objectOf(request.body);
  const wrapped = text(body, 'key');
  if (!/^04[0-9a-f]+$/i.test(wrapped)) return null;
  try {
    const keys = Buffer.from(sm2.doDecrypt(wrapped.slice(2), secrets['funder_private_key'] ?? '', C1C3C2, { output: 'array' }));
    if (keys.length !== 32) return null;
    const options = { mode: 'cbc', iv: keys.subarray(16), padding: 'pkcs#7', output: 'array' } as const;
    return Buffer.from(sm4.decrypt(Buffer.from(text(body, 'data'), 'base64'), keys.subarray(0, 16), options));
  } catch {
    return null;
  }
}

function signedByPartner(request: WireRequest, plain: Buffer, secrets: Secrets): boolean {
  const sign = request.headers['x-sign'];
  if (typeof sign !== 'string') return false;
  try {
    return sm2.doVerifySignature(plain, Buffer.from(sign, 'base64').toString('hex'), partnerKey(secrets), { hash: true, der: true });
  } catch {
    return false;
  }
}

const points = new Map<string, ReturnType<typeof sm2.precomputePublicKey>>();

/** With its multiples worked out once, which makes sealing several times faster. */
function partnerKey(secrets: Secrets): ReturnType<typeof sm2.precomputePublicKey> {
  const hex = secrets['our_public_key'] ?? '';
  const point = points.get(hex) ?? sm2.precomputePublicKey(hex);
  points.set(hex, point);
  return point;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}

function refused(code: string, status: number, toSign?: Buffer): Opened {
  const shown = toSign === undefined ? {} : { stringToSign: toSign.toString('utf8') };
  return { ok: false, badSignature: status === 401, reply: jsonReply(status, { code, ...shown }) };
}
