/** The funder's side of birch-rsa2. */
import { createPrivateKey, createPublicKey, createSign, createVerify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Command, DeclineWhy, OrderView, Result } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Manner, Opened, Protocol, Secrets, WireReply } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, jsonReply, objectOf, text, whole, yuan } from '../../src/sandbox/protocols/wire.ts';

type Parts = Readonly<Record<string, string | null>>;

/** The partner, as cases/world.json has it. */
const APP_ID = '2026000100';
const REJECT: Readonly<Record<DeclineWhy, string>> = { credit: 'CREDIT_LOW', age: 'AGE_LIMIT' };
const LINK_MS = 24 * 3_600_000;
const SHANGHAI_MS = 8 * 3_600_000;

/** After the submit the borrower goes on at the funder's page. */
export const manner: Manner = { page: 'submit' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const params = formOf(request.body);
    if (params === null) return refused('40002', 'isv.invalid-parameter', secrets, nowMs);
    const toSign = stringToSign(params);
    if (!signedByPartner(params, secrets)) return refused('40002', 'isv.invalid-signature', secrets, nowMs, toSign);
    if (Math.abs(nowMs - (localMs(params['timestamp'] ?? '') ?? 0)) > FRESH_MS)
      return refused('40002', 'isv.invalid-timestamp', secrets, nowMs, toSign);
    const business = objectOf(params['biz_content'] ?? '');
    const command = business === null ? null : commandOf(params['method'] ?? '', business, params['notify_url'] ?? '');
    return command === null ? refused('40002', 'isv.invalid-parameter', secrets, nowMs) : { ok: true, command };
  },
  write(_command, result, secrets, nowMs) {
    const business = businessOf(result);
    return business === null ? replyOf('40004', 'ORDER_NOT_EXIST', null, secrets, nowMs) : reply(business, secrets, nowMs);
  },
  callback: (view, messageId, secrets, nowMs) => tell({ notify_id: messageId, ...viewOf(view) }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && body === 'success',
  reply,
  tell,
  content(request, secrets) {
    const params = formOf(request.body);
    if (params === null || !signedByPartner(params, secrets)) return null;
    const { sign: _sign, ...told } = params;
    return { ...told, biz_content: objectOf(params['biz_content'] ?? '') };
  },
};

/** With a `code` of its own the content is the head of the reply; else it is the business of one that went well. */
function reply(content: unknown, secrets: Secrets, nowMs: number): WireReply {
  const head = text(content, 'code');
  return head === ''
    ? replyOf('10000', null, content as object, secrets, nowMs)
    : replyOf(head, text(content, 'sub_code') || null, null, secrets, nowMs);
}

function replyOf(code: string, subCode: string | null, business: object | null, secrets: Secrets, nowMs: number, more: Parts = {}): WireReply {
  const parts = {
    ...more,
    code,
    msg: code === '10000' ? 'Success' : '',
    sub_code: subCode,
    timestamp: localTime(nowMs),
    sign_type: 'RSA2',
    biz_content: business === null ? null : JSON.stringify(business),
  };
  return jsonReply(200, { ...parts, sign: sign(parts, secrets) });
}

/** A notice is flat: lists travel as JSON in a text. */
function tell(content: unknown, secrets: Secrets, nowMs: number) {
  const flat = Object.entries(content as object).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const);
  const parts: Parts = {
    app_id: APP_ID,
    charset: 'utf-8',
    notify_time: localTime(nowMs),
    notify_type: 'order_status',
    sign_type: 'RSA2',
    version: '1.0',
    ...Object.fromEntries(flat),
  };
  const body = new URLSearchParams({ ...(parts as Record<string, string>), sign: sign(parts, secrets) }).toString();
  return { headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' }, body };
}

function commandOf(method: string, business: Record<string, unknown>, callbackUrl: string): Command | null {
  const ref = text(business, 'out_order_no');
  switch (method) {
    case 'birch.credit.apply': {
      const [idNumber, phone, amountFen, termMonths] = [
        text(business, 'cert_no'),
        text(business, 'mobile'),
        fenOf(text(business, 'apply_amount')),
        whole(business, 'apply_term'),
      ];
      if (ref === '' || idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: fenOf(text(business, 'month_income')), zhimaLevel: null };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl };
    }
    case 'birch.credit.query':
      return { kind: 'query', ref };
    case 'birch.loan.apply': {
      const [amountFen, termMonths] = [fenOf(text(business, 'loan_amount')) ?? 0, whole(business, 'loan_term') ?? 0];
      return { kind: 'draw', ref, amountFen, termMonths, callbackUrl };
    }
    default:
      return null;
  }
}

function businessOf(result: Result): object | null {
  if (result.kind === 'order' || result.kind === 'too_late') return viewOf(result.view);
  return result.kind === 'draw_refused' ? { status: 'LEND_FAIL', fail_code: result.why } : null;
}

function viewOf(view: OrderView): object {
  const { offer, loan } = view;
  const base = { out_order_no: view.ref, order_no: view.funderRef, status: statusOf(view), status_time: localTime(view.eventAtMs) };
  if (loan !== null) {
    const told = { ...base, loan_amount: yuan(loan.amountFen) };
    return loan.status === 'disbursed' ? { ...told, repay_plan: rowsOf(loan.plan) } : told;
  }
  if (view.why !== null) return { ...base, reject_code: REJECT[view.why] };
  if (base.status === 'WAIT_USER') return { ...base, url: view.link, url_expire_time: localTime(view.eventAtMs + LINK_MS) };
  if (offer === null) return base;
  return {
    ...base,
    credit_amount: yuan(offer.amountFen),
    credit_term: String(offer.termMonths),
    year_rate: yuan(offer.aprBps),
    repay_plan: rowsOf(offer.plan),
    fee_list:
      offer.fee === null ? [] : [{ fee_name: offer.fee.item, payee: offer.fee.payee, fee_amount: yuan(offer.fee.amountFen), charge_mode: 'ONCE' }],
    credit_expire_time: localTime(offer.expiresAtMs),
  };
}

function statusOf({ status, loan, link }: OrderView): string {
  if (loan !== null) {
    if (loan.status === 'disbursed') return (loan.paidPeriods ?? 0) > 0 ? 'REPAYING' : 'LENT';
    return loan.status === 'settled' ? 'FINISHED' : 'LENDING';
  }
  const waits = link !== undefined && link !== null && (status === 'opened' || status === 'reviewing');
  return waits
    ? 'WAIT_USER'
    : { opened: 'AUDITING', authorised: 'AUDITING', reviewing: 'AUDITING', approved: 'PASS', declined: 'REJECT', cancelled: 'CLOSED' }[status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({
    period_no: String(row.period),
    principal: yuan(row.principalFen),
    interest: yuan(row.interestFen),
    service_fee: yuan(row.feeFen),
  }));
}

/** Nothing secret is in it: the key is no part of what is signed. */
function stringToSign(parts: Parts): string {
  const names = Object.keys(parts).filter((name) => name !== 'sign' && parts[name] !== null);
  return names
    .toSorted()
    .map((name) => `${name}=${parts[name]}`)
    .join('&');
}

const keys = new Map<string, KeyObject>();

function keyOf(pem: string, make: (pem: string) => KeyObject): KeyObject {
  const key = keys.get(pem) ?? make(pem);
  keys.set(pem, key);
  return key;
}

function sign(parts: Parts, secrets: Secrets): string {
  return createSign('RSA-SHA256')
    .update(stringToSign(parts), 'utf8')
    .sign(keyOf(secrets['funder_private_key'] ?? '', createPrivateKey), 'base64');
}

function signedByPartner(parts: Parts, secrets: Secrets): boolean {
  return createVerify('RSA-SHA256')
    .update(stringToSign(parts), 'utf8')
    .verify(keyOf(secrets['our_public_key'] ?? '', createPublicKey), parts['sign'] ?? '', 'base64');
}

function formOf(body: Uint8Array): Readonly<Record<string, string>> | null {
  const pairs = [...new URLSearchParams(new TextDecoder().decode(body))];
  const form = Object.fromEntries(pairs);
  return pairs.length === 0 || Object.keys(form).length < pairs.length ? null : form;
}

function localTime(ms: number): string {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 19).replace('T', ' ');
}

function localMs(local: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(local)) return null;
  const ms = Date.parse(`${local.replace(' ', 'T')}Z`) - SHANGHAI_MS;
  return Number.isNaN(ms) ? null : ms;
}

function refused(code: string, subCode: string, secrets: Secrets, nowMs: number, toSign?: string): Opened {
  const shown = toSign === undefined ? {} : { string_to_sign: toSign };
  const badSignature = subCode === 'isv.invalid-signature' || subCode === 'isv.invalid-timestamp';
  return { ok: false, badSignature, reply: replyOf(code, subCode, null, secrets, nowMs, shown) };
}
