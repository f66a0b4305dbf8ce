/** Tells the platform what happened to an order: once as a rule; out of order, or after a forgery, when the applicant's phone asks for that. */
import type { Order, OrderView, RepaymentView } from './orders.ts';

/** One callback to send; `forged`: with a wrong signature. */
export interface Announcement {
  readonly url: string;
  readonly view: OrderView;
  readonly messageId: string;
  readonly forged: boolean;
}

/** Gap between the several callbacks of a magic phone. */
const GAP_MS = 40;
const OLDER_BY_MS = 5_000;

export class History {
  readonly #after: (ms: number, run: () => void) => void;
  readonly #announce: (announcement: Announcement) => void;

  constructor(deps: { readonly after: (ms: number, run: () => void) => void; readonly announce: (announcement: Announcement) => void }) {
    this.#after = deps.after;
    this.#announce = deps.announce;
  }

  /** Announces the order as it is now; `before` is what an older message would have said. */
  tell(order: Order, before: OrderView): void {
    const { callbackUrl: url, view, magic } = order;
    if (url === '') return;
    const messageId = `${view.funderRef}-${stageOf(view)}`;
    const send = (delayMs: number): void => this.#after(delayMs, () => this.#announce({ url, view, messageId, forged: false }));
    if (magic === 'forged_first') {
      this.#announce({ url, view, messageId, forged: true });
      send(GAP_MS);
      return;
    }
    this.#announce({ url, view, messageId, forged: false });
    if (magic !== 'out_of_order') return;
    const older = { ...before, eventAtMs: view.eventAtMs - OLDER_BY_MS };
    this.#after(GAP_MS, () => this.#announce({ url, view: older, messageId: `${messageId}-before`, forged: false }));
    send(2 * GAP_MS);
  }

  tellRepayment(order: Order, repayment: RepaymentView): void {
    const { callbackUrl: url, view } = order;
    const messageId = `${view.funderRef}-${repayment.repaymentRef}-${repayment.status}`;
    if (url !== '') this.#announce({ url, view: { ...view, repayment }, messageId, forged: false });
  }

  /** The loan as it stands after a repayment. */
  tellPlan(order: Order): void {
    const { callbackUrl: url, view } = order;
    if (url !== '') this.#announce({ url, view, messageId: `${view.funderRef}-paid-${view.loan?.paidPeriods ?? 0}`, forged: false });
  }
}

function stageOf({ status, loan }: OrderView): string {
  if (loan !== null) return loan.status;
  return status === 'authorised' || status === 'cancelled' ? status : 'decision';
}
