/**
 * harbor-json: a modern JSON REST protocol, as a bank's open platform would have it. In come granted fields or a reference; out goes
 * one signed request, or an answer read from one response. Amounts in fen, times in RFC 3339, no precheck; a submit may be decided
 * at once (200) or later (202), and is one submit however often it is sent with one reference. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { discreet } from '../kit/discreet.ts';
import { callback } from './callback.ts';
import { readCancel, readDraw, readQuery, readSubmit } from './read.ts';
import { signedRequest } from './wire.ts';

const SUBMIT_NEEDS = [
  'name',
  'phone',
  'id_number',
  'monthly_income_fen',
  'employment',
  'employer_type',
  'years_employed',
  'education',
  'assets',
  'amount_fen',
  'term_months',
  'purpose',
] as const;

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
    needs: SUBMIT_NEEDS,
    build: (ctx, attempt, fields) =>
      signedRequest(
        ctx,
        'POST',
        '/v1/applications',
        {
          ref: attempt.ref,
          product: ctx.params['product'] ?? '',
          callback_url: ctx.callbackUrl,
          applicant: {
            name: fields.name,
            phone: fields.phone,
            id_number: fields.id_number,
            monthly_income_fen: fields.monthly_income_fen,
            employment: fields.employment,
            employer_type: fields.employer_type,
            years_employed: fields.years_employed,
            education: fields.education,
            assets: fields.assets,
          },
          request: { amount_fen: fields.amount_fen, term_months: fields.term_months, purpose: fields.purpose },
        },
        { 'idempotency-key': attempt.ref },
      ),
    read: discreet(readSubmit),
  },
  query: {
    build: (ctx, attempt) => signedRequest(ctx, 'GET', orderPath(attempt.ref), null),
    read: discreet(readQuery),
  },
  cancel: {
    build: (ctx, attempt) => signedRequest(ctx, 'POST', `${orderPath(attempt.ref)}/cancel`, {}),
    read: discreet(readCancel),
  },
  draw: {
    build: (ctx, attempt, terms) =>
      signedRequest(
        ctx,
        'POST',
        `${orderPath(attempt.ref)}/draw`,
        {
          amount_fen: terms.amount,
          term_months: terms.termMonths,
          callback_url: ctx.callbackUrl,
        },
        { 'idempotency-key': `${attempt.ref}.draw` },
      ),
    read: discreet(readDraw),
  },
  callback,
});

// Always by our reference: it exists before the funder has told one of its own.
function orderPath(ref: string): string {
  return `/v1/applications/by-ref/${encodeURIComponent(ref)}`;
}
