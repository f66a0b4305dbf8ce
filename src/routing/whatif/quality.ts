/**
 * One borrower before several funders (src/routing/latent.ts), with what the calculus needs: the likelihood of the next answer given those before
 * it, of either kind, and how it moves with each funder's likelihood and with the spread of the quality.
 */
import { POINTS, PRIOR, STEPS, offsetOf } from '../latent.ts';

/** A funder as one borrower meets it. */
export interface Judge {
  /** Approval at each point of the quality. */
  readonly approval: Float64Array;
  /** What the offset gives way by when the log-odds of the likelihood, or the spread, grow. */
  readonly byLogit: number;
  readonly bySigma: number;
}

/** The likelihood of an approval, and its derivatives. */
export interface Prospect {
  readonly p: number;
  /** In the log-odds of its own likelihood. */
  readonly own: number;
  /** In those of each judge before it. */
  readonly before: readonly number[];
  readonly sigma: number;
}

/** `logit`: log-odds of the likelihood before anybody said anything. */
export function judge(logit: number, sigma: number): Judge {
  const likelihood = 1 / (1 + Math.exp(-logit));
  const offset = offsetOf(likelihood, sigma);
  const approval = new Float64Array(POINTS);
  let [steep, tilt] = [0, 0];
  for (let at = 0; at < POINTS; at += 1) {
    approval[at] = 1 / (1 + Math.exp(-offset - sigma * STEPS[at]!));
    const part = PRIOR[at]! * approval[at]! * (1 - approval[at]!);
    steep += part;
    tilt += part * STEPS[at]!;
  }
  return { approval, byLogit: (likelihood * (1 - likelihood)) / steep, bySigma: -tilt / steep };
}

/** What is believed of the borrower after some answers. */
export class Belief {
  #weights: Float64Array = PRIOR;
  #taken = 0;
  readonly #judges: Judge[] = [];
  readonly #said: boolean[] = [];

  learn(by: Judge, approved: boolean): void {
    this.#judges.push(by);
    this.#said.push(approved);
  }

  /** The last answer of a borrower is asked nothing more of, so answers are taken in only when somebody wants to know. */
  #takenIn(): Float64Array {
    for (; this.#taken < this.#judges.length; this.#taken += 1) {
      const { approval } = this.#judges[this.#taken]!;
      const approved = this.#said[this.#taken]!;
      const weights = new Float64Array(POINTS);
      let total = 0;
      for (let at = 0; at < POINTS; at += 1) total += weights[at] = this.#weights[at]! * (approved ? approval[at]! : 1 - approval[at]!);
      for (let at = 0; at < POINTS; at += 1) weights[at]! /= total;
      this.#weights = weights;
    }
    return this.#weights;
  }

  next({ approval, byLogit, bySigma }: Judge): Prospect {
    const weights = this.#takenIn();
    let [p, steep, sigma] = [0, 0, 0];
    for (let at = 0; at < POINTS; at += 1) {
      const part = weights[at]! * approval[at]!;
      const slope = part * (1 - approval[at]!);
      p += part;
      steep += slope;
      sigma += slope * (STEPS[at]! + bySigma);
    }
    const before = this.#judges.map((one, place) => {
      const said = this.#said[place] ? 1 : 0;
      // Covariance, under what is believed, of this approval with the surprise of that answer.
      let [pull, tilt] = [0, 0];
      for (let at = 0; at < POINTS; at += 1) {
        const part = weights[at]! * (approval[at]! - p) * (said - one.approval[at]!);
        pull += part;
        tilt += part * (STEPS[at]! + one.bySigma);
      }
      sigma += tilt;
      return pull * one.byLogit;
    });
    return { p, own: steep * byLogit, before, sigma };
  }
}
