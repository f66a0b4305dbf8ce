/** Columns of numbers that grow: what a simulation keeps of each application, a few dozen bytes, so that a hundred thousand fit into as many pages. */

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array;
const FIRST = 1_024;

class Column<A extends Numbers> {
  #values: A;
  #length = 0;
  readonly #make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.#make = make;
    this.#values = make(FIRST);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#make(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  at(index: number): number {
    return this.#values[index]!;
  }
}

const bytes = () => new Column((length) => new Uint8Array(length));
const words = () => new Column((length) => new Uint16Array(length));
const longs = () => new Column((length) => new Uint32Array(length));
const floats = () => new Column((length) => new Float32Array(length));

/** What the log says of a stop. */
export const MODELLED = 0;
export const DECLINED = 1;
export const APPROVED = 2;
export const REFUSED = 3;

/** Stops of three ways of each application: as logged, by the policy in force, by the candidate. 10 bytes a stop and 31 an application. */
export class Cases {
  readonly borrower = longs();
  readonly band = bytes();
  readonly amount = floats();
  /** Times the borrower is known to have stayed after a refusal, and whether they then left. */
  readonly stayed = bytes();
  readonly left = bytes();
  readonly steering = [floats(), floats()] as const;
  /** Where each way begins among the stops: three for each application, then the end. */
  readonly starts = longs();
  readonly funder = words();
  /** Log-odds of the stored likelihood. */
  readonly logit = floats();
  readonly answer = bytes();
  readonly together = bytes();
  readonly stays = bytes();
  readonly counts = bytes();

  /** By funder and band: how unsure the stored likelihoods were of themselves (variance of the log-odds), summed, and over how many. */
  readonly doubt: Float64Array;
  readonly doubted: Float64Array;

  constructor(cells: number) {
    this.doubt = new Float64Array(cells);
    this.doubted = new Float64Array(cells);
  }

  get count(): number {
    return this.borrower.length;
  }

  /** First stop of a way of an application, and the one after its last. `way`: 0 logged, 1 active, 2 candidate. */
  from(index: number, way: number): number {
    return this.starts.at(3 * index + way);
  }

  to(index: number, way: number): number {
    const next = 3 * index + way + 1;
    return next < this.starts.length ? this.starts.at(next) : this.funder.length;
  }
}
