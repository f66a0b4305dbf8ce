/**
 * osmanthus-sm: a direct flow in the national ciphers (SM2, SM3, SM4). In come granted fields or a reference; out goes a message that is signed
 * in plain and sealed under a key of its own, or an answer read from one. 万元 at the precheck, 元 from the application on; interest by the day
 * in 万分之; seconds. Our reference is the `transactionId`. Nothing here does I/O.
 */
import { amountMinor } from '../../src/domain/money.ts';
import { defineAdapter } from '../contract.ts';
import { maskIdNumber, maskPhone } from '../kit/masks.ts';
import { wanText, yuanText } from '../kit/units.ts';
import { callback, read, readPrecheck } from './read.ts';
import { sealedRequest } from './wire.ts';

const SUBMIT_NEEDS = ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'assets', 'amount_fen', 'term_months', 'purpose'] as const;
const ZHIMA = { none: '0', under_600: '1', '600_650': '2', '650_700': '3', '700_750': '4', '750_plus': '5' } as const;

/** The adapter of every funder that speaks osmanthus-sm. */
export const osmanthusSm = defineAdapter({
  manifest: {
    id: 'osmanthus-sm',
    title: 'Osmanthus gateway (SM2-wrapped SM4, SM3withSM2)',
    shape: 'direct',
    secretNames: ['private_key', 'funder_public_key'],
    paramNames: ['app_id', 'product_no'],
    units: { money: 'mixed', time: 's' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 5, submitPerSecond: 5, callbackTries: 3 },
    timeouts: { precheckMs: 3_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  precheck: {
    needs: ['phone', 'id_number', 'amount_fen'],
    build: (ctx, { ref }, fields) =>
      sealedRequest(ctx, 'credit.precheck', ref, {
        mobileMask: maskPhone(fields.phone),
        idNoMask: maskIdNumber(fields.id_number),
        applyAmountWan: wanText(amountMinor(fields.amount_fen)),
      }),
    read: readPrecheck,
  },
  submit: {
    needs: SUBMIT_NEEDS,
    build: (ctx, { ref }, fields) =>
      sealedRequest(ctx, 'credit.apply', ref, {
        productNo: ctx.params['product_no'] ?? '',
        name: fields.name,
        mobile: fields.phone,
        idNo: fields.id_number,
        monthIncome: yuanText(amountMinor(fields.monthly_income_fen)),
        job: fields.employment,
        zhimaLevel: ZHIMA[fields.assets.zhima_band ?? 'none'],
        applyAmount: yuanText(amountMinor(fields.amount_fen)),
        applyTerm: fields.term_months,
        loanUse: fields.purpose,
        notifyUrl: ctx.callbackUrl,
      }),
    read: read.submit,
  },
  query: { build: (ctx, { ref }) => sealedRequest(ctx, 'credit.query', ref, {}), read: read.query },
  cancel: { build: (ctx, { ref }) => sealedRequest(ctx, 'credit.cancel', ref, {}), read: read.cancel },
  draw: {
    build: (ctx, { ref }, { amount, termMonths }) =>
      sealedRequest(ctx, 'loan.apply', ref, { loanAmount: yuanText(amount), loanTerm: termMonths, notifyUrl: ctx.callbackUrl }),
    read: read.draw,
  },
  callback,
});
