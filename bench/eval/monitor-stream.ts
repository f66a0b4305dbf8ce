/**
 * Made-up traffic for judging monitors: channels with their own mix of bands, a quality that no feature shows, funders of different strictness, a
 * likelihood model that learns as it goes. In: a seed and what happens when. Out: the events a feed would carry, and the truth beside them.
 */
import type { ChangeEvent } from '../../src/analytics/change-observations.ts';
import { generator } from '../../src/routing/draw.ts';

/** What differs from the quiet from some application on. */
export interface Turn {
  /** Log-odds of an approval at funder 0. */
  readonly funder?: number;
  /** The same at funder 0, for the people of one channel alone. */
  readonly funderChannel?: { readonly channel: string; readonly shift: number };
  /** Share of the weak channel, times. */
  readonly weak?: number;
  /** Log-odds by which everybody who comes is worse, at every funder and unseen. */
  readonly hidden?: number;
  /** What funder 0 grants, times. */
  readonly limits?: number;
  /** How long funder 0 takes, times. */
  readonly latency?: number;
}

/** One attempt with its truth. */
export interface Attempt {
  readonly funder: number;
  readonly approved: boolean;
  /** Likelihood had nothing turned, and as it is. */
  readonly calm: number;
  readonly live: number;
  /** What the learning model said. */
  readonly said: number;
  readonly events: readonly ChangeEvent[];
}

export const FUNDERS = 3;
const BANDS = ['prime', 'good', 'fair', 'low', 'thin'] as const;
const BAND_EFFECT = [1.4, 0.8, 0.1, -0.7, -1.6];
const CHANNELS = [
  { id: 'own', share: 0.3, effect: 0.25, bands: [0.2, 0.3, 0.3, 0.15, 0.05] },
  { id: 'ads', share: 0.3, effect: 0, bands: [0.1, 0.25, 0.35, 0.2, 0.1] },
  { id: 'partner', share: 0.2, effect: -0.1, bands: [0.1, 0.2, 0.3, 0.25, 0.15] },
  { id: 'weak', share: 0.2, effect: -1.2, bands: [0.03, 0.12, 0.3, 0.3, 0.25] },
] as const;
const STRICT = [0, -0.3, 0.4];
const HIDDEN = 0.6;
const ASKED_FEN = [300_000, 800_000, 1_500_000, 3_000_000, 8_000_000];
const GRANTED = [0.95, 0.9, 0.8, 0.65, 0.5];
const PER_DAY = 3_000;
const DAY_MS = 86_400_000;
/** Wobble of the channels' shares from day to day, log scale. */
const WOBBLE = 0.12;
const SECOND_TRY = 0.4;
const ERRORS = 0.004;
/** The level at which funder 0 approves a fifth of the quiet traffic; see `levelFor`. */
export const LEVEL = levelFor(0.2);

/** The log-odds at which funder 0 approves this share of the quiet first attempts. */
export function levelFor(rate: number): number {
  let [low, high] = [-8, 4];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (rateAt(middle) < rate) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function rateAt(level: number): number {
  let sum = 0;
  for (const { share, effect, bands } of CHANNELS) {
    for (const [band, part] of bands.entries()) {
      for (let node = -30; node <= 30; node += 1) {
        const z = node / 10;
        sum += ((share * part * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI) / 10) * sigmoid(level + effect + BAND_EFFECT[band]! + HIDDEN * z);
      }
    }
  }
  return sum;
}

interface Person {
  readonly channel: number;
  readonly band: number;
  readonly z: number;
  readonly size: number;
}

export class Stream {
  readonly #next: () => number;
  readonly #model = Array.from({ length: FUNDERS }, () => ({ mean: LEVEL, variance: 0.3 }));
  #wobble = CHANNELS.map(() => 0);
  #turn: Turn = {};
  #count = 0;

  constructor(seed: number) {
    this.#next = generator(seed, 'monitor');
  }

  turn(turn: Turn): void {
    this.#turn = turn;
  }

  /** The attempts of the next application: one, or two when the first funder declined. */
  next(): readonly Attempt[] {
    if (this.#count % PER_DAY === 0) this.#wobble = this.#wobble.map((at) => 0.7 * at + WOBBLE * this.#normal());
    this.#count += 1;
    const person = this.#person();
    const funder = Math.floor(this.#next() * FUNDERS);
    const first = this.#ask(person, funder, false);
    if (first.approved || this.#next() > SECOND_TRY) return [first];
    return [first, this.#ask(person, (funder + 1 + Math.floor(this.#next() * (FUNDERS - 1))) % FUNDERS, true)];
  }

  #person(): Person {
    const shares = CHANNELS.map(({ id, share }, at) => share * Math.exp(this.#wobble[at]!) * (id === 'weak' ? weakFactor(this.#turn.weak ?? 1) : 1));
    const channel = this.#pick(shares);
    return { channel, band: this.#pick(CHANNELS[channel]!.bands), z: this.#normal(), size: Math.floor(this.#next() * ASKED_FEN.length) };
  }

  #ask({ channel, band, z, size }: Person, funder: number, again: boolean): Attempt {
    const turn = this.#turn;
    const { id, effect } = CHANNELS[channel]!;
    const calmLogOdds = LEVEL + STRICT[funder]! + effect + BAND_EFFECT[band]! + HIDDEN * z;
    const own = funder === 0 ? (turn.funder ?? 0) + (turn.funderChannel?.channel === id ? turn.funderChannel.shift : 0) : 0;
    const live = sigmoid(calmLogOdds + (turn.hidden ?? 0) + own);
    const approved = this.#next() < live;
    const prior = this.#learn(funder, band, approved);
    const mean = again ? sigmoid(logit(prior) - 0.25) : prior;
    const common = { funder_id: `fnd_${funder}`, band: BANDS[band]! };
    const atMs = Math.floor((this.#count / PER_DAY) * DAY_MS);
    const event = (type: string, data: object): ChangeEvent => ({ type, channelId: id, atMs, data: { ...common, ...data } });
    const events = [event('attempt.submitted', {})];
    if (this.#next() < ERRORS) events.push(event('attempt.unknown', {}));
    const latency_ms = Math.round(240_000 * Math.exp(0.7 * this.#normal()) * (funder === 0 ? (turn.latency ?? 1) : 1));
    const ppm = { prior_ppm: Math.round(prior * 1e6), mean_ppm: Math.round(mean * 1e6), latency_ms };
    events.push(event(approved ? 'attempt.approved' : 'attempt.declined', ppm));
    if (approved) {
      const share = Math.min(1, Math.max(0.1, GRANTED[size]! * Math.exp(0.2 * this.#normal()))) * (funder === 0 ? (turn.limits ?? 1) : 1);
      events.push(event('offer.created', { amount_fen: Math.round(ASKED_FEN[size]! * share), asked_fen: ASKED_FEN[size]! }));
    }
    return { funder, approved, calm: sigmoid(calmLogOdds + (turn.hidden ?? 0)), live, said: mean, events };
  }

  /** A Kalman step of the funder's level, forgetting as the product's model does; returns what was said before. */
  #learn(funder: number, band: number, approved: boolean): number {
    const model = this.#model[funder]!;
    const said = sigmoid(model.mean + BAND_EFFECT[band]!);
    model.variance = 1 / (1 / model.variance + said * (1 - said));
    model.mean += model.variance * ((approved ? 1 : 0) - said);
    model.variance += 0.0003;
    return said;
  }

  #pick(shares: readonly number[]): number {
    let left = this.#next() * shares.reduce((sum, share) => sum + share, 0);
    const at = shares.findIndex((share) => (left -= share) < 0);
    return at < 0 ? shares.length - 1 : at;
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(this.#next())) * Math.cos(2 * Math.PI * this.#next());
  }
}

/** Weight that brings the weak channel's share to `times` what it was. */
function weakFactor(times: number): number {
  const share = CHANNELS.find(({ id }) => id === 'weak')!.share;
  return (times * (1 - share)) / (1 - times * share);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
