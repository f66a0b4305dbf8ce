/** How a simulated funder decides: by magic phone, or by the applicant's score against its threshold. Pure. */
import type { Magic } from './magic.ts';
import { equalInstalments } from './instalments.ts';
import type { Command, OfferTerms, OrderView, PrecheckVerdict, Result, Verdict } from './orders.ts';
import type { Personality } from './personalities.ts';
import { ageOf, latentQuality, scoreOf, uniformOf } from './quality.ts';

const MIN_AGE = 20;
const MAX_AGE = 60;
const OFFER_MS = 7 * 86_400_000;
const ROUND_TO_FEN = 10_000;
/** Prechecks turn away only those far below the threshold. */
const HOPELESS = 1.6;

type Submit = Extract<Command, { kind: 'submit' }>;
type Precheck = Extract<Command, { kind: 'precheck' }>;

/** The verdict on a submit, and whether it comes at once or later. */
export function underwrite(
  funder: Personality,
  submit: Submit,
  magic: Magic | null,
  seed: number,
  nowMs: number,
): { readonly verdict: Verdict; readonly later: boolean } {
  if (magic !== null) {
    const declines = magic === 'declines' || (magic === 'least_strict_only' && !funder.leastStrict);
    const later = magic === 'out_of_order' || magic === 'forged_first' || funder.decides === 'async';
    return { verdict: declines ? { why: 'credit' } : { offer: offerOf(funder, submit, submit.amountFen, nowMs) }, later };
  }
  const later = funder.decides === 'async';
  const age = ageOf(submit.person.idNumber, nowMs);
  if (age === null || age < MIN_AGE || age > MAX_AGE) return { verdict: { why: 'age' }, later };
  const margin = scoreOf(funder.id, submit.person, seed) - funder.threshold;
  const verdict = margin < 0 ? ({ why: 'credit' } as const) : { offer: offerOf(funder, submit, granted(funder, submit.amountFen, margin), nowMs) };
  return { verdict, later: later || (funder.decides === 'border' && Math.abs(margin) < 0.3) };
}

/** The verdict on a precheck, from a hash or a mask of the ID number. */
export function precheck(funder: Personality, command: Precheck, magic: Magic | null, seed: number, nowMs: number): PrecheckVerdict {
  if (magic !== null) return 'ok';
  const draw = uniformOf(`${seed}:${funder.id}:precheck:${command.idMd5 ?? command.idMask ?? ''}`);
  if (command.idMask !== null) {
    const age = ageOf(command.idMask, nowMs);
    if (age === null || age < MIN_AGE || age > MAX_AGE) return 'age';
    return draw < 0.02 ? 'existing' : draw < 0.04 ? 'history' : draw < 0.05 ? 'blacklist' : 'ok';
  }
  if (draw < 0.05) return draw < 0.02 ? 'existing' : draw < 0.04 ? 'recent' : 'blacklist';
  return command.idMd5 !== null && latentQuality(command.idMd5, seed) < funder.threshold - HOPELESS ? 'credit' : 'ok';
}

// Those who pass by little get less than they asked for: 60% at the threshold, all of it from one score above.
function granted(funder: Personality, askedFen: number, margin: number): number {
  const share = Math.min(1, 0.6 + 0.4 * margin);
  const fen = Math.floor((Math.min(askedFen, funder.maxAmountFen) * share) / ROUND_TO_FEN) * ROUND_TO_FEN;
  return Math.max(Math.min(funder.minAmountFen, askedFen), fen);
}

function offerOf(funder: Personality, submit: Submit, amountFen: number, nowMs: number): OfferTerms {
  const termMonths = funder.termsMonths.includes(submit.termMonths)
    ? submit.termMonths
    : (funder.termsMonths.findLast((months) => months <= submit.termMonths) ?? funder.termsMonths[0]!);
  const fee = funder.upfrontFee;
  return {
    amountFen,
    termMonths,
    aprBps: funder.aprBps,
    plan: equalInstalments(amountFen, termMonths, funder.aprBps),
    fee: fee === null ? null : { item: fee.item, payee: fee.payee, amountFen: Math.round((amountFen * fee.bps) / 10_000) },
    termsMonths: funder.termsMonths,
    expiresAtMs: nowMs + OFFER_MS,
  };
}

/** What the funder would pay for this applicant's approval, fen, in whole yuan; the same each time. */
export function bidOf(funder: Personality, command: Precheck, seed: number): number {
  return 100 * Math.floor(20 + 180 * uniformOf(`${seed}:${funder.id}:bid:${command.phone}:${command.idMd5 ?? command.idMask ?? ''}`));
}

/** `count` offers from one: other terms of the same product, each a little dearer than the one before. Their names are unique in the order. */
export function severalOffers(funder: Personality, offer: OfferTerms, count: number): NonNullable<OrderView['offers']> {
  return Array.from({ length: count }, (_, index) => {
    const termMonths = index === 0 ? offer.termMonths : funder.termsMonths[index % funder.termsMonths.length]!;
    const aprBps = offer.aprBps + 60 * index;
    return { ...offer, id: `o${index + 1}`, termMonths, aprBps, plan: equalInstalments(offer.amountFen, termMonths, aprBps) };
  });
}

/** What drawing would cost; refused where a draw would be. The fee goes with the amount. */
export function trialOf(offer: OfferTerms, amountFen: number, termMonths: number): Result {
  const why = refusalOf(offer, amountFen, termMonths);
  if (why !== null) return { kind: 'draw_refused', why };
  const fee = offer.fee === null ? null : { ...offer.fee, amountFen: Math.round((offer.fee.amountFen * amountFen) / offer.amountFen) };
  return { kind: 'trial', plan: planOf(offer, amountFen, termMonths), aprBps: offer.aprBps, fee };
}

/** Why this cannot be drawn on that offer, or null. */
export function refusalOf(offer: OfferTerms, amountFen: number, termMonths: number): 'amount' | 'term' | null {
  if (amountFen > offer.amountFen || amountFen <= 0) return 'amount';
  return termMonths === offer.termMonths ? null : 'term';
}

/** The plan of a loan drawn on that offer, whole or in part. */
export function planOf(offer: OfferTerms, amountFen: number, termMonths: number): OfferTerms['plan'] {
  return amountFen === offer.amountFen ? offer.plan : equalInstalments(amountFen, termMonths, offer.aprBps);
}
