/**
 * Learns how alike funders judge: the spread sigma of the borrower's latent quality, from what funders answered to people whom others
 * had declined. The larger sigma, the fewer of them are approved. In: one answer at a time. Out: a state of plain numbers, and sigma.
 * What a better likelihood model explains is no longer latent, so sigma falls as the model improves.
 */
import { LATENT_SIGMA, afterDeclines, latentFromPriors } from './latent.ts';

/** The values of sigma that are compared, log-odds. */
export const SIGMAS: readonly number[] = Array.from({ length: 17 }, (_, index) => index / 4);
/** Spread of what was believed of sigma before anything was seen; so wide that some two hundred answers outweigh it. */
const PRIOR_SPREAD = 1;
/** Answers after which one counts half. */
const HALF_LIFE = 20_000;
/** Published in steps, so that plans of one hour are planned alike. */
const STEP = 0.05;

/** Plain data, to be saved as it is. */
export interface LatentSpread {
  /** Answers learnt. */
  readonly seen: number;
  /** Log-likelihood of what was seen for each of `SIGMAS`, faded. */
  readonly evidence: readonly number[];
}

/** One answer of a funder that was asked after declines of the same application. Likelihoods as before any decline (`PlanStep.prior`). */
export interface AfterDeclines {
  readonly declined: readonly number[];
  readonly asked: number;
  readonly approved: boolean;
}

export function emptySpread(): LatentSpread {
  return { seen: 0, evidence: SIGMAS.map(() => 0) };
}

/** The state after one more answer; the same state when nobody had declined before, which says nothing of sigma. */
export function learnSpread(state: LatentSpread, { declined, asked, approved }: AfterDeclines): LatentSpread {
  if (declined.length === 0) return state;
  const kept = 2 ** (-1 / HALF_LIFE);
  const evidence = SIGMAS.map((sigma, index) => {
    const p = afterDeclines(asked, latentFromPriors(declined, sigma));
    return kept * state.evidence[index]! + Math.log(Math.max(1e-9, approved ? p : 1 - p));
  });
  return { seen: state.seen + 1, evidence };
}

/** The posterior mean of sigma, in steps of 0.05; `LATENT_SIGMA` when nothing was seen. */
export function sigmaOf({ seen, evidence }: LatentSpread): number {
  if (seen === 0) return LATENT_SIGMA;
  const scores = SIGMAS.map((sigma, index) => evidence[index]! - 0.5 * ((sigma - LATENT_SIGMA) / PRIOR_SPREAD) ** 2);
  const best = Math.max(...scores);
  let [total, mean] = [0, 0];
  SIGMAS.forEach((sigma, index) => {
    const weight = Math.exp(scores[index]! - best);
    total += weight;
    mean += weight * sigma;
  });
  return Number((Math.round(mean / total / STEP) * STEP).toFixed(2));
}
