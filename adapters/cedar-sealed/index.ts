/**
 * cedar-sealed: one gateway address, the business sealed inside. In come granted fields or a reference; out goes an envelope whose
 * `bizContent` is AES-256-CBC and whose `sign` is an HMAC over it, or an answer read from the envelope that comes back: the outer code may
 * be 200 while the inner status is not. Fen, but yuan at the precheck; milliseconds; lists written as strings. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { amountMinor, formatMajor } from '../../src/domain/money.ts';
import { maskIdNumber, maskName, maskPhone } from '../kit/masks.ts';
import { discreet } from '../kit/discreet.ts';
import { callback } from './callback.ts';
import { readCancel, readDraw, readPrecheck, readQuery, readSubmit } from './read.ts';
import { sealedRequest } from './wire.ts';

const PRECHECK_NEEDS = ['name', 'phone', 'id_number', 'amount_fen'] as const;
const SUBMIT_NEEDS = ['name', 'phone', 'id_number', 'monthly_income_fen', 'education', 'amount_fen', 'term_months', 'purpose'] as const;

/** The adapter of every funder that speaks cedar-sealed. */
export const cedarSealed = defineAdapter({
  manifest: {
    id: 'cedar-sealed',
    title: 'Cedar gateway (AES-256-CBC content, HMAC-SHA256, inner status)',
    shape: 'direct',
    secretNames: ['aes_key', 'mac_key'],
    paramNames: ['app_id', 'product_code'],
    units: { money: 'mixed', time: 'ms' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 10, submitPerSecond: null, callbackTries: 3 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  precheck: {
    needs: PRECHECK_NEEDS,
    build: (ctx, _attempt, fields) =>
      sealedRequest(ctx, 'credit.precheck', {
        nameMask: maskName(fields.name),
        mobileMask: maskPhone(fields.phone),
        idNoMask: maskIdNumber(fields.id_number),
        amount: formatMajor(amountMinor(fields.amount_fen)),
      }),
    read: discreet(readPrecheck),
  },
  submit: {
    needs: SUBMIT_NEEDS,
    build: (ctx, attempt, fields) =>
      sealedRequest(ctx, 'credit.apply', {
        outOrderId: attempt.ref,
        productCode: ctx.params['product_code'] ?? '',
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
    read: discreet(readSubmit),
  },
  query: { build: (ctx, attempt) => sealedRequest(ctx, 'credit.query', { outOrderId: attempt.ref }), read: discreet(readQuery) },
  cancel: { build: (ctx, attempt) => sealedRequest(ctx, 'credit.cancel', { outOrderId: attempt.ref }), read: discreet(readCancel) },
  draw: {
    build: (ctx, attempt, terms) =>
      sealedRequest(ctx, 'loan.draw', { outOrderId: attempt.ref, amount: terms.amount, term: terms.termMonths, notifyUrl: ctx.callbackUrl }),
    read: discreet(readDraw),
  },
  callback,
});
