/** The funder's side of heron-rates: REST, `t=…,v1=…` signatures, offers that come in one after another. */
import { createHmac } from 'node:crypto';
import type { Command, DeclineWhy, OfferTerms, OrderView } from '../../src/sandbox/orders.ts';
import type { PlanRow } from '../../src/sandbox/instalments.ts';
import type { Manner, Opened, Protocol, Secrets, WireCallback, WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS, fenOf, jsonReply, objectOf, text, whole, yuan } from '../../src/sandbox/protocols/wire.ts';

const DECLINE: Readonly<Record<DeclineWhy, string>> = { credit: 'credit', age: 'age' };
const LENDERS = ['青禾小贷', '白塔消费金融', '南湖银行'];

/** Three lenders answer for one lead. */
export const manner: Manner = { offers: 3 };

export const double: Protocol = {
  open(request, secrets, nowMs) {
    const { seconds, mac } = signatureOf(request);
    const toSign = stringToSign(request, seconds);
    if (mac !== hmac(secrets['api_secret'], toSign)) return refused(401, 'bad_signature', toSign);
    if (!/^\d{10}$/.test(seconds) || Math.abs(nowMs - Number(seconds) * 1_000) > FRESH_MS) return refused(401, 'stale', toSign);
    const command = commandOf(request);
    return command === null ? refused(400, 'invalid_request') : { ok: true, command };
  },
  write(command, result) {
    switch (result.kind) {
      case 'order':
      case 'too_late':
        return jsonReply(command.kind === 'submit' ? 202 : 200, viewOf(result.view));
      case 'unknown_order':
        return jsonReply(404, { error: { code: 'lead_not_found' } });
      case 'draw_refused':
        return jsonReply(200, { external_id: 'ref' in command ? command.ref : '', status: 'selection_refused', failure_code: result.why });
      default:
        return jsonReply(400, { error: { code: 'invalid_request' } });
    }
  },
  callback(view, messageId, secrets, nowMs) {
    const type = view.loan === null ? 'lead.updated' : `origination.${view.loan.status}`;
    return tell({ event_id: messageId, type, created_at: rfc3339(nowMs), lead: viewOf(view) }, secrets, nowMs);
  },
  acknowledged: (status, body) => status === 200 && objectOf(body)?.['received'] === true,
  reply: (content) => jsonReply(200, content),
  tell,
  content(request, secrets) {
    const { seconds, mac } = signatureOf(request);
    if (mac !== hmac(secrets['api_secret'], stringToSign(request, seconds))) return null;
    return request.body.length === 0 ? {} : objectOf(request.body);
  },
};

function tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback {
  const body = JSON.stringify(content);
  const seconds = Math.floor(nowMs / 1_000);
  const signature = `t=${seconds},v1=${hmac(secrets['webhook_secret'], `${seconds}.${body}`)}`;
  return { headers: { 'content-type': 'application/json', 'heron-signature': signature }, body };
}

function signatureOf(request: WireRequest): { seconds: string; mac: string } {
  const header = request.headers['heron-signature'];
  const match = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(typeof header === 'string' ? header : '');
  return { seconds: match?.[1] ?? '', mac: match?.[2] ?? '' };
}

function stringToSign(request: WireRequest, seconds: string): string {
  return `${seconds}.${request.method} ${request.target.split('?')[0] ?? ''}.${new TextDecoder().decode(request.body)}`;
}

function hmac(secret: string | undefined, data: string): string {
  return createHmac('sha256', secret ?? '')
    .update(data)
    .digest('hex');
}

function commandOf(request: WireRequest): Command | null {
  const match = /\/v1\/leads(?:\/([A-Za-z0-9_]{1,64})(\/selection)?)?$/.exec(request.target);
  if (match === null) return null;
  const [, ref, selection] = match;
  if (ref === undefined) return request.method === 'POST' ? leadOf(objectOf(request.body)) : null;
  if (selection !== undefined) return request.method === 'POST' ? selectionOf(ref, objectOf(request.body)) : null;
  if (request.method === 'GET') return { kind: 'query', ref };
  return request.method === 'DELETE' ? { kind: 'cancel', ref } : null;
}

function leadOf(body: Record<string, unknown> | null): Command | null {
  const [applicant, loan] = [body?.['applicant'], body?.['loan']];
  const [ref, idNumber, phone] = [text(body, 'external_id'), text(applicant, 'id_number'), text(applicant, 'phone')];
  const [amountFen, termMonths] = [fenOf(text(loan, 'amount')), whole(loan, 'term_months')];
  if (ref === '' || idNumber === '' || phone === '' || amountFen === null || termMonths === null) return null;
  const person = { idNumber, phone, monthlyIncomeFen: fenOf(text(applicant, 'monthly_income')), zhimaLevel: null };
  return { kind: 'submit', ref, person, amountFen, termMonths, callbackUrl: text(body, 'webhook_url') };
}

function selectionOf(ref: string, body: Record<string, unknown> | null): Command | null {
  const [offerId, amountFen, termMonths] = [text(body, 'offer_id'), fenOf(text(body, 'amount')), whole(body, 'term_months')];
  if (offerId === '' || amountFen === null || termMonths === null) return null;
  return { kind: 'draw', ref, amountFen, termMonths, callbackUrl: text(body, 'webhook_url'), offerId };
}

function viewOf(view: OrderView): object {
  const { loan } = view;
  const offers = view.offers ?? (view.offer === null ? [] : [{ ...view.offer, id: `${view.funderRef}-1` }]);
  const base = { lead_id: view.funderRef, external_id: view.ref, status: statusOf(view), updated_at: rfc3339(view.eventAtMs) };
  if (loan !== null) {
    const contract = loan.status === 'signing' ? { contract_url: view.link ?? '' } : {};
    return { ...base, ...contract, funded_amount: yuan(loan.amountFen), schedule: rowsOf(loan.plan) };
  }
  if (view.why !== null) return { ...base, decline_code: DECLINE[view.why] };
  return { ...base, offers: offers.map(offerOf), pending_responses: view.offersComplete === false ? 1 : 0 };
}

function offerOf(offer: OfferTerms & { readonly id: string }, index: number): object {
  return {
    offer_id: offer.id,
    lender: LENDERS[index % LENDERS.length],
    amount: yuan(offer.amountFen),
    term_months: offer.termMonths,
    apr: `${Math.floor(offer.aprBps / 10_000)}.${String(offer.aprBps % 10_000).padStart(4, '0')}`,
    schedule: rowsOf(offer.plan),
    fees: offer.fee === null ? [] : [{ name: offer.fee.item, payee: offer.fee.payee, amount: yuan(offer.fee.amountFen), charged: 'origination' }],
    expires_at: rfc3339(offer.expiresAtMs),
  };
}

function statusOf({ loan, status, offersComplete }: OrderView): string {
  if (loan !== null) return { signing: 'contract_pending', disbursing: 'funding', disbursed: 'funded', settled: 'paid_off' }[loan.status];
  const approved = offersComplete === false ? 'collecting' : 'complete';
  return { opened: 'collecting', authorised: 'collecting', reviewing: 'collecting', approved, declined: 'declined', cancelled: 'withdrawn' }[status];
}

function rowsOf(plan: readonly PlanRow[]): object[] {
  return plan.map((row) => ({ month: row.period, principal: yuan(row.principalFen), interest: yuan(row.interestFen), fee: yuan(row.feeFen) }));
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

function refused(status: number, code: string, toSign?: string): Opened {
  const reply: WireReply = jsonReply(status, { error: { code, ...(toSign === undefined ? {} : { string_to_sign: toSign }) } });
  return { ok: false, badSignature: status === 401, reply };
}
