/** The funder's side of sparrow-ping: XML each way, HMAC-SHA256 over `time.body`, bids. */
import { createHmac } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import type { Command, DeclineWhy, OrderView, PrecheckVerdict, Result } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Manner, Opened, Protocol, Secrets, WireCallback, WireReply } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, headerOf, text, yuan } from '../../src/sandbox/protocols/wire.ts';

type Tree = Readonly<Record<string, unknown>>;

const NO_BID: Readonly<Record<Exclude<PrecheckVerdict, 'ok'>, string>> = {
  age: 'AGE',
  existing: 'EXISTING',
  recent: 'RECENT',
  history: 'CREDIT',
  credit: 'CREDIT',
  blacklist: 'BLACKLIST',
};
const REASON: Readonly<Record<DeclineWhy, string>> = { credit: 'CREDIT', age: 'AGE' };
const BID_MS = 5 * 60_000;
const parser = new XMLParser({ ignoreAttributes: true, ignoreDeclaration: true, parseTagValue: false });

/** It bids, and an accepted borrower goes on at its page. */
export const manner: Manner = { bids: true, page: 'submit' };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const seconds = headerOf(request, 'x-sparrow-time');
    const body = new TextDecoder().decode(request.body);
    if (headerOf(request, 'x-sparrow-signature') !== signature(secrets, seconds, body)) return refused(401, 'BAD_SIGNATURE', `${seconds}.${body}`);
    if (!/^\d{10}$/.test(seconds) || Math.abs(nowMs - Number(seconds) * 1_000) > FRESH_MS) return refused(401, 'STALE', `${seconds}.${body}`);
    const content = contentOf(body);
    const command = content === null ? null : commandOf((request.target.split('?')[0] ?? '').split('/').at(-1) ?? '', content);
    return command === null ? refused(400, 'INVALID') : { ok: true, command };
  },
  write(command, result, _secrets, nowMs) {
    switch (result.kind) {
      case 'precheck':
        return reply({ pingReply: pingReply(command, result, nowMs) });
      case 'order':
      case 'too_late':
        return reply({ leadReply: viewOf(result.view, 'REJECTED') });
      case 'unknown_order':
        return reply({ error: { code: 'LEAD_NOT_FOUND' } });
      default:
        return reply({ error: { code: 'INVALID' } });
    }
  },
  // What it declines after it had taken it, it calls returned.
  callback: (view, messageId, secrets, nowMs) => tell({ eventId: messageId, ...viewOf(view, 'RETURNED') }, secrets, nowMs),
  acknowledged: (status, body) => status === 200 && text(contentOf(body), 'status') === 'OK',
  reply,
  tell,
  content(request, secrets) {
    const body = new TextDecoder().decode(request.body);
    const signed = headerOf(request, 'x-sparrow-signature') === signature(secrets, headerOf(request, 'x-sparrow-time'), body);
    return signed ? contentOf(body) : null;
  },
};

/** The first member of the content is the root; a content without one becomes the text of an empty-handed root. */
function reply(content: unknown): WireReply {
  const [root = 'leadReply', value = content] = Object.entries(typeof content === 'object' && content !== null ? content : {})[0] ?? [];
  return { status: 200, contentType: 'application/xml', body: xml(root, value) };
}

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  const body = xml('leadEvent', content);
  const seconds = String(Math.floor(nowMs / 1_000));
  const headers = { 'content-type': 'application/xml', 'x-sparrow-time': seconds, 'x-sparrow-signature': signature(secrets, seconds, body) };
  return { headers, body };
}

function xml(root: string, content: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${element(root, content)}`;
}

function element(name: string, value: unknown): string {
  const tag = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) ? name : 'other';
  if (Array.isArray(value)) return value.map((item) => element(tag, item)).join('');
  if (typeof value === 'object' && value !== null) {
    return `<${tag}>${Object.entries(value)
      .map(([key, inner]) => element(key, inner))
      .join('')}</${tag}>`;
  }
  return `<${tag}>${escaped(value === null || value === undefined ? '' : String(value as string | number | boolean))}</${tag}>`;
}

function escaped(value: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return value.replaceAll(/[&<>"']/g, (char) => names[char]!).replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '?');
}

function contentOf(body: string): Tree | null {
  try {
    const root: unknown = Object.values(parser.parse(body, true) as Tree)[0];
    return typeof root === 'object' && root !== null ? (root as Tree) : null;
  } catch {
    return null;
  }
}

function commandOf(action: string, content: Tree): Command | null {
  const ref = text(content, 'leadId');
  if (ref === '' || text(content, 'apiKey') === '') return null;
  const [amountFen, termMonths] = [fenOf(text(content, 'amount')), countOf(text(content, 'term'))];
  switch (action) {
    case 'ping': {
      const told = amountFen !== null && termMonths !== null && countOf(text(content, 'age')) !== null && /^\d{4}$/.test(text(content, 'region'));
      return told ? { kind: 'precheck', phone: '', idMd5: null, idMask: null, ref } : null;
    }
    case 'post': {
      const [idNumber, phone] = [text(content, 'idNumber'), text(content, 'phone')];
      if (idNumber === '' || phone === '' || text(content, 'name') === '' || amountFen === null || termMonths === null) return null;
      const person = { idNumber, phone, monthlyIncomeFen: fenOf(text(content, 'monthlyIncome')), zhimaLevel: null };
      return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl: text(content, 'callbackUrl') };
    }
    case 'status':
      return { kind: 'query', ref };
    default:
      return null;
  }
}

function pingReply(command: Command, result: Extract<Result, { kind: 'precheck' }>, nowMs: number): object {
  if (result.verdict !== 'ok') return { status: 'NO_BID', reason: NO_BID[result.verdict] };
  const bidId = result.funderRef ?? `bid-${'ref' in command ? command.ref : ''}`;
  return { status: 'BID', bidId, price: yuan(result.bidFen ?? 0), validUntil: rfc3339(result.validUntilMs ?? nowMs + BID_MS) };
}

function viewOf(view: OrderView, declined: 'REJECTED' | 'RETURNED'): Tree {
  const { offer, loan, link } = view;
  const base = { leadId: view.ref, orderId: view.funderRef, status: statusOf(view, declined), at: rfc3339(view.eventAtMs) };
  if (loan !== null) return { ...base, fundedAmount: yuan(loan.amountFen), plan: { instalment: rowsOf(loan.plan) } };
  if (view.why !== null) return { ...base, reason: REASON[view.why] };
  if (view.status === 'reviewing' && typeof link === 'string') return { ...base, redirectUrl: link };
  if (offer === null) return base;
  return {
    ...base,
    approvedAmount: yuan(offer.amountFen),
    term: offer.termMonths,
    apr: yuan(offer.aprBps),
    plan: { instalment: rowsOf(offer.plan) },
    fees: offer.fee === null ? '' : { fee: { item: offer.fee.item, payee: offer.fee.payee, amount: yuan(offer.fee.amountFen), when: 'upfront' } },
    offerUntil: rfc3339(offer.expiresAtMs),
  };
}

function statusOf({ loan, status, link }: OrderView, declined: string): string {
  if (loan !== null) return { signing: 'PENDING', disbursing: 'PENDING', disbursed: 'FUNDED', settled: 'REPAID' }[loan.status];
  const reviewing = typeof link === 'string' ? 'ACCEPTED' : 'PENDING';
  return { opened: 'PENDING', authorised: 'PENDING', reviewing, approved: 'ACCEPTED', declined, cancelled: 'EXPIRED' }[status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({ month: row.period, principal: yuan(row.principalFen), interest: yuan(row.interestFen), fee: yuan(row.feeFen) }));
}

function signature(secrets: Secrets, seconds: string, body: string): string {
  return `sha256=${createHmac('sha256', secrets['hmac_key'] ?? '')
    .update(`${seconds}.${body}`)
    .digest('hex')}`;
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

function countOf(digits: string): number | null {
  return /^\d{1,3}$/.test(digits) ? Number(digits) : null;
}

function refused(status: number, code: string, toSign?: string): Opened {
  const error = { code, ...(toSign === undefined ? {} : { stringToSign: toSign }) };
  return { ok: false, badSignature: status === 401, reply: { ...reply({ error }), status } };
}
