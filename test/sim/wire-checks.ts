/** What must hold of a message at the moment it leaves the service, and of what a funder holds once one has arrived. */
import { windowOf } from '../../src/dispatch/caps.ts';
import type { Funder } from '../../src/domain/funder.ts';
import type { OutboundRequest, SendOutcome } from '../../src/ports/transport.ts';
import { LINK_MARK, type Order, type SimFunder } from './funder.ts';
import type { Ledger } from './ledger.ts';
import type { OrderView } from './protocol.ts';
import { createShapeWireChecks } from './shape-wire-checks.ts';
import type { Rows } from './watched.ts';

export interface WireView {
  readonly ledger: Ledger;
  readonly funders: ReadonlyMap<string, SimFunder>;
  readonly records: ReadonlyMap<string, Funder>;
  readonly strategyOf: (plan: Rows['plans']) => string;
  /** Personal values of the person behind an application. */
  readonly secretsOf: (applicationId: string) => readonly string[];
  readonly cardsOf: (applicationId: string) => readonly string[];
  readonly fail: (invariant: string, detail: string) => void;
}

export interface WireChecks {
  /** A request leaves for a funder. */
  leaves(funderId: string, request: OutboundRequest): void;
  /** Anything leaves for somebody who must learn nothing of a person. */
  leavesThin(request: OutboundRequest): void;
  onWay(request: OutboundRequest, change: 1 | -1): void;
  /** The service is told what became of a request. */
  heard(request: OutboundRequest, outcome: SendOutcome): void;
  holds(funderId: string, order: Order): void;
  lends(funderId: string, order: Order): void;
}

const LIVE = new Set(['reviewing', 'offering', 'approved', 'new_word']);

/** Whether the funder still holds it: a table that ended empty is a no. */
function isLive({ state, complete, offers }: OrderView): boolean {
  return LIVE.has(state) && !(state === 'offering' && complete && offers.length === 0);
}

export function createWireChecks(view: WireView): WireChecks {
  const { ledger, fail } = view;
  const shapes = createShapeWireChecks(view);
  const submitted = new Set<string>();
  /** Copies of a submit that are still on the way. */
  const onWay = new Map<string, number>();
  const held = new Map<string, { readonly funderId: string; readonly order: Order }[]>();
  const inWindow = new Map<string, { readonly order: Order; readonly amount: number }[]>();

  function leaves(funderId: string, request: OutboundRequest): void {
    const what = request.url.slice(request.url.lastIndexOf('/') + 1);
    const body = JSON.parse(String(request.body)) as { ref: string; fields?: Readonly<Record<string, unknown>> };
    const attempt = ledger.get('attempts', body.ref);
    if (attempt === undefined || attempt.funderId !== funderId)
      return fail('receipt_covers_request', `${what} for ${body.ref}, no attempt at ${funderId}`);
    shapes.leaves(what, request, attempt, body);
    if (body.fields === undefined) return thin(request, attempt.applicationId);
    const fields = Object.keys(body.fields);
    const receipts = ledger.of('receipts', attempt.id).filter((receipt) => receipt.capability === what);
    if (!receipts.some((receipt) => covers(receipt.fields, fields)))
      fail('receipt_covers_request', `${what} of ${attempt.id} hands over ${fields.join(' ')}`);
    const entity = view.records.get(funderId)!.legal_entity;
    const live = ledger
      .of('consents', attempt.applicationId)
      .some((row) => row.legalEntity === entity && row.purpose === 'credit_decision' && row.withdrawnAtMs === null && covers(row.fields, fields));
    if (!live) fail('consent_covers_request', `${what} of ${attempt.id} hands over ${fields.join(' ')} to ${entity}`);
    if (what !== 'submit') return;
    if (submitted.has(attempt.id)) fail('submitted_once', attempt.id);
    submitted.add(attempt.id);
    exclusive(attempt.id, attempt.applicationId, attempt.planId);
  }

  /** The truth at the funders, whatever we believe: nobody else may hold this person's application, or be about to. */
  function exclusive(attemptId: string, applicationId: string, planId: string): void {
    const plan = ledger.get('plans', planId);
    const alone = plan === undefined || view.strategyOf(plan) === 'waterfall';
    const offers = ledger.of('offers', applicationId);
    for (const other of ledger.of('attempts', applicationId)) {
      if (other.id === attemptId || (!alone && other.planId === planId)) continue;
      const order = held.get(applicationId)?.find((each) => each.order.ref === other.id)?.order;
      const stands =
        order === undefined
          ? (onWay.get(other.id) ?? 0) > 0 && !view.funders.get(other.funderId)!.refuses(other.id)
          : isLive(order.view) && order.view.loan === null;
      // Given up after its time, or an approval that nobody may take: its holder has been told, or will be.
      const given = other.state === 'expired' || offers.some((offer) => offer.attemptId === other.id && offer.state !== 'open');
      if (stands && !given)
        fail(
          'exclusive_at_funders',
          `${attemptId} leaves while ${other.id} (${other.state}) ${order === undefined ? 'is on its way' : `is ${order.view.state} there`}`,
        );
    }
  }

  function thin(request: OutboundRequest, applicationId: string): void {
    const text = `${request.url} ${String(request.body)}`;
    if (text.includes(LINK_MARK)) fail('links_stay_hidden', `${request.method} ${request.url}`);
    if (view.secretsOf(applicationId).some((secret) => text.includes(secret))) fail('no_personal_data_elsewhere', `${request.method} ${request.url}`);
  }

  return {
    leaves,
    leavesThin(request) {
      const id = /app_[0-9a-z]{22}/.exec(String(request.body))?.[0];
      if (id !== undefined) thin(request, id);
    },
    heard: shapes.heard,
    onWay(request, change) {
      shapes.onWay(request, change);
      if (!request.url.endsWith('/submit')) return;
      const { ref } = JSON.parse(String(request.body)) as { ref: string };
      onWay.set(ref, (onWay.get(ref) ?? 0) + change);
    },
    holds(funderId, order) {
      const attempt = ledger.get('attempts', order.ref);
      const record = view.records.get(funderId)!;
      if (attempt === undefined || attempt.submittedAtMs === null)
        return fail('submitted_once', `${funderId} has ${order.ref}, which was never submitted`);
      const known = held.get(attempt.applicationId);
      if (known === undefined) held.set(attempt.applicationId, [{ funderId, order }]);
      else known.push({ funderId, order });
      for (const cap of record.caps) {
        const key = `${funderId}/${cap.id}/${windowOf(cap.window, record.time_zone, attempt.submittedAtMs)}`;
        const orders = inWindow.get(key) ?? [];
        inWindow.set(key, orders);
        orders.push({ order, amount: cap.unit === 'count' ? 1 : order.amountFen });
        const total = orders.reduce((sum, each) => sum + (isLive(each.order.view) || each.order.view.loan !== null ? each.amount : 0), 0);
        if (total > cap.limit) fail('cap_at_funder', `${key}: ${total} of ${cap.limit} with ${order.ref} (${attempt.state})`);
      }
    },
    lends(funderId, order) {
      const attempt = ledger.get('attempts', order.ref);
      const others = (held.get(attempt?.applicationId ?? '') ?? []).filter((each) => each.order.ref !== order.ref && each.order.view.loan !== null);
      if (others.length > 0)
        fail('one_loan_at_funders', `${funderId} lends on ${order.ref} beside ${others.map((each) => each.order.ref).join(' ')}`);
      if (attempt === undefined || !ledger.of('loans', attempt.applicationId).some((loan) => loan.attemptId === attempt.id))
        fail('one_loan_at_funders', `${order.ref} is drawn without acceptance`);
    },
  };
}

function covers(json: string, fields: readonly string[]): boolean {
  const granted = JSON.parse(json) as string[];
  return fields.every((field) => granted.includes(field));
}
