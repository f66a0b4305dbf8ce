/**
 * birch-rsa2: a half flow (半流程·进件返) behind an RSA2 gateway. In come granted fields or a reference; out goes one signed form, or an answer
 * read from a signed reply: a submit is decided at once or answered with a page on which the borrower goes on. Yuan as strings, local times.
 * Nothing here does I/O.
 */
import { amountMinor } from '../../src/domain/money.ts';
import { defineAdapter } from '../contract.ts';
import { yuanText } from '../kit/units.ts';
import { callback, read } from './read.ts';
import { signedRequest } from './wire.ts';

const SUBMIT_NEEDS = ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'education', 'amount_fen', 'term_months', 'purpose'] as const;

/** The adapter of every funder that speaks birch-rsa2. */
export const birchRsa2 = defineAdapter({
  manifest: {
    id: 'birch-rsa2',
    title: 'Birch half flow (RSA2 gateway, link at submit)',
    shape: 'half_submit_link',
    secretNames: ['private_key', 'funder_public_key'],
    paramNames: ['app_id', 'product_code'],
    units: { money: 'yuan_string', time: 'local' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: null, submitPerSecond: 20, callbackTries: 8 },
    timeouts: { precheckMs: 2_000, submitMs: 10_000, queryMs: 5_000 },
    submitIdempotent: true,
  },
  submit: {
    needs: SUBMIT_NEEDS,
    build: (ctx, attempt, fields) =>
      signedRequest(ctx, 'birch.credit.apply', {
        out_order_no: attempt.ref,
        product_code: ctx.params['product_code'] ?? '',
        name: fields.name,
        mobile: fields.phone,
        cert_no: fields.id_number,
        month_income: yuanText(amountMinor(fields.monthly_income_fen)),
        job: fields.employment,
        education: fields.education,
        apply_amount: yuanText(amountMinor(fields.amount_fen)),
        apply_term: String(fields.term_months),
        loan_use: fields.purpose,
      }),
    read: read.submit,
  },
  query: { build: (ctx, { ref }) => signedRequest(ctx, 'birch.credit.query', { out_order_no: ref }), read: read.query },
  draw: {
    build: (ctx, { ref }, { amount, termMonths }) =>
      signedRequest(ctx, 'birch.loan.apply', { out_order_no: ref, loan_amount: yuanText(amount), loan_term: String(termMonths) }),
    read: read.draw,
  },
  callback,
});
