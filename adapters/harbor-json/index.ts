/**
 * harbor-json: a modern JSON REST protocol, as a bank's open platform would have it. In come granted fields or a reference; out goes
 * one signed request, or an answer read from one response. Amounts in fen, times in RFC 3339, no precheck; a submit may be decided
 * at once (200) or later (202), and is one submit however often it is sent with one reference. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { callback, read } from './read.ts';
import { signedRequest } from './wire.ts';

const WHO = ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'employer_type', 'years_employed', 'education', 'assets'] as const;
// Always by our reference: it exists before the funder has told one of its own.
const orderPath = (ref: string): string => `/v1/applications/by-ref/${encodeURIComponent(ref)}`;

/** The adapter of every funder that speaks harbor-json. */
export const harborJson = defineAdapter({
  manifest: {
    id: 'harbor-json',
    title: 'Harbor open platform (JSON REST, HMAC-SHA256)',
    shape: 'direct',
    secretNames: ['api_secret'],
    paramNames: ['key_id', 'product'],
    units: { money: 'fen', time: 'rfc3339' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 10, submitPerSecond: null, callbackTries: 3 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  submit: {
    needs: [...WHO, 'amount_fen', 'term_months', 'purpose'] as const,
    build: (ctx, { ref }, { amount_fen, term_months, purpose, ...applicant }) => {
      // The protocol's names for the fields are ours, so what is granted goes as it is.
      const body = {
        ref,
        product: ctx.params['product'] ?? '',
        callback_url: ctx.callbackUrl,
        applicant,
        request: { amount_fen, term_months, purpose },
      };
      return signedRequest(ctx, 'POST', '/v1/applications', body, ref);
    },
    read: read.submit,
  },
  query: { build: (ctx, { ref }) => signedRequest(ctx, 'GET', orderPath(ref), null), read: read.query },
  cancel: { build: (ctx, { ref }) => signedRequest(ctx, 'POST', `${orderPath(ref)}/cancel`, {}), read: read.cancel },
  draw: {
    build: (ctx, { ref }, { amount: amount_fen, termMonths: term_months }) =>
      signedRequest(ctx, 'POST', `${orderPath(ref)}/draw`, { amount_fen, term_months, callback_url: ctx.callbackUrl }, `${ref}.draw`),
    read: read.draw,
  },
  callback,
});
