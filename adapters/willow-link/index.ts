/**
 * willow-link: a half flow (半流程·撞库返). In come granted fields or a reference; out goes a request signed by MD5, or an answer read from
 * `{code, msg, data}`. The precheck by hashes is answered with a page and a price; the borrower agrees on the page, `auth-callback` tells us,
 * and only then does the full application go out. Yuan as strings, seconds. Nothing here does I/O.
 */
import { defineAdapter } from '../contract.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { hashIdNumber, hashPhone } from '../kit/identity.ts';
import { yuanText } from '../kit/units.ts';
import { callback, read, readPrecheck } from './read.ts';
import { signedRequest } from './wire.ts';

const MD5 = { digest: 'md5', letters: 'lower' } as const;

/** The adapter of every funder that speaks willow-link. */
export const willowLink = defineAdapter({
  manifest: {
    id: 'willow-link',
    title: 'Willow half flow (precheck link with price, MD5 of parts)',
    shape: 'half_precheck_link',
    secretNames: ['app_secret'],
    paramNames: ['app_key', 'channel_code'],
    units: { money: 'yuan_string', time: 's' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: 10, submitPerSecond: null, callbackTries: 3 },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  },
  precheck: {
    needs: ['name', 'phone', 'id_number', 'amount_fen'] as const,
    build: (ctx, attempt, fields) => {
      const [phoneMd5, idNoMd5] = [hashPhone(fields.phone, MD5), hashIdNumber(fields.id_number, MD5)];
      const applyAmount = yuanText(amountMinor(fields.amount_fen));
      return signedRequest(ctx, '/half/precheck', attempt, phoneMd5, { phoneMd5, idNoMd5, userName: fields.name, applyAmount });
    },
    read: readPrecheck,
  },
  submit: {
    needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'education', 'amount_fen', 'term_months', 'purpose'] as const,
    build: (ctx, attempt, fields) =>
      signedRequest(ctx, '/half/apply', attempt, hashPhone(fields.phone, MD5), {
        applyNo: attempt.funderRef ?? '',
        userName: fields.name,
        phone: fields.phone,
        idNo: fields.id_number,
        monthIncome: yuanText(amountMinor(fields.monthly_income_fen)),
        job: fields.employment,
        education: fields.education ?? '',
        applyAmount: yuanText(amountMinor(fields.amount_fen)),
        applyTerm: String(fields.term_months),
        loanUse: fields.purpose,
      }),
    read: read.submit,
  },
  query: { build: (ctx, attempt) => signedRequest(ctx, '/half/query', attempt, null), read: read.query },
  draw: {
    build: (ctx, attempt, { amount, termMonths }) =>
      signedRequest(ctx, '/half/loan', attempt, null, { loanAmount: yuanText(amount), loanTerm: String(termMonths) }),
    read: read.draw,
  },
  callback,
});
