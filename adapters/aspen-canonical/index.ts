/**
 * aspen-canonical: a gateway with HMAC over the canonical request and sealed content. In come granted fields or a reference; out goes one
 * signed request, or an answer read from `{code, msg, data}` with `data` sealed. Precheck by what is left of name, phone and ID number when
 * their ends are cut. 万元 at the precheck, fen elsewhere; milliseconds; a daily rate in 万分之一. Nothing here does I/O.
 *
 * | State | Means |
 * |---|---|
 * | 0, 100 | received; under review |
 * | 110 | approved, waits for the draw |
 * | 161, 169 | terminal: declined (`rejectCode`); closed without a decision |
 * | 170, 180, 200 | paying out; payout failed (`failCode`); paid out |
 * | 210 | in repayment: `billStatus` -1 overdue, 0 or 1 running, 2 settled |
 */
import { defineAdapter } from '../contract.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { paramOf } from '../kit/context.ts';
import { cutIdNumber, cutPhone, maskSurname } from '../kit/masks.ts';
import { wanText } from '../kit/units.ts';
import { callback, read, readPrecheck } from './read.ts';
import { sealedRequest, signedQuery } from './wire.ts';

/** The adapter of every funder that speaks aspen-canonical. */
export const aspenCanonical = defineAdapter({
  manifest: {
    id: 'aspen-canonical',
    title: 'Aspen gateway (HMAC over the canonical request, AES-CBC content, numeric states)',
    shape: 'direct',
    secretNames: ['app_secret', 'aes_key'],
    paramNames: ['app_key', 'product_code'],
    units: { money: 'mixed', time: 'ms' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 10, submitPerSecond: null, callbackTries: 3 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  precheck: {
    needs: ['name', 'phone', 'id_number', 'amount_fen'] as const,
    build: (ctx, { ref: outOrderId }, fields) => {
      const [name, mobile, idNo] = [maskSurname(fields.name), cutPhone(fields.phone), cutIdNumber(fields.id_number)];
      return sealedRequest(ctx, '/openapi/credit/precheck', { outOrderId, name, mobile, idNo, amount: wanText(amountMinor(fields.amount_fen)) });
    },
    read: readPrecheck,
  },
  submit: {
    needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'education', 'amount_fen', 'term_months', 'purpose'] as const,
    build: (ctx, attempt, fields) =>
      sealedRequest(ctx, '/openapi/credit/apply', {
        outOrderId: attempt.ref,
        productCode: paramOf(ctx, 'product_code'),
        name: fields.name,
        mobile: fields.phone,
        idNo: fields.id_number,
        monthlyIncome: fields.monthly_income_fen,
        education: fields.education ?? '',
        amount: fields.amount_fen,
        term: fields.term_months,
        purpose: fields.purpose,
        notifyUrl: ctx.callbackUrl,
      }),
    read: read.submit,
  },
  query: { build: (ctx, { ref }) => signedQuery(ctx, '/openapi/credit/orders', { outOrderId: ref }), read: read.query },
  cancel: { build: (ctx, { ref }) => sealedRequest(ctx, '/openapi/credit/cancel', { outOrderId: ref }), read: read.cancel },
  draw: {
    build: (ctx, { ref: outOrderId }, { amount, termMonths: term }) =>
      sealedRequest(ctx, '/openapi/loan/apply', { outOrderId, amount, term, notifyUrl: ctx.callbackUrl }),
    read: read.draw,
  },
  callback,
});
