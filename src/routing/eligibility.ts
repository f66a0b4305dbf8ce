import type { Facts } from '../domain/applicant.ts';
import type { Funder } from '../domain/funder.ts';
import type { Exclusion, ExclusionCode, FunderState } from '../domain/plan.ts';
import { judgeRule } from '../domain/rules.ts';
import { localTime } from './local-time.ts';

/** What eligibility needs beside the funder and its state; the same for every funder of a plan. */
export interface Situation {
  readonly nowMs: number;
  readonly facts: Facts;
  /** Legal entities that already hold this borrower's data. */
  readonly exposed: ReadonlySet<string>;
  /** Most distinct legal entities that may. */
  readonly maxRecipients: number;
  /** Cap on annual cost by funder type, basis points. */
  readonly maxAprBps: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;

/**
 * Why a funder cannot be tried for this application now, or null when it can. The first reason found, in the order: what the desk decided,
 * what the product asks for, the operators' rule, what this borrower's history forbids, what is used up.
 * Never throws: a rule that cannot be evaluated and a time zone that does not exist leave the funder out with their reason.
 */
export function exclusionOf(funder: Funder, state: FunderState, situation: Situation): Exclusion | null {
  return desk(funder, situation) ?? product(funder, situation.facts) ?? rule(funder, situation.facts) ?? history(funder, state, situation);
}

function desk(funder: Funder, { nowMs, maxAprBps }: Situation): Exclusion | null {
  if (funder.status === 'paused') return out(funder, 'paused', '');
  const local = localTime(nowMs, funder.time_zone);
  if (local === null) return out(funder, 'closed_hours', `no such time zone: ${funder.time_zone.slice(0, 40)}`);
  const { valid_from: from, valid_to: to } = funder.whitelist;
  if (local.date < from || local.date > to) return out(funder, 'off_whitelist', `${local.date} is not in ${from}..${to}`);
  const [opens, closes] = funder.hours;
  if (local.hour < opens || local.hour >= closes) return out(funder, 'closed_hours', `hour ${local.hour} is not in [${opens}, ${closes})`);
  const cap = maxAprBps[funder.funder_type];
  const quoted = funder.product.quoted_apr_bps;
  if (cap !== undefined && quoted > cap) return out(funder, 'cost_cap', `${quoted} bps > ${cap} bps`);
  return null;
}

function product(funder: Funder, facts: Facts): Exclusion | null {
  const wants = funder.product;
  const { amount_fen: amount, term_months: term, age, monthly_income_fen: income, region } = facts;
  if (amount < wants.min_amount_fen || amount > wants.max_amount_fen) {
    return out(funder, 'amount', `${amount} fen is not in ${wants.min_amount_fen}..${wants.max_amount_fen}`);
  }
  if (!wants.terms_months.includes(term)) return out(funder, 'term', `${term} months is not one of ${wants.terms_months.join(', ')}`);
  if (age < wants.min_age || age > wants.max_age) return out(funder, 'age', `${age} is not in ${wants.min_age}..${wants.max_age}`);
  if (income < wants.min_income_fen) return out(funder, 'income', `${income} fen < ${wants.min_income_fen}`);
  const banned = wants.excluded_regions.find((prefix) => region.startsWith(prefix));
  return banned === undefined ? null : out(funder, 'region', `${region} is in ${banned}`);
}

function rule(funder: Funder, facts: Facts): Exclusion | null {
  if (funder.rule === true) return null;
  const verdict = judgeRule(funder.rule, facts);
  if (verdict.kind === 'fault') return out(funder, 'rule', `could not be evaluated: ${verdict.fault}`);
  return verdict.holds ? null : out(funder, 'rule', 'does not hold');
}

function history(funder: Funder, state: FunderState, { nowMs, exposed, maxRecipients }: Situation): Exclusion | null {
  if (state.attempted) return out(funder, 'already_attempted', '');
  if (state.consentRefused) return out(funder, 'consent_refused', '');
  if (state.declinedAtMs !== null) {
    const days = (nowMs - state.declinedAtMs) / DAY_MS;
    if (days < funder.cooling_off_days) return out(funder, 'cooling_off', `declined ${Math.floor(days)} of ${funder.cooling_off_days} days ago`);
  }
  if (state.exhaustedCap !== null) return out(funder, 'cap', state.exhaustedCap);
  if (state.breakerOpen) return out(funder, 'breaker', '');
  if (exposed.size >= maxRecipients && !exposed.has(funder.legal_entity)) {
    return out(funder, 'exposure_budget', `${exposed.size} of ${maxRecipients} recipients used`);
  }
  return null;
}

function out(funder: Funder, code: ExclusionCode, detail: string): Exclusion {
  return { funderId: funder.id, code, detail };
}
