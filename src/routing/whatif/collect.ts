import { BANDS, bandOf } from '../band.ts';
import { betaMean } from '../beta.ts';
import type { Policy } from '../../domain/policy.ts';
import { APPROVED, type Cases, DECLINED, MODELLED, REFUSED } from './columns.ts';
import type { FunderIndex } from './funder-index.ts';
import type { StoredCase } from './stored-case.ts';
import { walk, type Funders, type Stop } from './walk.ts';

const CODE = { approved: APPROVED, declined: DECLINED, no: REFUSED, open: MODELLED } as const;
const CERTAIN = 1e-6;
const MOST_BYTE = 255;
/** A likelihood that knows nothing at all is anywhere between 1% and 99%. */
const MOST_DOUBT = 4;

export interface Policies {
  readonly active: Policy;
  readonly candidate: Policy;
}

/** Walks one application through both policies and keeps what valuing it needs. */
export function collect(cases: Cases, stored: StoredCase, policies: Policies, funders: Funders, index: FunderIndex): void {
  const { inputs, attempts } = stored;
  const waves = (attempts.at(-1)?.wave ?? -1) + 1;
  const band = BANDS.indexOf(bandOf(inputs.facts));
  noteDoubt(cases, stored, index, band);
  cases.borrower.push(hashOf(stored.borrowerId));
  cases.band.push(band);
  cases.amount.push(inputs.facts.amount_fen);
  cases.stayed.push(Math.min(MOST_BYTE, Math.max(0, waves - 1)));
  cases.left.push(stored.left && waves > 0 ? 1 : 0);
  cases.starts.push(cases.funder.length);
  keepLog(cases, stored, index);
  [policies.active, policies.candidate].forEach((policy, at) => {
    const way = at === 1 && policies.candidate === policies.active ? null : walk(stored, policy, funders);
    cases.starts.push(cases.funder.length);
    // One and the same policy goes the same way: kept twice, walked once.
    if (way === null) repeatActive(cases);
    else for (const stop of way.stops) keep(cases, index.of.get(stop.funderId)!, stop, CODE[stop.answer ?? 'open']);
    cases.steering[at]!.push(way === null ? cases.steering[0].at(cases.count - 1) : way.steering);
  });
}

/** The log-odds of a Beta vary by about 1 / alpha + 1 / beta. */
function noteDoubt(cases: Cases, { inputs }: StoredCase, index: FunderIndex, band: number): void {
  for (const { funderId, likelihood } of inputs.funders) {
    const funder = index.of.get(funderId);
    if (funder === undefined) continue;
    const cell = funder * BANDS.length + band;
    cases.doubt[cell]! += Math.min(MOST_DOUBT, 1 / likelihood.alpha + 1 / likelihood.beta);
    cases.doubted[cell]! += 1;
  }
}

function keepLog(cases: Cases, { inputs, attempts }: StoredCase, index: FunderIndex): void {
  const priors = new Map(inputs.funders.map((state) => [state.funderId, state.likelihood]));
  attempts.forEach((attempt, at) => {
    const funder = index.of.get(attempt.funderId);
    const likelihood = priors.get(attempt.funderId);
    // One that is no longer on the desk cannot be asked by either policy, and teaches nothing about those that can.
    if (funder === undefined || likelihood === undefined) return;
    const together = at > 0 && attempts[at - 1]!.wave === attempt.wave;
    keep(cases, funder, { prior: betaMean(likelihood), together, stays: true, counts: attempt.submitted }, CODE[attempt.answer]);
  });
}

function keep(cases: Cases, funder: number, stop: Pick<Stop, 'prior' | 'together' | 'stays' | 'counts'>, answer: number): void {
  cases.funder.push(funder);
  cases.logit.push(logOdds(stop.prior));
  cases.answer.push(answer);
  cases.together.push(stop.together ? 1 : 0);
  cases.stays.push(stop.stays ? 1 : 0);
  cases.counts.push(stop.counts ? 1 : 0);
}

function repeatActive(cases: Cases): void {
  const [from, to] = [cases.starts.at(cases.starts.length - 2), cases.funder.length];
  for (let at = from; at < to; at += 1)
    for (const column of [cases.funder, cases.logit, cases.answer, cases.together, cases.stays, cases.counts]) column.push(column.at(at));
}

/** Kept away from certainty. */
export function logOdds(likelihood: number): number {
  const p = Math.min(1 - CERTAIN, Math.max(CERTAIN, likelihood));
  return Math.log(p / (1 - p));
}

/** FNV-1a, then mixed: 32 bits in which two of a hundred thousand borrowers seldom meet, and nothing is lost when they do. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
