/**
 * An order's form as data: the protocol's names for its parts, its units, and what each of its states means. Most protocols are no more than
 * that; a state with a turn of its own has a reader of its own in the table.
 */
import type { AdapterContext, DecisionAnswer, Fee, FunderOffer, Instalment, Unreadable } from '../contract.ts';
import { approved, safeCode, safeRef } from './answers.ts';
import { completeOffer } from './offers.ts';
import type { OrderReader, Reasons } from './order-states.ts';
import { declinedFor, disbursed, loanNews, overdue, readByState, repaying, undecided, withdrawn } from './order-states.ts';
import type { Json } from './read-json.ts';
import { at } from './read-json.ts';
import type { ReadMoney } from './row-readers.ts';
import { elements, feeReader, planReader } from './row-readers.ts';
import { readMonths, readMonthsList } from './units.ts';

type ReadNumber = (value: Json | undefined) => number | null;
type Meaning =
  | 'reviewing'
  | 'approved'
  | 'declined'
  | 'cancelled'
  | 'disbursing'
  | 'disbursed'
  | 'failed'
  | 'repaying'
  | 'overdue'
  | 'settled'
  | 'written_off';

/** Where rows stand: a member of the order, or, in XML, an element and the one repeated in it. */
type List = string | readonly [outer: string, repeated: string];

/** Names are those of the order's members; `list` holds rows, whose members the other names of that group are. */
export interface OrderScheme {
  /** Its member's name, or what tells it where more than one member decides. */
  readonly state: string | ((order: Json | undefined) => Json | undefined);
  readonly funderRef: string;
  readonly eventAt: string;
  /** `terms`: where the terms that the borrower may choose are listed. A term that is not among them is one of two statements wrong: no offer. */
  readonly offer: { readonly amount: string; readonly term: string; readonly rate: string; readonly expires: string; readonly terms?: string };
  readonly plan: { readonly list: List; readonly month: string; readonly principal: string; readonly interest: string; readonly fee: string };
  readonly fees: {
    readonly list: List;
    readonly item: string;
    readonly payee: string;
    readonly amount: string;
    readonly when: string;
    readonly words: Readonly<Record<string, Fee['when']>>;
  };
  readonly loan: { readonly amount: string; readonly failCode: string; readonly overdueDays: string };
  readonly rejectCode: string;
  readonly reasons: Reasons;
  readonly money: ReadMoney;
  readonly time: ReadNumber;
  /** To basis points a year. */
  readonly rate: ReadNumber;
  readonly states: Readonly<Record<string, Meaning | OrderReader>>;
  /** How the code of a state that is not in the table is told; `state CODE` unless told otherwise. */
  readonly unrecognised?: (code: string) => string;
}

/** The parts of an order that readers of single states need as well. */
export interface OrderParts {
  readonly offer: (order: Json | undefined) => FunderOffer | null;
  readonly plan: (order: Json | undefined) => readonly Instalment[] | null;
}

/** A reader of orders of that form, as replies and callbacks carry them. Total: anything gives an answer. */
export function orderReader(scheme: OrderScheme): (ctx: AdapterContext, order: Json | undefined) => DecisionAnswer | Unreadable {
  const meanings = readersOf(scheme);
  const states = Object.fromEntries(
    Object.entries(scheme.states).map(([word, state]) => [word, typeof state === 'string' ? meanings[state] : state]),
  );
  return (ctx, order) => {
    const place = { funderRef: safeRef(at(order, scheme.funderRef)), eventAtMs: scheme.time(at(order, scheme.eventAt)) };
    const { state } = scheme;
    return readByState(ctx, states, typeof state === 'string' ? at(order, state) : state(order), order, place, scheme.unrecognised);
  };
}

/** Readers of an order's offer and plan, by the same names. */
export function orderParts({ offer, plan, fees, money, time, rate }: Omit<OrderScheme, 'states' | 'unrecognised'>): OrderParts {
  const readPlan = planReader(plan, money);
  const readFees = feeReader(fees, fees.words, money);
  return {
    plan: (order) => readPlan(rowsAt(order, plan.list)),
    offer: (order) =>
      completeOffer({
        amount: money(at(order, offer.amount)),
        termMonths: termAt(order, offer),
        quotedAprBps: rate(at(order, offer.rate)),
        plan: readPlan(rowsAt(order, plan.list)),
        fees: readFees(rowsAt(order, fees.list)),
        expiresAtMs: time(at(order, offer.expires)),
      }),
  };
}

function termAt(order: Json | undefined, { term, terms }: OrderScheme['offer']): number | null {
  const months = readMonths(at(order, term));
  if (months === null || terms === undefined) return months;
  return readMonthsList(at(order, terms))?.includes(months) === true ? months : null;
}

function rowsAt(order: Json | undefined, list: List): Json | undefined {
  return typeof list === 'string' ? at(order, list) : elements(at(order, ...list));
}

function readersOf(scheme: OrderScheme): Readonly<Record<Meaning, OrderReader>> {
  const { loan, money } = scheme;
  const { offer, plan } = orderParts(scheme);
  return {
    reviewing: undecided,
    approved: (order, place) => approved(place, offer(order)),
    declined: declinedFor(scheme.rejectCode, scheme.reasons),
    cancelled: withdrawn,
    disbursing: loanNews(() => ({ status: 'disbursing' })),
    disbursed: loanNews((order) => disbursed(money(at(order, loan.amount)), plan(order))),
    failed: loanNews((order) => ({ status: 'failed', detail: safeCode(at(order, loan.failCode)) })),
    repaying: loanNews((order) => repaying(plan(order))),
    overdue: loanNews((order) => overdue(at(order, loan.overdueDays))),
    settled: loanNews(() => ({ status: 'settled' })),
    written_off: loanNews(() => ({ status: 'written_off' })),
  };
}
