/**
 * plum-login: joint login (联合登录). In come granted fields or a reference; out goes one sealed request, or an answer read from the sealed
 * reply. Submit registers user and application; the borrower then goes through the funder's H5 pages, into which each visit needs a token of
 * its own: CREDIT to be decided on, LOAN to sign and draw, REPAY to pay early. Fen, milliseconds. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { callback, read, readRedirect } from './read.ts';
import { sealedRequest } from './wire.ts';

const TARGET = { credit: 'CREDIT', loan: 'LOAN', repay: 'REPAY' } as const;

/** The adapter of every funder that speaks plum-login. */
export const plumLogin = defineAdapter({
  manifest: {
    id: 'plum-login',
    title: 'Plum joint login (AES-GCM content, one-time token, H5 pages)',
    shape: 'joint_login',
    secretNames: ['aes_key'],
    paramNames: ['merchant_id', 'scene'],
    units: { money: 'fen', time: 'ms' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: null, submitPerSecond: 20, callbackTries: 5 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  submit: {
    needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'amount_fen', 'term_months'] as const,
    build: (ctx, { ref }, fields) =>
      sealedRequest(ctx, 'user.register', {
        outNo: ref,
        userName: fields.name,
        mobile: fields.phone,
        idCard: fields.id_number,
        income: fields.monthly_income_fen,
        job: fields.employment,
        amount: fields.amount_fen,
        periods: fields.term_months,
        notifyUrl: ctx.callbackUrl,
      }),
    read: read.submit,
  },
  redirect: {
    build: (ctx, { ref }, { destination }) => sealedRequest(ctx, 'login.token', { outNo: ref, target: TARGET[destination] }),
    read: readRedirect,
  },
  query: { build: (ctx, { ref }) => sealedRequest(ctx, 'order.query', { outNo: ref }), read: read.query },
  draw: {
    build: (ctx, { ref }, { amount, termMonths: periods }) =>
      sealedRequest(ctx, 'loan.prepare', { outNo: ref, amount, periods, notifyUrl: ctx.callbackUrl }),
    read: read.draw,
  },
  callback,
});
