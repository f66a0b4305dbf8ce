/**
 * The faulty virtual network. Messages are refused, dropped, delayed (and so reordered), delivered twice, corrupted, cut off from one host for
 * a while, and their replies lost. What the sender is told fits what can be known: `refused` only when certainly nothing left.
 */
import type { OutboundRequest, OutboundResponse, SendOutcome } from '../../src/ports/transport.ts';
import type { Dice } from './dice.ts';
import { CALM, type Noise } from './setting.ts';
import type { Owner, Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** A host that answers the service. */
export interface Peer {
  readonly host: string;
  answer(request: OutboundRequest): OutboundResponse;
  /** How many copies of this message are on the way now. */
  onWay?(request: OutboundRequest, change: 1 | -1): void;
  /** Whether bytes may be changed on the way: only where the protocol would notice. */
  readonly corruptible: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export class Network {
  noise: Noise;
  /** Messages on the way, to peers and from outside. */
  travelling = 0;
  /** Calls from outside that have not ended. */
  calling = 0;
  readonly #timeline: Timeline;
  readonly #dice: Dice;
  readonly #trace: Trace;
  readonly #cutOff = new Map<string, number>();
  readonly #awaited = new WeakMap<Owner, number>();

  constructor(timeline: Timeline, dice: Dice, trace: Trace, noise: Noise) {
    this.#timeline = timeline;
    this.#dice = dice;
    this.#trace = trace;
    this.noise = noise;
  }

  /** Nothing from or to this host for so long. */
  cutOff(host: string, ms: number): void {
    this.#trace.add(this.#timeline.nowMs, 'cut off', `${host} ${ms}`);
    this.#cutOff.set(host, this.#timeline.nowMs + ms);
  }

  heal(): void {
    this.noise = CALM;
    this.#cutOff.clear();
  }

  /** True when nothing is on the way and `owner` waits for no reply. */
  isQuiet(owner: Owner): boolean {
    return this.travelling === 0 && this.calling === 0 && (this.#awaited.get(owner) ?? 0) === 0;
  }

  /** From the service to a peer. What comes back is told to `owner` alone, and to nobody once that has died. */
  send(owner: Owner, request: OutboundRequest, timeoutMs: number, peer: Peer): Promise<SendOutcome> {
    const { noise } = this;
    const dice = this.#dice;
    this.#await(owner, 1);
    return new Promise((resolve) => {
      let ended = false;
      const startedMs = this.#timeline.nowMs;
      const tell = (delayMs: number, outcome: SendOutcome): void =>
        void this.#timeline.after(
          Math.min(delayMs, startedMs + timeoutMs - this.#timeline.nowMs),
          () => {
            if (ended) return;
            ended = true;
            this.#await(owner, -1);
            resolve(outcome);
          },
          owner,
        );
      tell(timeoutMs, LOST_TIMEOUT);
      const severed = this.#isCutOff(peer.host);
      if (severed ? dice.chance(0.5) : dice.chance(noise.refused)) return tell(dice.int(50), REFUSED);
      const lost = severed || dice.chance(noise.dropped);
      if (lost) return dice.chance(0.4) ? tell(dice.int(timeoutMs), LOST_RESET) : undefined;
      const corrupted = peer.corruptible && dice.chance(noise.corrupted);
      this.#travel(
        peer,
        request,
        (arrived) => {
          const response = peer.answer(arrived);
          if (this.#isCutOff(peer.host) || dice.chance(noise.replyLost)) return dice.chance(0.5) ? tell(dice.int(500), LOST_RESET) : undefined;
          const bad = corrupted || (peer.corruptible && dice.chance(noise.corrupted));
          return tell(this.#delay(), { kind: 'response', response: bad ? corruptResponse(response, dice) : response });
        },
        corrupted && dice.chance(0.5),
      );
      // The copy's reply finds nobody who waits for it. A copy of what came garbled would be understood, and the refusal we were told a lie.
      if (!corrupted && dice.chance(noise.repeated)) this.#travel(peer, request, (arrived) => void peer.answer(arrived), false);
    });
  }

  /** From outside to the service, which may be down. Null: no reply came, and nobody knows whether it was heard. */
  call(from: string, receive: () => Promise<Reply | null>, timeoutMs: number): Promise<Reply | null> {
    const dice = this.#dice;
    const { noise } = this;
    this.calling += 1;
    return new Promise((resolve) => {
      let ended = false;
      const tell = (delayMs: number, reply: Reply | null): void =>
        void this.#timeline.after(delayMs, () => {
          if (ended) return;
          ended = true;
          this.calling -= 1;
          resolve(reply);
        });
      tell(timeoutMs, null);
      if (this.#isCutOff(from) || dice.chance(noise.dropped)) return;
      this.#arrive(receive, (reply) => {
        if (!this.#isCutOff(from) && !dice.chance(noise.replyLost)) tell(this.#delay(), reply);
      });
      if (dice.chance(noise.repeated)) this.#arrive(receive, () => undefined);
    });
  }

  #await(owner: Owner, change: 1 | -1): void {
    this.#awaited.set(owner, (this.#awaited.get(owner) ?? 0) + change);
  }

  #arrive(receive: () => Promise<Reply | null>, then: (reply: Reply | null) => void): void {
    this.travelling += 1;
    this.#timeline.after(this.#delay(), () => {
      this.travelling -= 1;
      void receive().then(then);
    });
  }

  #travel(peer: Peer, request: OutboundRequest, arrive: (request: OutboundRequest) => void, corrupted: boolean): void {
    this.travelling += 1;
    peer.onWay?.(request, 1);
    this.#timeline.after(this.#delay(), () => {
      this.travelling -= 1;
      peer.onWay?.(request, -1);
      arrive(corrupted ? { ...request, body: corruptText(String(request.body), this.#dice) } : request);
    });
  }

  #delay(): number {
    const { noise } = this;
    return this.#dice.chance(noise.slow) ? this.#dice.between(...noise.slowMs) : this.#dice.between(...noise.delayMs);
  }

  #isCutOff(host: string): boolean {
    return (this.#cutOff.get(host) ?? 0) > this.#timeline.nowMs;
  }
}

const REFUSED: SendOutcome = { kind: 'refused', why: 'connect' };
const LOST_TIMEOUT: SendOutcome = { kind: 'lost', why: 'timeout' };
const LOST_RESET: SendOutcome = { kind: 'lost', why: 'reset' };

/** An outcome in one line, for the trace. */
export function toldOf(outcome: SendOutcome): string {
  return outcome.kind === 'response'
    ? `${outcome.response.status} ${new TextDecoder().decode(outcome.response.body)}`
    : `${outcome.kind} ${outcome.why}`;
}

function corruptText(text: string, dice: Dice): string {
  const at = dice.int(text.length);
  return `${text.slice(0, at)}${dice.pick(['\u0000', '9', 'x', ''])}${text.slice(at + 1)}`;
}

function corruptResponse(response: OutboundResponse, dice: Dice): OutboundResponse {
  const text = new TextDecoder().decode(response.body);
  return dice.chance(0.3)
    ? { status: 200, headers: {}, body: new Uint8Array(0) }
    : { ...response, body: new TextEncoder().encode(corruptText(text, dice)) };
}
