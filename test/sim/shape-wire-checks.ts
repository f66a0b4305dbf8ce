/** What must hold of a message that leaves for a funder of a shape of its own: bids, pages, cards, the draw, repayments. */
import type { OutboundRequest, SendOutcome } from '../../src/ports/transport.ts';
import { PRECHECK_NEEDS } from './adapters.ts';
import type { Ledger } from './ledger.ts';
import type { SimFunder } from './funder.ts';
import type { Rows } from './watched.ts';

export interface ShapeView {
  readonly ledger: Ledger;
  readonly funders: ReadonlyMap<string, SimFunder>;
  readonly cardsOf: (applicationId: string) => readonly string[];
  readonly fail: (invariant: string, detail: string) => void;
}

type Body = Readonly<Record<string, unknown>> & { readonly fields?: Readonly<Record<string, unknown>> };
const NOT_SENT_YET = new Set(['planned', 'checking', 'quoted', 'authorising']);

export function createShapeWireChecks({ ledger, funders, cardsOf, fail }: ShapeView) {
  /** By order: copies of a draw on the way, and whether the last trial that was heard of is dearer than what was accepted. */
  const draws = new Map<string, number>();
  const dearer = new Map<string, boolean>();
  const paid = new Set<string>();

  function draw(attempt: Rows['attempts'], body: Body): void {
    const order = funders.get(attempt.funderId)!.orders.get(attempt.id);
    if ((draws.get(attempt.id) ?? 0) > 0) fail('drawn_once', `${attempt.id} is drawn while an earlier draw is on its way`);
    if (order !== undefined && order.view.loan !== null) fail('drawn_once', `${attempt.id} is drawn and is ${order.view.loan} there`);
    const loan = ledger.of('loans', attempt.applicationId).find((row) => row.attemptId === attempt.id);
    const offer = loan === undefined ? undefined : ledger.get('offers', loan.offerId);
    if (loan === undefined || offer === undefined) return fail('drawn_as_accepted', `${attempt.id} is drawn without a loan`);
    if (loan.state !== 'contracting') fail('drawn_as_accepted', `${loan.id} is drawn and is ${loan.state}`);
    if ((body['offerRef'] ?? '') !== offer.funderOfferRef) fail('drawn_as_accepted', `${loan.id} draws ${String(body['offerRef'])}`);
    if (dearer.get(attempt.id) === true) fail('drawn_as_accepted', `${loan.id} is drawn though it has become dearer`);
    const funder = funders.get(attempt.funderId)!;
    if (funder.whole && !funder.loans.hasCard(attempt.id, body['cardRef']))
      fail('drawn_as_accepted', `${loan.id} is drawn to no card of its borrower`);
  }

  /** A card's number is in no other message than the binding of it, for which there is a consent that names it and a receipt. */
  function card(what: string, request: OutboundRequest, attempt: Rows['attempts']): void {
    const text = `${request.url} ${String(request.body)}`;
    if (!cardsOf(attempt.applicationId).some((number) => text.includes(number))) return;
    const names = (json: string): boolean => (JSON.parse(json) as string[]).includes('bank_card');
    const receipt = ledger.of('receipts', attempt.id).find((row) => row.capability === 'bind_card' && names(row.fields));
    const granted = ledger
      .of('consents', attempt.applicationId)
      .some((row) => row.legalEntity === receipt?.legalEntity && row.withdrawnAtMs === null && names(row.fields));
    if (what !== 'bind_card' || !granted) fail('card_is_granted', `${what} of ${attempt.id} hands over a card`);
  }

  return {
    leaves(what: string, request: OutboundRequest, attempt: Rows['attempts'], body: Body): void {
      const fields = Object.keys(body.fields ?? {});
      if (NOT_SENT_YET.has(attempt.state) && fields.some((name) => !(PRECHECK_NEEDS as readonly string[]).includes(name)))
        fail('quoted_is_thin', `${what} of ${attempt.id}, which is ${attempt.state}, hands over ${fields.join(' ')}`);
      card(what, request, attempt);
      if (what === 'submit' && !funders.get(attempt.funderId)!.mayHave(attempt.id))
        fail('authorised_first', `${attempt.id} is submitted before its borrower has agreed`);
      if (what === 'draw') draw(attempt, body);
      if (what !== 'repay') return;
      const id = String(body['repayment']);
      if (paid.has(id)) fail('repaid_once', `${id} is sent again`);
      paid.add(id);
    },
    onWay({ url, body }: OutboundRequest, change: 1 | -1): void {
      if (!url.endsWith('/draw')) return;
      const { ref } = JSON.parse(String(body)) as { ref: string };
      draws.set(ref, (draws.get(ref) ?? 0) + change);
    },
    /** What the service is told: a trial that it has understood. */
    heard({ url, body }: OutboundRequest, outcome: SendOutcome): void {
      if (!url.endsWith('/trial') || outcome.kind !== 'response' || outcome.response.status !== 200) return;
      const { ref } = JSON.parse(String(body)) as { ref: string };
      const told = funders.get(ledger.get('attempts', ref)?.funderId ?? '')?.read(outcome.response);
      if (told !== undefined && told !== null) dearer.set(ref, told['dearer'] === true);
    },
  };
}
