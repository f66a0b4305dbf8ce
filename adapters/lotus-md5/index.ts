/**
 * lotus-md5: the gateway most Chinese funders have had for years. In come granted fields or a reference; out goes one flat JSON object of
 * strings, signed by MD5 over its sorted pairs, or an answer read from the `{code, msg, data}` that comes back. Yuan as strings, seconds,
 * numeric states. Precheck by hashes; the decision follows by callback. MD5 is spoken for compatibility and proves little. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { hashIdNumber, hashPhone } from '../kit/identity.ts';
import { yuanText } from '../kit/units.ts';
import { callback, read, readPrecheck } from './read.ts';
import { signedRequest } from './wire.ts';

const MD5 = { digest: 'md5', letters: 'lower' } as const;
/** The protocol's numbers for an occupation and for bands of 芝麻分. */
const EMPLOYMENT = {
  salaried: '1',
  civil_servant: '2',
  self_employed: '3',
  business_owner: '4',
  freelance: '5',
  retired: '6',
  unemployed: '7',
  student: '8',
} as const;
const ZHIMA = { none: '0', under_600: '1', '600_650': '2', '650_700': '3', '700_750': '4', '750_plus': '5' } as const;

/** The adapter of every funder that speaks lotus-md5. */
export const lotusMd5 = defineAdapter({
  manifest: {
    id: 'lotus-md5',
    title: 'Lotus gateway (sorted MD5, numeric states)',
    shape: 'direct',
    secretNames: ['sign_key'],
    paramNames: ['merchant_no', 'product_no'],
    units: { money: 'yuan_string', time: 's' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 10, submitPerSecond: null, callbackTries: 3 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  precheck: {
    needs: ['phone', 'id_number'] as const,
    build: (ctx, _attempt, fields) =>
      signedRequest(ctx, '/gateway/precheck', { mobileMd5: hashPhone(fields.phone, MD5), idNoMd5: hashIdNumber(fields.id_number, MD5) }),
    read: readPrecheck,
  },
  submit: {
    needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'assets', 'amount_fen', 'term_months'] as const,
    build: (ctx, attempt, fields) =>
      signedRequest(ctx, '/gateway/apply', {
        orderNo: attempt.ref,
        productNo: ctx.params['product_no'] ?? '',
        userName: fields.name,
        mobile: fields.phone,
        idNo: fields.id_number,
        monthIncome: yuanText(amountMinor(fields.monthly_income_fen)),
        jobType: EMPLOYMENT[fields.employment],
        zhimaLevel: ZHIMA[fields.assets.zhima_band ?? 'none'],
        applyAmount: yuanText(amountMinor(fields.amount_fen)),
        applyTerm: String(fields.term_months),
        notifyUrl: ctx.callbackUrl,
      }),
    read: read.submit,
  },
  query: { build: (ctx, { ref: orderNo }) => signedRequest(ctx, '/gateway/query', { orderNo }), read: read.query },
  cancel: { build: (ctx, { ref: orderNo }) => signedRequest(ctx, '/gateway/cancel', { orderNo }), read: read.cancel },
  draw: {
    build: (ctx, { ref: orderNo }, { amount, termMonths }) =>
      signedRequest(ctx, '/gateway/loan', { orderNo, loanAmount: yuanText(amount), loanTerm: String(termMonths), notifyUrl: ctx.callbackUrl }),
    read: read.draw,
  },
  callback,
});
