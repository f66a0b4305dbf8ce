/**
 * maple-full: a funder with whom the whole life of a loan goes through us: 准入, 授信, cards, 试算, 借款, repayment plan, repayment. In come
 * granted fields or a reference; out goes an RSA-sealed, salted-MD5-signed envelope, or an answer read from one. The credit stage counts in
 * fen, the loan stage writes yuan; milliseconds; lists inside strings; outer code 200 round an inner status. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import type { AttemptRef } from '../contract.ts';
import { hashIdNumber, hashPhone } from '../kit/identity.ts';
import type { Json } from '../kit/read-json.ts';
import { yuanText } from '../kit/units.ts';
import { callback } from './callback.ts';
import { readBind, readCards, readPlanReply, readRepay, readTrial } from './read-loan.ts';
import { read, readAccess } from './read.ts';
import { sealedRequest } from './wire.ts';

const SUBMIT_NEEDS = [
  'name',
  'phone',
  'id_number',
  'monthly_income_fen',
  'employment',
  'education',
  'assets',
  'amount_fen',
  'term_months',
  'purpose',
] as const;
const MD5 = { digest: 'md5', letters: 'lower' } as const;

/** The order by our reference, and what a service wants besides. */
function ofOrder(attempt: AttemptRef, more: Readonly<Record<string, Json>> = {}): Readonly<Record<string, Json>> {
  return { outOrderNo: attempt.ref, ...more };
}

/** The adapter of every funder that speaks maple-full. */
export const mapleFull = defineAdapter({
  manifest: {
    id: 'maple-full',
    title: 'Maple full flow (RSA content, salted MD5, credit to repayment)',
    shape: 'full',
    secretNames: ['salt', 'private_key', 'funder_public_key'],
    paramNames: ['app_id', 'product_code'],
    units: { money: 'mixed', time: 'ms' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 10, submitPerSecond: null, callbackTries: 3 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  precheck: {
    needs: ['phone', 'id_number'],
    build: (ctx, attempt, fields) => {
      const hashes = { mobileMd5: hashPhone(fields.phone, MD5), idNoMd5: hashIdNumber(fields.id_number, MD5) };
      return sealedRequest(ctx, 'credit.access', ofOrder(attempt, hashes));
    },
    read: readAccess,
  },
  submit: {
    needs: SUBMIT_NEEDS,
    build: (ctx, attempt, fields) =>
      sealedRequest(ctx, 'credit.apply', {
        ...ofOrder(attempt, { productCode: ctx.params['product_code'] ?? '', notifyUrl: ctx.callbackUrl }),
        name: fields.name,
        mobile: fields.phone,
        idNo: fields.id_number,
        monthlyIncome: fields.monthly_income_fen,
        job: fields.employment.toUpperCase(),
        education: (fields.education ?? 'unknown').toUpperCase(),
        owns: JSON.stringify((['house', 'car', 'policy'] as const).filter((asset) => !['none', 'no', undefined].includes(fields.assets[asset]))),
        applyAmount: fields.amount_fen,
        applyTerm: fields.term_months,
        loanUse: fields.purpose.toUpperCase(),
      }),
    read: read.submit,
  },
  query: { build: (ctx, attempt) => sealedRequest(ctx, 'credit.query', ofOrder(attempt)), read: read.query },
  cancel: { build: (ctx, attempt) => sealedRequest(ctx, 'credit.cancel', ofOrder(attempt)), read: read.cancel },
  cards: {
    list: { build: (ctx, attempt) => sealedRequest(ctx, 'card.list', ofOrder(attempt)), read: readCards },
    bind: {
      needs: ['name', 'id_number', 'bank_card'],
      build: (ctx, attempt, { name, id_number: idNo, bank_card: card }) =>
        sealedRequest(ctx, 'card.bind', ofOrder(attempt, { name, idNo, cardNo: card.number, bankMobile: card.phone })),
      read: readBind,
    },
    verify: {
      build: (ctx, attempt, { bindRef, code }) => sealedRequest(ctx, 'card.verify', ofOrder(attempt, { bindNo: bindRef, smsCode: code })),
      read: readBind,
    },
  },
  trial: {
    build: (ctx, attempt, { amount, termMonths }) =>
      sealedRequest(ctx, 'loan.trial', ofOrder(attempt, { loanAmount: yuanText(amount), loanTerm: termMonths })),
    read: readTrial,
  },
  draw: {
    build: (ctx, attempt, { amount, termMonths, cardRef }) => {
      const terms = { loanAmount: yuanText(amount), loanTerm: termMonths, cardId: cardRef ?? '', notifyUrl: ctx.callbackUrl };
      return sealedRequest(ctx, 'loan.apply', ofOrder(attempt, terms));
    },
    read: read.draw,
  },
  plan: { build: (ctx, attempt) => sealedRequest(ctx, 'loan.plan', ofOrder(attempt)), read: readPlanReply },
  repay: {
    pay: {
      build: (ctx, attempt, { repaymentRef, amount, upToMonth, cardRef }) => {
        // `period` 0 pays off the whole loan.
        const terms = { repayNo: repaymentRef, repayAmount: yuanText(amount), period: upToMonth ?? 0, cardId: cardRef ?? '', trigger: 1 };
        return sealedRequest(ctx, 'repay.apply', ofOrder(attempt, terms));
      },
      read: readRepay,
    },
    query: {
      build: (ctx, attempt, { repaymentRef }) => sealedRequest(ctx, 'repay.query', ofOrder(attempt, { repayNo: repaymentRef })),
      read: readRepay,
    },
  },
  callback,
});
