/**
 * Partner offers for a borrower whom every funder declined.
 * In: the desk's offers, the borrower's facts, how often they saw each offer, and what each offer has earned so far.
 * Out: offers by class, ranked by expected earnings, and for every offer left out the reason. Then a signed click token (`token.ts`),
 * a landing address (`landing.ts`) and verified postbacks (`postback.ts`).
 * It must not look at, change or be mistaken for a credit decision: an offer is advertising. Loans of other lenders stay in a
 * group of their own, every group carries its notice, and an offer whose text promises approval is left out.
 */
import type { Facts } from '../domain/applicant.ts';
import type { PartnerOffer } from '../domain/desk.ts';
import type { Bilingual } from '../domain/failures.ts';
import { judgeRule } from '../domain/rules.ts';

const DAY_MS = 86_400_000;
/** An operator's first guess weighs as much as this many observations; evidence takes over from there. */
export const PRIOR_STRENGTH = 20;

export type OfferClass = PartnerOffer['class'];

/** How far people went with an offer, all borrowers together. A later step never counts for more than the one before it. */
export interface OfferEvidence {
  readonly shown: number;
  readonly clicks: number;
  readonly leads: number;
  readonly sales: number;
}

export interface OfferRates {
  /** P(click | shown), P(lead | click), P(sale | lead): posterior means. */
  readonly click: number;
  readonly lead: number;
  readonly sale: number;
}

export interface RankedOffer {
  readonly offerId: string;
  readonly partnerId: string;
  /** Expected earnings of showing it once, fen; an expectation, so it may carry fractions. */
  readonly expectedFen: number;
  readonly rates: OfferRates;
}

export interface OfferGroup {
  readonly class: OfferClass;
  /** To be shown above the group. */
  readonly notice: Bilingual;
  readonly offers: readonly RankedOffer[];
}

export interface LeftOut {
  readonly offerId: string;
  readonly code: 'paused' | 'rule' | 'rule_broken' | 'frequency' | 'claims_approval';
  /** Numbers behind the code, for the operator. No personal data. */
  readonly detail: string;
}

export interface RankInputs {
  readonly nowMs: number;
  readonly facts: Facts;
  readonly offers: Iterable<PartnerOffer>;
  /** By offer id; absent means no evidence yet. */
  readonly evidence: ReadonlyMap<string, OfferEvidence>;
  /** By offer id: when this borrower was shown it, milliseconds since the epoch. */
  readonly impressions: ReadonlyMap<string, readonly number[]>;
}

/** Ranks the eligible offers. Groups come by their best offer, offers by expected earnings, equal ones by id. Pure. */
export function rankOffers(inputs: RankInputs): { readonly groups: readonly OfferGroup[]; readonly leftOut: readonly LeftOut[] } {
  const byClass = new Map<OfferClass, RankedOffer[]>();
  const leftOut: LeftOut[] = [];
  for (const offer of inputs.offers) {
    const why = whyNot(offer, inputs);
    if (why !== null) {
      leftOut.push({ offerId: offer.id, ...why });
      continue;
    }
    const rates = offerRates(offer.prior, inputs.evidence.get(offer.id));
    const ranked = { offerId: offer.id, partnerId: offer.partner_id, expectedFen: expectedFen(offer.payouts, rates), rates };
    const group = byClass.get(offer.class);
    if (group === undefined) byClass.set(offer.class, [ranked]);
    else group.push(ranked);
  }
  const groups = [...byClass].map(([name, offers]) => ({ class: name, notice: NOTICES[name], offers: offers.toSorted(better) }));
  groups.sort((left, right) => better(left.offers[0]!, right.offers[0]!));
  leftOut.sort((left, right) => compareText(left.offerId, right.offerId));
  return { groups, leftOut };
}

/** Posterior means of the three steps: Beta(guess x 20, (1 - guess) x 20) and the counts. */
export function offerRates(prior: PartnerOffer['prior'], evidence: OfferEvidence | undefined): OfferRates {
  const { shown, clicks, leads, sales } = evidence ?? NO_EVIDENCE;
  return {
    click: posteriorMean(prior.click, clicks, shown),
    lead: posteriorMean(prior.lead, leads, clicks),
    sale: posteriorMean(prior.sale, sales, leads),
  };
}

/** P(click) x (click fee + P(lead) x (lead fee + P(sale) x sale fee)). */
export function expectedFen(payouts: PartnerOffer['payouts'], rates: OfferRates): number {
  return rates.click * (payouts.click_fen + rates.lead * (payouts.lead_fen + rates.sale * payouts.sale_fen));
}

const NO_EVIDENCE: OfferEvidence = { shown: 0, clicks: 0, leads: 0, sales: 0 };

/** Postbacks may tell of a sale whose lead was never told; such a count is taken as no more than its trials. */
function posteriorMean(guess: number, successes: number, trials: number): number {
  return (guess * PRIOR_STRENGTH + Math.min(successes, trials)) / (PRIOR_STRENGTH + trials);
}

function whyNot(offer: PartnerOffer, inputs: RankInputs): Pick<LeftOut, 'code' | 'detail'> | null {
  if (offer.status !== 'live') return { code: 'paused', detail: '' };
  if (claimsApproval(offer)) return { code: 'claims_approval', detail: '' };
  const windowMs = offer.frequency.window_days * DAY_MS;
  const seen = (inputs.impressions.get(offer.id) ?? []).filter((atMs) => inputs.nowMs - atMs < windowMs).length;
  if (seen >= offer.frequency.max) return { code: 'frequency', detail: `${seen} of ${offer.frequency.max} in ${offer.frequency.window_days} days` };
  const verdict = judgeRule(offer.rule, inputs.facts);
  if (verdict.kind === 'fault') return { code: 'rule_broken', detail: '' };
  return verdict.holds ? null : { code: 'rule', detail: '' };
}

const APPROVAL_CLAIM =
  /必过|必下款|包过|包下款|包通过|百分百(?:通过|下款)|100\s*%\s*(?:通过|下款|approv)|已(?:获批|批准|预审批)|guaranteed\s+approval|pre-?approved|approval\s+guaranteed|you\s+(?:are|have been)\s+approved/i;

/** True when a text of the offer promises or claims approval: in the hands of a declined borrower that is a lie. */
export function claimsApproval(offer: Pick<PartnerOffer, 'title' | 'text'>): boolean {
  return [offer.title.zh, offer.title.en, offer.text.zh, offer.text.en].some(textClaimsApproval);
}

/** The same of one text; nobody may be told so before anybody has decided. */
export function textClaimsApproval(text: string): boolean {
  return APPROVAL_CLAIM.test(text);
}

const NOTICES: Readonly<Record<OfferClass, Bilingual>> = {
  loan_product: {
    zh: '广告：其他机构的贷款产品，与本次审核无关，是否通过由该机构决定',
    en: 'Advertisement: loan products of other lenders. Not a decision on your application; the lender decides.',
  },
  credit_card: { zh: '广告：信用卡，是否通过由发卡机构决定', en: 'Advertisement: credit cards. The issuer decides.' },
  insurance: { zh: '广告：保险产品，由保险机构提供', en: 'Advertisement: insurance, provided by the insurer.' },
  financial_product: { zh: '广告：金融产品，由提供机构负责', en: 'Advertisement: financial products, provided by their own providers.' },
};

function better(left: RankedOffer, right: RankedOffer): number {
  return right.expectedFen - left.expectedFen || compareText(left.offerId, right.offerId);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
