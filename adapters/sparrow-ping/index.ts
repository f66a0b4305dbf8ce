/**
 * sparrow-ping: ping-post in XML. In come granted fields or a reference; out goes one signed request, or an answer read from its reply. The
 * ping holds no name and no number, only bands and figures, and is answered with a bid; the post holds the full lead and the bid's id, and is
 * accepted with a page or an offer, rejected, or known already. An accepted lead may come back later. Yuan, RFC 3339. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { yuanText } from '../kit/units.ts';
import { callback, read, readPing } from './read.ts';
import { signedXml } from './wire.ts';

/** Upper ends of the income bands, fen a month. */
const BANDS = { under_5k: 500_000, '5k_10k': 1_000_000, '10k_20k': 2_000_000 } as const;

/** The adapter of every funder that speaks sparrow-ping. */
export const sparrowPing = defineAdapter({
  manifest: {
    id: 'sparrow-ping',
    title: 'Sparrow ping-post (XML, HMAC over the body, bids)',
    shape: 'ping_post',
    secretNames: ['hmac_key'],
    paramNames: ['api_key', 'vertical'],
    units: { money: 'yuan_string', time: 'rfc3339' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 50, submitPerSecond: null, callbackTries: 5 },
    timeouts: { precheckMs: 2_000, submitMs: 15_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  precheck: {
    needs: ['age', 'region', 'monthly_income_fen', 'employment', 'amount_fen', 'term_months'] as const,
    build: (ctx, { ref }, fields) =>
      signedXml(ctx, '/ping', 'ping', {
        leadId: ref,
        age: fields.age,
        // The city is enough to bid on.
        region: fields.region.slice(0, 4),
        incomeBand: Object.entries(BANDS).find(([, below]) => fields.monthly_income_fen < below)?.[0] ?? '20k_plus',
        employment: fields.employment,
        amount: yuanText(amountMinor(fields.amount_fen)),
        term: fields.term_months,
      }),
    read: readPing,
  },
  submit: {
    needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'amount_fen', 'term_months', 'purpose'] as const,
    build: (ctx, attempt, fields) =>
      signedXml(ctx, '/post', 'post', {
        leadId: attempt.ref,
        bidId: attempt.funderRef ?? '',
        name: fields.name,
        phone: fields.phone,
        idNumber: fields.id_number,
        monthlyIncome: yuanText(amountMinor(fields.monthly_income_fen)),
        employment: fields.employment,
        amount: yuanText(amountMinor(fields.amount_fen)),
        term: fields.term_months,
        purpose: fields.purpose,
        callbackUrl: ctx.callbackUrl,
      }),
    read: read.submit,
  },
  query: { build: (ctx, { ref }) => signedXml(ctx, '/status', 'statusRequest', { leadId: ref }), read: read.query },
  callback,
});
