/** How the order in a declared reply or callback is read: the manifest says where its parts stand and what its words mean. Total. */
import type { AdapterContext, BorrowerStep, DecisionAnswer, Fee, FunderOffer, Instalment, Unreadable } from '../contract.ts';
import { approved, safeCode, safeRef } from '../kit/answers.ts';
import { linkStep } from '../kit/links.ts';
import { completeOffer } from '../kit/offers.ts';
import type { OrderReader } from '../kit/order-states.ts';
import { disbursed, loanNews, overdue, readByState, reasonOf, repaying, undecided, waitingFor, withdrawn } from '../kit/order-states.ts';
import type { Json } from '../kit/read-json.ts';
import { feeReader, planReader } from '../kit/row-readers.ts';
import { readFen, readMonths, readRateBps, readWan, readYuan } from '../kit/units.ts';
import { readLocalTime, readMillis, readRfc3339, readSeconds } from '../kit/times.ts';
import type { Order, Protocol } from './schema.ts';
import type { Meaning, MoneyUnit, TimeUnit } from './sources.ts';

/** A value found in a reply; undefined when it is not there. Never throws. */
export type Find = (reply: Json | undefined) => Json | undefined;
/** Makes a source ready; `path` is where it stands in the manifest. */
export type Finder = (source: Order['state'] | undefined, path: string) => Find;

export const MONEY = { fen: readFen, yuan: readYuan, wan: readWan } as const satisfies Record<MoneyUnit, unknown>;
export const TIME = { s: readSeconds, ms: readMillis, rfc3339: readRfc3339, local: readLocalTime } as const satisfies Record<TimeUnit, unknown>;

/** A reader of orders of that form. */
export function declaredOrder(protocol: Protocol, find: Finder): (ctx: AdapterContext, order: Json | undefined) => DecisionAnswer | Unreadable {
  const { order, units } = protocol;
  const [state, funderRef, eventAt] = [
    find(order.state, '/order/state'),
    find(order.funder_ref, '/order/funder_ref'),
    find(order.event_at, '/order/event_at'),
  ];
  const time = TIME[units.time];
  const meanings = readersOf(protocol, find);
  const states = Object.fromEntries(Object.entries(order.states).map(([word, meaning]) => [word, meanings[meaning]]));
  return (ctx, data) => readByState(ctx, states, state(data), data, { funderRef: safeRef(funderRef(data)), eventAtMs: time(eventAt(data)) });
}

/** A reader of the page that waits for the borrower; null when the link cannot be read. */
export function declaredLink(
  { units }: Protocol,
  find: Finder,
  link: Order['link'],
  path: string,
): (data: Json | undefined, ctx: AdapterContext) => BorrowerStep | null {
  const [url, expires] = [find(link?.url, `${path}/url`), find(link?.expires, `${path}/expires`)];
  return (data, ctx) => linkStep(ctx, url(data), TIME[units.time](expires(data)));
}

function readersOf(protocol: Protocol, find: Finder): Readonly<Record<Meaning, OrderReader>> {
  const { order, units } = protocol;
  const offer = offerReader(protocol, find);
  const reject = find(order.reject_code, '/order/reject_code');
  const [amount, failCode, overdueDays] = (['amount', 'fail_code', 'overdue_days'] as const).map((part) =>
    find(order.loan?.[part], `/order/loan/${part}`),
  ) as [Find, Find, Find];
  const plan = planOf(
    order.loan?.plan ?? order.offer.plan,
    units.money,
    find,
    order.loan?.plan === undefined ? '/order/offer/plan' : '/order/loan/plan',
  );
  const money = MONEY[order.loan?.money ?? units.money];
  return {
    reviewing: undecided,
    approved: (data, place) => approved(place, offer(data)),
    declined: (data, place) => ({ kind: 'declined', reason: reasonOf(reject(data), order.reasons), ...place }),
    cancelled: withdrawn,
    authorised: (_data, place) => ({ kind: 'authorised', ...place }),
    open_link: waitingFor(declaredLink(protocol, find, order.link, '/order/link')),
    disbursing: loanNews(() => ({ status: 'disbursing' })),
    disbursed: loanNews((data) => disbursed(money(amount(data)), plan(data))),
    failed: loanNews((data) => ({ status: 'failed', detail: safeCode(failCode(data)) })),
    repaying: loanNews((data) => repaying(plan(data))),
    overdue: loanNews((data) => overdue(overdueDays(data))),
    settled: loanNews(() => ({ status: 'settled' })),
    written_off: loanNews(() => ({ status: 'written_off' })),
  };
}

function offerReader({ order: { offer }, units }: Protocol, find: Finder): (data: Json | undefined) => FunderOffer | null {
  const part = (name: 'amount' | 'term' | 'rate' | 'expires'): Find => find(offer[name], `/order/offer/${name}`);
  const [amount, term, rate, expires] = [part('amount'), part('term'), part('rate'), part('expires')];
  const money = MONEY[offer.money ?? units.money];
  const { days_in_year: daysInYear, ...unit } = units.rate;
  const plan = planOf(offer.plan, units.money, find, '/order/offer/plan');
  const fees = feesOf(offer.fees, units.money, find);
  return (data) =>
    completeOffer({
      amount: money(amount(data)),
      termMonths: readMonths(term(data)),
      quotedAprBps: readRateBps(rate(data), { ...unit, daysInYear }),
      plan: plan(data),
      fees: fees(data),
      expiresAtMs: TIME[units.time](expires(data)),
    });
}

function planOf(spec: Order['offer']['plan'], unit: MoneyUnit, find: Finder, path: string): (data: Json | undefined) => readonly Instalment[] | null {
  const rows = find(spec.rows, `${path}/rows`);
  const read = planReader(spec, MONEY[spec.money ?? unit]);
  return (data) => read(rows(data));
}

function feesOf(spec: Order['offer']['fees'], unit: MoneyUnit, find: Finder): (data: Json | undefined) => readonly Fee[] | null {
  if (spec === undefined) return () => [];
  const rows = find(spec.rows, '/order/offer/fees/rows');
  const read = feeReader(spec, spec.words, MONEY[spec.money ?? unit]);
  return (data) => read(rows(data));
}
