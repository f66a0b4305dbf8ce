/** The funder's side of maple-full. */
import { constants, createHash, createPrivateKey, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Command, DeclineWhy, OfferTerms, OrderView, PrecheckVerdict, Result } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Manner, Opened, Protocol, Secrets, WireReply } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, jsonReply, objectOf, text, whole, yuan } from '../../src/sandbox/protocols/wire.ts';

type Content = Record<string, unknown>;

const ACCESS: Readonly<Record<Exclude<PrecheckVerdict, 'ok'>, string>> = {
  credit: 'C001',
  history: 'C001',
  age: 'C002',
  recent: 'C003',
  existing: 'C004',
  blacklist: 'C006',
};
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: 'C001', age: 'C002' };
const CARD_REFUSED = { card: 401, phone: 402, person: 403, bank: 404, code: 405 } as const;
const REPAYMENT = { processing: 0, paid: 1, failed: 2 } as const;
/** The partner, as cases/world.json has it. */
const APP_ID = 'millrace';
const SIGN_MS = 24 * 3_600_000;
const PKCS1 = { padding: constants.RSA_PKCS1_PADDING };
/** 2,048 bits, and what of them PKCS#1 v1.5 leaves for the text. */
const BLOCK = 256;
const SEGMENT = BLOCK - 11;

/** A card before the payout, and a contract to sign on the funder's page. */
export const manner: Manner = { cards: true, page: 'contract' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const envelope = objectOf(request.body);
    if (envelope === null || text(envelope, 'bizContent') === '') return refused(400, '参数错误');
    const toSign = sortedJson(rest(envelope));
    if (text(envelope, 'sign') !== sign(secrets, toSign)) return refused(401, '验签失败', toSign);
    if (Math.abs(nowMs - (whole(envelope, 'timestamp') ?? 0)) > FRESH_MS) return refused(401, '请求已过期', toSign);
    const content = unseal(secrets, text(envelope, 'bizContent'));
    const command = content === null ? null : commandOf(text(envelope, 'service'), content);
    return command === null ? refused(400, '参数错误') : { ok: true, command };
  },
  write: (command, result, secrets, nowMs) => reply(innerOf(command, result), secrets, nowMs),
  callback: (view, messageId, secrets, nowMs) => tell({ notifyId: messageId, ...noticeOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['code'] === 200,
  reply,
  tell,
  content(request, secrets) {
    const envelope = objectOf(request.body);
    if (envelope === null || text(envelope, 'sign') !== sign(secrets, sortedJson(rest(envelope)))) return null;
    const { sign: _sign, ...head } = envelope;
    return { ...head, bizContent: unseal(secrets, text(envelope, 'bizContent')) };
  },
};

function reply(content: unknown, secrets: Secrets, nowMs: number): WireReply {
  return jsonReply(200, envelopeOf('reply', content, secrets, nowMs));
}

function tell(content: unknown, secrets: Secrets, nowMs: number) {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(envelopeOf('notify', content, secrets, nowMs)) };
}

/** The reply's code and message are signed with the rest. */
function envelopeOf(service: string, content: unknown, secrets: Secrets, nowMs: number): object {
  const head = service === 'reply' ? { code: 200, msg: 'ok' } : {};
  const envelope = { ...head, appId: APP_ID, service, timestamp: nowMs, bizContent: seal(secrets, JSON.stringify(content)) };
  return { ...envelope, sign: sign(secrets, sortedJson(envelope)) };
}

function commandOf(service: string, content: Content): Command | null {
  const ref = text(content, 'outOrderNo');
  const [amountFen, termMonths] = [fenOf(text(content, 'loanAmount')) ?? 0, whole(content, 'loanTerm') ?? 0];
  const repaymentRef = text(content, 'repayNo');
  switch (service) {
    case 'credit.access':
      return { kind: 'precheck', phone: text(content, 'mobileMd5'), idMd5: text(content, 'idNoMd5'), idMask: null };
    case 'credit.apply':
      return submitOf(ref, content);
    case 'credit.query':
      return { kind: 'query', ref };
    case 'credit.cancel':
      return { kind: 'cancel', ref };
    case 'card.list':
      return { kind: 'cards', ref };
    case 'card.bind':
      return { kind: 'bind_card', ref, cardNumber: text(content, 'cardNo'), phone: text(content, 'bankMobile') };
    case 'card.verify':
      return { kind: 'verify_card', ref, bindId: text(content, 'bindNo'), code: text(content, 'smsCode') };
    case 'loan.trial':
      return { kind: 'trial', ref, amountFen, termMonths };
    case 'loan.apply':
      return { kind: 'draw', ref, amountFen, termMonths, callbackUrl: text(content, 'notifyUrl'), cardToken: text(content, 'cardId') || null };
    case 'loan.plan':
      return { kind: 'plan', ref };
    case 'repay.apply':
      return { kind: 'repay', ref, repaymentRef, amountFen: fenOf(text(content, 'repayAmount')) ?? 0, upToPeriod: whole(content, 'period') || null };
    case 'repay.query':
      return { kind: 'repay_query', ref, repaymentRef };
    default:
      return null;
  }
}

function submitOf(ref: string, content: Content): Command | null {
  const [idNumber, phone, amountFen, termMonths] = [
    text(content, 'idNo'),
    text(content, 'mobile'),
    whole(content, 'applyAmount'),
    whole(content, 'applyTerm'),
  ];
  if (ref === '' || idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
  const person = { idNumber, phone, monthlyIncomeFen: whole(content, 'monthlyIncome'), zhimaLevel: null };
  return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl: text(content, 'notifyUrl') };
}

function innerOf(command: Command, result: Result): object {
  const data = dataOf(command, result);
  if (data === null) return { status: result.kind === 'unknown_order' ? 404 : 400, msg: 'refused', data };
  return { status: 200, msg: 'ok', data };
}

function dataOf(command: Command, result: Result): object | null {
  switch (result.kind) {
    case 'precheck':
      return result.verdict === 'ok' ? { access: 'PASS' } : { access: 'REJECT', rejectCode: ACCESS[result.verdict] };
    case 'order':
    case 'too_late':
      return viewOf(result.view);
    case 'draw_refused':
      return { outOrderNo: 'ref' in command ? command.ref : '', status: 'LOAN_FAILED', failCode: result.why };
    case 'cards':
      return { cards: JSON.stringify(result.cards.map(({ token, bank, tail }) => ({ cardId: token, bankName: bank, cardTail: tail }))) };
    case 'card':
      return cardOf(result);
    case 'trial':
      return { repayPlan: rowsOf(result.plan, 0), fees: feesOf(result.fee), yearRate: yuan(result.aprBps) };
    case 'repayment':
      return repaymentOf(result);
    default:
      return null;
  }
}

function cardOf(result: Extract<Result, { kind: 'card' }>): object {
  switch (result.status) {
    case 'bound':
      return { result: 200, cardId: result.card.token, bankName: result.card.bank, cardTail: result.card.tail };
    case 'code_sent':
      return { result: 100, bindNo: result.bindId };
    case 'refused':
      return { result: CARD_REFUSED[result.why] };
    case 'locked':
      return { result: 501, unlockTime: result.untilMs };
  }
}

function repaymentOf({ status, why, eventAtMs }: { status: keyof typeof REPAYMENT; why: string | null; eventAtMs: number }): object {
  return { repayStatus: REPAYMENT[status], repayTime: eventAtMs, ...(why === null ? {} : { failCode: why }) };
}

/** Credit and loan news are orders; a payout and every payment after it are told by the plan alone. */
function noticeOf(view: OrderView): object {
  if (view.repayment !== undefined && view.repayment !== null) {
    const { repaymentRef, ...repayment } = view.repayment;
    return { notifyType: 'repay.result', trigger: 1, repayNo: repaymentRef, ...repaymentOf(repayment), ...viewOf(view) };
  }
  if (view.loan?.status !== 'disbursed') return { notifyType: view.loan === null ? 'credit.result' : 'loan.result', ...viewOf(view) };
  const { status: _status, ...told } = viewOf(view);
  return { notifyType: 'repay.plan', ...told };
}

function viewOf(view: OrderView): Content {
  const { offer, loan } = view;
  const base = { outOrderNo: view.ref, orderNo: view.funderRef, status: statusOf(view), eventTime: view.eventAtMs };
  if (loan !== null) {
    const told = { ...base, loanAmount: yuan(loan.amountFen) };
    if (loan.status === 'signing') return { ...told, signUrl: view.link ?? '', signExpireTime: view.eventAtMs + SIGN_MS };
    // Before the payout there is no plan: whoever receives one takes it that the money has gone out.
    return loan.status === 'disbursing' ? told : { ...told, repayPlan: rowsOf(loan.plan, loan.paidPeriods ?? 0) };
  }
  if (view.why !== null) return { ...base, rejectCode: REJECT[view.why] };
  if (offer === null) return base;
  return {
    ...base,
    creditAmount: offer.amountFen,
    term: offer.termMonths,
    terms: JSON.stringify(offer.termsMonths),
    yearRate: yuan(offer.aprBps),
    repayPlan: rowsOf(offer.plan, 0),
    fees: feesOf(offer.fee),
    expireTime: offer.expiresAtMs,
  };
}

function statusOf(view: OrderView): string {
  const { loan } = view;
  if (loan === null) {
    return {
      opened: 'AUDITING',
      authorised: 'AUDITING',
      reviewing: 'AUDITING',
      approved: 'AUDIT_PASS',
      declined: 'AUDIT_REJECT',
      cancelled: 'CANCELLED',
    }[view.status];
  }
  if (loan.status === 'disbursed') return (loan.paidPeriods ?? 0) > 0 ? 'REPAYING' : 'LOAN_SUCCESS';
  return { signing: 'TO_SIGN', disbursing: 'CREATED', settled: 'CLOSED' }[loan.status];
}

/** `billStatus`: 1 paid, -1 not due. */
function rowsOf(plan: readonly PlanRow[], paid: number): string {
  const rows = plan.map((row) => ({
    period: row.period,
    principal: yuan(row.principalFen),
    interest: yuan(row.interestFen),
    serviceFee: yuan(row.feeFen),
    billStatus: row.period <= paid ? 1 : -1,
  }));
  return JSON.stringify(rows);
}

function feesOf(fee: OfferTerms['fee']): string {
  return JSON.stringify(fee === null ? [] : [{ name: fee.item, payee: fee.payee, amount: yuan(fee.amountFen), type: 'UPFRONT' }]);
}

function sign(secrets: Secrets, toSign: string): string {
  const salt = secrets['salt'] ?? '';
  return createHash('md5').update(`${salt}${toSign}${salt}`).digest('hex');
}

function rest({ sign: _sign, ...signed }: Content): Content {
  return signed;
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${sortedJson(member)}`).join(',')}}`;
}

const keys = new Map<string, KeyObject>();

function keyOf(pem: string, make: (pem: string) => KeyObject): KeyObject {
  const key = keys.get(pem) ?? make(pem);
  keys.set(pem, key);
  return key;
}

function seal(secrets: Secrets, plain: string): string {
  const key = keyOf(secrets['our_public_key'] ?? '', createPublicKey);
  const bytes = Buffer.from(plain, 'utf8');
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += SEGMENT) blocks.push(publicEncrypt({ key, ...PKCS1 }, bytes.subarray(at, at + SEGMENT)));
  return Buffer.concat(blocks).toString('base64');
}

function unseal(secrets: Secrets, sealed: string): Content | null {
  const key = keyOf(secrets['funder_private_key'] ?? '', createPrivateKey);
  const bytes = Buffer.from(sealed, 'base64');
  const opened: Buffer[] = [];
  try {
    for (let at = 0; at < bytes.length; at += BLOCK) opened.push(privateDecrypt({ key, ...PKCS1 }, bytes.subarray(at, at + BLOCK)));
  } catch {
    return null;
  }
  return objectOf(Buffer.concat(opened));
}

function refused(code: number, msg: string, toSign?: string): Opened {
  const shown = toSign === undefined ? {} : { stringToSign: `***${toSign}***` };
  return { ok: false, badSignature: code === 401, reply: jsonReply(code, { code, msg, ...shown }) };
}
