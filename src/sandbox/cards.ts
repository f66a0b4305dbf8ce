/**
 * The simulated bank's cards: bound by a code that is always 000000. A card's last four digits choose what goes wrong: 0401 the card, 0402 its
 * phone, 0403 its holder, 0501 locks for a day, as three wrong codes do. Numbers are not kept, only their digests.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { CardView, Result } from './orders.ts';

type CardResult = Extract<Result, { kind: 'card' }>;
type Refusal = Extract<CardResult, { status: 'refused' }>['why'];

const RIGHT_CODE = '000000';
const WRONG_CODES = 3;
const LOCK_MS = 24 * 3_600_000;
const MAX_CARDS = 20;
const REFUSED: Readonly<Record<string, Refusal>> = { '0401': 'card', '0402': 'phone', '0403': 'person' };
const LOCKING = '0501';
const BANKS = ['长河银行', '云岭银行', '海棠银行'];

/** The cards of one order. */
export class Cards {
  readonly #bound = new Map<string, CardView>();
  readonly #awaiting = new Map<string, { readonly digest: string; readonly card: CardView }>();
  #wrong = 0;
  #lockedUntilMs = 0;

  list(): readonly CardView[] {
    return [...this.#bound.values()];
  }

  has(token: string): boolean {
    return this.list().some((card) => card.token === token);
  }

  /** Asks for a code; a card that is bound already stays what it is. */
  bind(cardNumber: string, phone: string, nowMs: number): CardResult {
    if (nowMs < this.#lockedUntilMs) return this.#locked();
    const tail = cardNumber.slice(-4);
    if (tail === LOCKING) return this.#lock(nowMs);
    if (!/^\d{12,19}$/.test(cardNumber) || this.#bound.size >= MAX_CARDS) return refused('card');
    if (!/^1\d{10}$/.test(phone)) return refused('phone');
    const why = REFUSED[tail];
    if (why !== undefined) return refused(why);
    const digest = createHash('sha256').update(cardNumber).digest('hex');
    const known = this.#bound.get(digest);
    if (known !== undefined) return { kind: 'card', status: 'bound', card: known };
    const bank = BANKS[Number(cardNumber.slice(0, 6)) % BANKS.length]!;
    const bindId = `bind-${randomBytes(8).toString('hex')}`;
    // One code is out at a time, as with a bank's text messages.
    this.#awaiting.clear();
    this.#awaiting.set(bindId, { digest, card: { token: `card-${randomBytes(8).toString('hex')}`, bank, tail } });
    return { kind: 'card', status: 'code_sent', bindId };
  }

  verify(bindId: string, code: string, nowMs: number): CardResult {
    if (nowMs < this.#lockedUntilMs) return this.#locked();
    const awaited = this.#awaiting.get(bindId);
    if (awaited === undefined) return refused('card');
    if (code !== RIGHT_CODE) {
      this.#wrong += 1;
      return this.#wrong >= WRONG_CODES ? this.#lock(nowMs) : refused('code');
    }
    this.#wrong = 0;
    this.#awaiting.clear();
    this.#bound.set(awaited.digest, awaited.card);
    return { kind: 'card', status: 'bound', card: awaited.card };
  }

  #lock(nowMs: number): CardResult {
    this.#lockedUntilMs = nowMs + LOCK_MS;
    this.#wrong = 0;
    return this.#locked();
  }

  #locked(): CardResult {
    return { kind: 'card', status: 'locked', untilMs: this.#lockedUntilMs };
  }
}

function refused(why: Refusal): CardResult {
  return { kind: 'card', status: 'refused', why };
}
