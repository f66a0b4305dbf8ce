/** How a simulated funder misbehaves on demand: a share of its calls or the next few, the same ones each time for the same seed. */
import { uniformOf } from './quality.ts';

/** `share` of all, 0 to 1, or the `next` so many. */
export type Dose = { readonly share: number } | { readonly next: number };
export interface Faults {
  /** The reply comes late. */
  readonly slow?: Dose & { readonly ms: number };
  /** The call has its effect, and the connection is cut before the reply. */
  readonly drop?: Dose;
  /** The call has its effect, and the reply is rubbish. */
  readonly garbage?: Dose;
  /** A callback is sent twice, in the same bytes. */
  readonly duplicate?: Dose;
  /** A callback that is not taken is never repeated. */
  readonly oneShot?: Dose;
}
export type FaultName = keyof Faults;

export class FaultPlan {
  readonly #seed: number;
  #faults: Faults = {};
  readonly #asked = new Map<FaultName, number>();

  constructor(seed: number, faults: Faults = {}) {
    this.#seed = seed;
    this.set(faults);
  }

  /** Replaces what was set before. Throws on a share outside 0 to 1, a count that is not whole, or a time below 0. */
  set(faults: Faults): void {
    for (const [name, dose] of Object.entries(faults) as [FaultName, Dose][]) {
      const { ms = 0 } = dose as { ms?: number };
      const good = 'share' in dose ? dose.share >= 0 && dose.share <= 1 : Number.isSafeInteger(dose.next) && dose.next >= 0;
      if (!good || !(ms >= 0)) throw new Error(`fault ${name}: a share from 0 to 1 or the next so many, and milliseconds of at least 0`);
    }
    this.#faults = faults;
    this.#asked.clear();
  }

  /** Whether this one is hit; asked once for each. */
  hits(name: FaultName): boolean {
    const dose: Dose | undefined = this.#faults[name];
    if (dose === undefined) return false;
    const asked = this.#asked.get(name) ?? 0;
    this.#asked.set(name, asked + 1);
    return 'share' in dose ? uniformOf(`${this.#seed}:fault:${name}:${asked}`) < dose.share : asked < dose.next;
  }

  /** How much longer this reply takes, milliseconds. */
  slowMs(): number {
    return this.hits('slow') ? this.#faults.slow!.ms : 0;
  }
}
