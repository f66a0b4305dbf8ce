/**
 * heron-rates: a rate table. In come granted fields or a reference; out goes one signed REST request, or an answer read from the lead that
 * comes back. A submit is only taken (202); asked again and again, the lead shows the offers of several lenders as they come in, until it is
 * complete. One of them is selected, and what becomes of it is told by webhook. Yuan as strings, rates as decimals, RFC 3339. No I/O here.
 */
import { defineAdapter } from '../contract.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { paramOf } from '../kit/context.ts';
import { yuanText } from '../kit/units.ts';
import { callback, read } from './read.ts';
import { signedRequest } from './wire.ts';

/** The adapter of every funder that speaks heron-rates. */
export const heronRates = defineAdapter({
  manifest: {
    id: 'heron-rates',
    title: 'Heron rate table (REST, polled offers, webhooks t=,v1=)',
    shape: 'rate_table',
    secretNames: ['api_secret', 'webhook_secret'],
    paramNames: ['key_id', 'product'],
    units: { money: 'yuan_string', time: 'rfc3339' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: null, submitPerSecond: 20, callbackTries: 8 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  submit: {
    needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'education', 'amount_fen', 'term_months', 'purpose'] as const,
    build: (ctx, { ref }, fields) =>
      signedRequest(ctx, 'POST', '/v1/leads', {
        external_id: ref,
        product: paramOf(ctx, 'product'),
        applicant: {
          name: fields.name,
          phone: fields.phone,
          id_number: fields.id_number,
          monthly_income: yuanText(amountMinor(fields.monthly_income_fen)),
          employment: fields.employment,
          education: fields.education,
        },
        loan: { amount: yuanText(amountMinor(fields.amount_fen)), term_months: fields.term_months, purpose: fields.purpose },
        webhook_url: ctx.callbackUrl,
      }),
    read: read.submit,
  },
  query: { build: (ctx, { ref }) => signedRequest(ctx, 'GET', `/v1/leads/${ref}`, null), read: read.query },
  cancel: { build: (ctx, { ref }) => signedRequest(ctx, 'DELETE', `/v1/leads/${ref}`, null), read: read.cancel },
  draw: {
    build: (ctx, { ref }, { amount, termMonths, offerRef }) =>
      signedRequest(ctx, 'POST', `/v1/leads/${ref}/selection`, {
        offer_id: offerRef ?? '',
        amount: yuanText(amount),
        term_months: termMonths,
        webhook_url: ctx.callbackUrl,
      }),
    read: read.draw,
  },
  callback,
});
