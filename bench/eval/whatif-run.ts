/** One run of the honesty test: a market, its log, the truth, and what three methods say of it. */
import type { Comparison, Estimate } from '../../src/domain/simulation.ts';
import { hashOf } from '../../src/routing/whatif/collect.ts';
import { quantile } from '../../src/routing/whatif/summarise.ts';
import { drawnTimes } from '../../src/routing/whatif/weights.ts';
import { resultOf, whatIf } from '../../src/routing/whatif/whatif.ts';
import { walk } from '../../src/routing/whatif/walk.ts';
import { TRUTH_DRAWS, drawLog, drawMarket, truthOf, type Log, type Market } from './whatif-market.ts';
import { afterDeclines, latentAfterDeclines } from '../../src/routing/latent.ts';

const REPLICATES = 200;

export interface Verdict {
  readonly estimate: Estimate;
  readonly truth: number;
}
interface Verdicts {
  readonly ours: Verdict;
  /** Believes the stored likelihoods, and draws applications anew. */
  readonly naive: Verdict;
  /** Null where it was refused. */
  readonly doubly_robust: Verdict | null;
}
export interface Run {
  readonly approvals: Verdicts;
  readonly revenue_fen: Verdicts;
  /** Share of the funders asked by the candidate whose answer was in the log. */
  readonly observed: number;
}

/** `draws`: see `TRUTH_DRAWS`; fewer are quicker and blur the truth. `second`: whether the doubly robust figure is wanted, which takes half of the time. */
export function playRun(seed: number, applications: number, { draws = TRUTH_DRAWS, second = true } = {}): Run {
  const market = drawMarket(seed);
  const log = drawLog(market, applications, seed);
  const { active, candidate, funders } = market;
  const logged = { policy: second ? active : { ...active, exploration_share: 0 }, funders };
  const simulation = whatIf({ active, candidate, funders, loggedBy: () => logged, replicates: REPLICATES, seed });
  for (const one of log.cases) simulation.add(one);
  const result = resultOf(simulation);
  const truth = difference(truthOf(market, log, candidate, draws), truthOf(market, log, active, draws));
  const believed = naive(market, log, seed);
  const of = (key: 'approvals' | 'revenue_fen'): Verdicts => ({
    ours: { estimate: result.difference[key], truth: truth[key] },
    naive: { estimate: believed[key], truth: truth[key] },
    doubly_robust: robust(result, key, truth[key]),
  });
  return { approvals: of('approvals'), revenue_fen: of('revenue_fen'), observed: result.candidate.observed.asked };
}

interface Pair {
  readonly approvals: number;
  readonly revenue_fen: number;
}

function difference(left: Pair, right: Pair): Pair {
  return { approvals: left.approvals - right.approvals, revenue_fen: left.revenue_fen - right.revenue_fen };
}

function robust({ doubly_robust: given }: Comparison, key: keyof Pair, truth: number): Verdict | null {
  return 'refused' in given ? null : { estimate: given[key], truth };
}

function naive(market: Market, log: Log, seed: number): Record<keyof Pair, Estimate> {
  const lines = log.cases.map((stored) => {
    const [candidate, active] = [market.candidate, market.active].map((policy): Pair => {
      const { stops } = walk({ ...stored, attempts: [], left: false }, policy, market.funders);
      const declined: number[] = [];
      let [approvals, revenue, reach] = [0, 0, 1];
      for (const { funderId, prior } of stops) {
        const p = afterDeclines(prior, latentAfterDeclines(declined));
        declined.push(p);
        const { terms } = market.funders.get(funderId)!;
        approvals += reach * p;
        revenue += reach * p * (terms.cpa_fen + (terms.cps_bps * stored.inputs.facts.amount_fen) / 10_000);
        reach *= (1 - p) * policy.patience;
      }
      return { approvals, revenue_fen: revenue };
    });
    return { borrower: hashOf(stored.borrowerId), ...difference(candidate!, active!) };
  });
  const mean = (key: keyof Pair, replicate: number | null): number => {
    let [weight, sum] = [0, 0];
    for (const line of lines) {
      const times = replicate === null ? 1 : drawnTimes(line.borrower, replicate, seed);
      weight += times;
      sum += times * line[key];
    }
    return sum / weight;
  };
  const estimate = (key: keyof Pair): Estimate => {
    const drawn = Array.from({ length: REPLICATES }, (_, replicate) => mean(key, replicate)).toSorted((left, right) => left - right);
    return { value: mean(key, null), low: quantile(drawn, 0.05), high: quantile(drawn, 0.95) };
  };
  return { approvals: estimate('approvals'), revenue_fen: estimate('revenue_fen') };
}
