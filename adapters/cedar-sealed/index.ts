/**
 * cedar-sealed: one gateway address, the business sealed inside. In come granted fields or a reference; out goes an envelope whose
 * `bizContent` is AES-256-CBC and whose `sign` is an HMAC over it, or an answer read from the envelope that comes back: the outer code may
 * be 200 while the inner status is not. Fen, but yuan at the precheck; milliseconds; lists written as strings. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { maskIdNumber, maskName, maskPhone } from '../kit/masks.ts';
import { yuanText } from '../kit/units.ts';
import { callback, read, readPrecheck } from './read.ts';
import { sealedRequest } from './wire.ts';

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
    needs: ['name', 'phone', 'id_number', 'amount_fen'] as const,
    build: (ctx, _attempt, fields) => {
      const masks = { nameMask: maskName(fields.name), mobileMask: maskPhone(fields.phone), idNoMask: maskIdNumber(fields.id_number) };
      return sealedRequest(ctx, 'credit.precheck', { ...masks, amount: yuanText(amountMinor(fields.amount_fen)) });
    },
    read: readPrecheck,
  },
  submit: {
    needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'education', 'amount_fen', 'term_months', 'purpose'] as const,
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
    read: read.submit,
  },
  query: { build: (ctx, { ref }) => sealedRequest(ctx, 'credit.query', { outOrderId: ref }), read: read.query },
  cancel: { build: (ctx, { ref }) => sealedRequest(ctx, 'credit.cancel', { outOrderId: ref }), read: read.cancel },
  draw: {
    build: (ctx, { ref: outOrderId }, { amount, termMonths: term }) =>
      sealedRequest(ctx, 'loan.draw', { outOrderId, amount, term, notifyUrl: ctx.callbackUrl }),
    read: read.draw,
  },
  callback,
});
