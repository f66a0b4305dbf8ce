/**
 * lotus-md5: the gateway most Chinese funders have had for years. In come granted fields or a reference; out goes one flat JSON object of
 * strings, signed by MD5 over its sorted pairs, or an answer read from the `{code, msg, data}` that comes back. Yuan as strings, seconds,
 * numeric states. Precheck by hashes; the decision follows by callback. MD5 is spoken for compatibility and proves little. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { formatMajor, amountMinor } from '../../src/domain/money.ts';
import { md5Hex } from '../kit/digest.ts';
import { discreet } from '../kit/discreet.ts';
import { callback } from './callback.ts';
import { readCancel, readDraw, readPrecheck, readQuery, readSubmit } from './read.ts';
import { signedRequest } from './wire.ts';

const PRECHECK_NEEDS = ['phone', 'id_number'] as const;
const SUBMIT_NEEDS = ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'assets', 'amount_fen', 'term_months'] as const;

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
    needs: PRECHECK_NEEDS,
    build: (ctx, _attempt, fields) =>
      signedRequest(ctx, '/gateway/precheck', {
        mobileMd5: md5Hex(fields.phone),
        idNoMd5: md5Hex(fields.id_number.toUpperCase()),
      }),
    read: discreet(readPrecheck),
  },
  submit: {
    needs: SUBMIT_NEEDS,
    build: (ctx, attempt, fields) =>
      signedRequest(ctx, '/gateway/apply', {
        orderNo: attempt.ref,
        productNo: ctx.params['product_no'] ?? '',
        userName: fields.name,
        mobile: fields.phone,
        idNo: fields.id_number,
        monthIncome: formatMajor(amountMinor(fields.monthly_income_fen)),
        jobType: EMPLOYMENT[fields.employment],
        zhimaLevel: ZHIMA[fields.assets.zhima_band ?? 'none'],
        applyAmount: formatMajor(amountMinor(fields.amount_fen)),
        applyTerm: String(fields.term_months),
        notifyUrl: ctx.callbackUrl,
      }),
    read: discreet(readSubmit),
  },
  query: { build: (ctx, attempt) => signedRequest(ctx, '/gateway/query', { orderNo: attempt.ref }), read: discreet(readQuery) },
  cancel: { build: (ctx, attempt) => signedRequest(ctx, '/gateway/cancel', { orderNo: attempt.ref }), read: discreet(readCancel) },
  draw: {
    build: (ctx, attempt, terms) =>
      signedRequest(ctx, '/gateway/loan', {
        orderNo: attempt.ref,
        loanAmount: formatMajor(terms.amount),
        loanTerm: String(terms.termMonths),
        notifyUrl: ctx.callbackUrl,
      }),
    read: discreet(readDraw),
  },
  callback,
});
