/** A partner reports what became of a click. Verified, counted once, earnings kept. */
import { problem, type Problem } from '../domain/failures.ts';
import { readPostback, type Postback } from '../offers/postback.ts';
import type { ClickRow } from '../store/index.ts';
import type { Deps } from './deps.ts';
import { plainOrMark } from './strike-person.ts';
import { perform, type Work } from './work.ts';

export interface PostbackReply {
  readonly status: 'recorded' | 'duplicate';
}

export async function receivePostback(
  deps: Deps,
  partnerId: string,
  headers: Readonly<Record<string, string | undefined>>,
  rawBody: Uint8Array,
): Promise<PostbackReply | Problem> {
  const encoder = new TextEncoder();
  const secrets = deps.desk.partnerSecrets(partnerId).map((secret) => encoder.encode(secret));
  const reading = readPostback({ partnerId, headers, rawBody, secrets, nowMs: deps.clock.nowMs() }, deps.vault);
  if (reading.kind === 'unauthentic') {
    // Who is not known is not named: the id came in the path and may be anything.
    deps.log.warn('postback.refused', { partner: secrets.length === 0 ? null : partnerId, why: reading.why });
    return problem('signature_invalid', '签名校验失败', 'the signature does not verify');
  }
  if (reading.kind === 'invalid')
    return problem('invalid_request', '回传内容有误', 'the postback has faults; see errors', { faults: reading.faults });
  const dedupeKey = plainOrMark(reading.idempotencyKey, (text) => deps.vault.tag('cursor', `postback:${text}`));
  return perform(deps, (work) => apply(work, partnerId, reading.postback, dedupeKey));
}

function apply(work: Work, partnerId: string, postback: Postback, dedupeKey: string): PostbackReply | Problem {
  if (work.tx.partners.conversion(dedupeKey) !== undefined) return { status: 'duplicate' };
  const click = work.tx.partners.click(postback.click_id);
  // A partner may speak of its own clicks alone; of others' it learns nothing.
  if (click === undefined || click.partnerId !== partnerId) return problem('not_found', '没有这次点击', 'there is no such click');
  const earnedFen = earnings(work, click, postback);
  work.tx.partners.insertConversion({
    dedupeKey,
    clickId: click.id,
    offerId: click.offerId,
    partnerId,
    kind: postback.kind,
    earnedFen,
    createdAtMs: work.nowMs,
  });
  work.tx.partners.bump(click.offerId, { leads: postback.kind === 'lead' ? 1 : 0, sales: postback.kind === 'sale' ? 1 : 0, earnedFen });
  const impression = work.tx.partners.impression(click.impressionId);
  const application = impression === undefined ? null : work.application(impression.applicationId);
  if (application !== null) {
    work.emit('partner_offer.converted', application, {
      partner_offer_id: click.offerId,
      partner_id: partnerId,
      click_id: click.id,
      kind: postback.kind,
      earned_fen: earnedFen,
    });
  }
  return { status: 'recorded' };
}

/** The terms' payout unless the partner names another; a reversal takes back all that the click has earned by leads and sales. */
function earnings(work: Work, click: ClickRow, postback: Postback): number {
  const payouts = work.desk.partnerOffers.get(click.offerId)?.payouts;
  switch (postback.kind) {
    case 'lead':
      return postback.amount_fen ?? payouts?.lead_fen ?? 0;
    case 'sale':
      return postback.amount_fen ?? payouts?.sale_fen ?? 0;
    case 'reversal': {
      const earned = work.tx.partners.conversionsOfClick(click.id).reduce((sum, row) => sum + row.earnedFen, 0);
      return -Math.min(earned, postback.amount_fen ?? earned);
    }
  }
}
