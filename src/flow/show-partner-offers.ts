/** Partner offers for somebody every funder declined: shown with a tracked link each, clicked, and paid for by postback. Advertising, apart from any decision. */
import type { PartnerOffer } from '../domain/desk.ts';
import { problem, type Problem } from '../domain/failures.ts';
import { landingUrl } from '../offers/landing.ts';
import { rankOffers, type OfferEvidence, type RankedOffer } from '../offers/rank.ts';
import { makeClickToken, readClickToken } from '../offers/token.ts';
import type { ApplicationRow } from '../store/index.ts';
import type { Deps } from './deps.ts';
import { factsOfApplication } from './facts-of-application.ts';
import { perform, type Work } from './work.ts';

const LINK_VALID_MS = 7 * 86_400_000;
const MOST_SHOWN = 10;
const DAY_MS = 86_400_000;
const OPEN_TO_OFFERS = new Set(['declined', 'expired']);

export interface PartnerOffersReply {
  /** Always true: what follows is advertising and no credit decision. */
  readonly advertising: true;
  readonly groups: readonly {
    readonly class: string;
    readonly notice: string;
    readonly offers: readonly { readonly id: string; readonly title: string; readonly text: string; readonly link: string }[];
  }[];
}

export async function showPartnerOffers(deps: Deps, applicationId: string, lang: 'zh' | 'en'): Promise<PartnerOffersReply | Problem> {
  return perform(deps, (work) => {
    const application = work.application(applicationId);
    if (application === null) return problem('not_found', '没有这个申请', 'there is no such application');
    if (!OPEN_TO_OFFERS.has(application.state)) return { advertising: true, groups: [] };
    const facts = factsOfApplication(work, application);
    if (facts === null) return { advertising: true, groups: [] };
    const { groups } = rankOffers({
      nowMs: work.nowMs,
      facts,
      offers: work.desk.partnerOffers.values(),
      evidence: evidence(work),
      impressions: seen(work, application),
    });
    let left = MOST_SHOWN;
    const shown = groups
      .map((group) => {
        const offers = group.offers.slice(0, left);
        left -= offers.length;
        return {
          class: group.class,
          notice: group.notice[lang],
          offers: offers.map((ranked, at) => show(work, application, ranked, MOST_SHOWN - left - offers.length + at, lang)),
        };
      })
      .filter((group) => group.offers.length > 0);
    if (shown.length > 0) work.emit('partner_offer.shown', application, { count: MOST_SHOWN - left });
    return { advertising: true, groups: shown };
  });
}

/** Follows a tracked link: records the click (once per showing) and says where to go. */
export async function followClick(deps: Deps, token: string): Promise<{ readonly url: string } | Problem> {
  const reading = readClickToken(token, deps.clock.nowMs(), {
    tag: (text) => deps.vault.tag('click', text),
    equal: (a, b) => deps.vault.equal(a, b),
  });
  if (reading.kind === 'forged') return problem('not_found', '链接无效', 'there is no such link');
  if (reading.kind === 'expired') return problem('gone', '链接已过期', 'this link has expired');
  return perform(deps, (work) => {
    const impression = work.tx.partners.impression(reading.impressionId);
    const offer = impression === undefined ? undefined : work.desk.partnerOffers.get(impression.offerId);
    const application = impression === undefined ? null : work.application(impression.applicationId);
    if (impression === undefined || application === null) return problem('not_found', '链接无效', 'there is no such link');
    if (offer === undefined || offer.status !== 'live') return problem('gone', '活动已结束', 'this offer has ended');
    const known = work.tx.partners.clickOf(impression.id);
    const clickId = known?.id ?? work.newId('clk');
    const landing = landingUrl(offer.url, clickId, { allowHttp: deps.mode === 'sandbox' });
    if (!landing.ok) return problem('gone', '活动已结束', 'this offer has no valid address');
    if (known === undefined) {
      work.tx.partners.insertClick({
        id: clickId,
        impressionId: impression.id,
        offerId: offer.id,
        partnerId: offer.partner_id,
        earnedFen: offer.payouts.click_fen,
        createdAtMs: work.nowMs,
      });
      work.tx.partners.bump(offer.id, { clicks: 1, earnedFen: offer.payouts.click_fen });
      work.emit('partner_offer.clicked', application, {
        partner_offer_id: offer.id,
        partner_id: offer.partner_id,
        click_id: clickId,
        earned_fen: offer.payouts.click_fen,
      });
    }
    return { url: landing.url };
  });
}

function show(work: Work, application: ApplicationRow, ranked: RankedOffer, rank: number, lang: 'zh' | 'en') {
  const offer = work.desk.partnerOffers.get(ranked.offerId) as PartnerOffer;
  const id = work.newId('imp');
  work.tx.partners.insertImpression({
    id,
    applicationId: application.id,
    borrowerId: application.borrowerId,
    offerId: offer.id,
    rank,
    expectedFen: Math.round(ranked.expectedFen),
    createdAtMs: work.nowMs,
  });
  work.tx.partners.bump(offer.id, { shown: 1 });
  const token = makeClickToken(id, work.nowMs + LINK_VALID_MS, (text) => work.deps.vault.tag('click', text));
  return { id: offer.id, title: offer.title[lang], text: offer.text[lang], link: `${work.deps.publicUrl}/r/${token}` };
}

function evidence(work: Work): Map<string, OfferEvidence> {
  return new Map(work.tx.partners.counts().map((row) => [row.offerId, row]));
}

function seen(work: Work, application: ApplicationRow): Map<string, number[]> {
  let days = 1;
  for (const offer of work.desk.partnerOffers.values()) days = Math.max(days, offer.frequency.window_days);
  const times = new Map<string, number[]>();
  for (const row of work.tx.partners.impressionsOfBorrower(application.borrowerId, work.nowMs - days * DAY_MS)) {
    times.set(row.offerId, [...(times.get(row.offerId) ?? []), row.createdAtMs]);
  }
  return times;
}
