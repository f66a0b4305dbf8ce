/** How a simulated funder calls: signed, sometimes preceded by a forgery, sometimes again, three tries and then silence. */
import type { CallbackBody } from './adapters.ts';
import type { FunderWorld, Order } from './funder.ts';
import { sumOf, type RepaymentView } from './protocol.ts';
import type { Temper } from './setting.ts';

/** A callback on its way out. */
export interface Announcement {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class Callbacks {
  readonly #id: string;
  readonly #secret: string;
  readonly #temper: Temper;
  readonly #world: Pick<FunderWorld, 'dice' | 'timeline' | 'announce' | 'callsBack'>;
  #messages = 0;

  constructor(id: string, secret: string, temper: Temper, world: FunderWorld) {
    this.#id = id;
    this.#secret = secret;
    this.#temper = temper;
    this.#world = world;
  }

  announce(order: Pick<Order, 'callbackUrl' | 'view'>, repayment: RepaymentView | null = null): void {
    if (!this.#world.callsBack) return;
    const { dice } = this.#world;
    this.#messages += 1;
    const told: CallbackBody = { message: `${this.#id}-${this.#messages}`, order: order.view, by: dice.chance(0.5) ? 'ref' : 'no', repayment };
    const body = JSON.stringify(told);
    const honest: Announcement = {
      url: order.callbackUrl,
      headers: { 'content-type': 'application/json', 'x-sum': sumOf(this.#secret, body) },
      body,
    };
    if (dice.chance(this.#temper.forges))
      void this.#world.announce({ ...honest, headers: { ...honest.headers, 'x-sum': 'forged' }, body: body.replace('declined', 'approved') });
    void this.#send(honest, 1);
    if (dice.chance(this.#temper.repeats)) void this.#send(honest, 3);
  }

  /** Three tries and then silence: the poll has to repair it. */
  async #send(announcement: Announcement, attempt: number): Promise<void> {
    if ((await this.#world.announce(announcement)) || attempt >= 3) return;
    await this.#world.timeline.sleep(this.#world.dice.between(500, 5_000));
    await this.#send(announcement, attempt + 1);
  }
}
