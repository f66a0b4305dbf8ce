/** What may be reasoned about, derived from what a borrower told; and the two fields, phone and name, that are made uniform before they are kept. */
import type { Applicant, Facts, LoanRequest, Visit } from './applicant.ts';
import { invariant } from './failures.ts';
import type { Bilingual } from './failures.ts';
import { checkIdNumber, halfWidth } from './id-number.ts';

/** Every fact a rule may name. */
export const FACT_NAMES = [
  'age',
  'sex',
  'region',
  'monthly_income_fen',
  'employment',
  'employer_type',
  'years_employed',
  'education',
  'housing_fund',
  'social_security',
  'house',
  'car',
  'policy',
  'credit_card',
  'zhima_band',
  'amount_fen',
  'term_months',
  'purpose',
  'channel',
  'variant',
  'hour',
] as const satisfies readonly (keyof Facts)[];

/** The channel of a visit that names none. */
export const NO_CHANNEL = 'direct';

/**
 * Derives the facts at `nowMs` (the moment of submission, milliseconds since the epoch).
 * The ID number must have passed `checkIdNumber`; one that has not is a bug of the caller and throws.
 */
export function factsOf(applicant: Applicant, request: LoanRequest, visit: Visit, nowMs: number): Facts {
  const identity = checkIdNumber(applicant.id_number, nowMs);
  invariant(identity.ok, 'facts asked for an ID number that was not checked');
  const assets = applicant.assets;
  return {
    age: identity.age,
    sex: identity.sex,
    region: identity.region,
    monthly_income_fen: applicant.monthly_income_fen,
    employment: applicant.employment,
    employer_type: applicant.employer_type ?? null,
    years_employed: applicant.years_employed ?? null,
    education: applicant.education ?? null,
    housing_fund: assets.housing_fund ?? null,
    social_security: assets.social_security ?? null,
    house: assets.house ?? null,
    car: assets.car ?? null,
    policy: assets.policy ?? null,
    credit_card: assets.credit_card ?? null,
    zhima_band: assets.zhima_band ?? null,
    amount_fen: request.amount_fen,
    term_months: request.term_months,
    purpose: request.purpose,
    channel: visit.channel ?? NO_CHANNEL,
    variant: visit.variant ?? null,
    hour: Math.floor(nowMs / 3_600_000 + 8) % 24,
  };
}

export type PhoneFault = 'empty' | 'not_digits' | 'too_short' | 'too_long' | 'foreign' | 'not_mobile';
export type PhoneCheck = { readonly ok: true; /** Eleven digits. */ readonly phone: string } | { readonly ok: false; readonly fault: PhoneFault };

export const PHONE_FAULTS: Readonly<Record<PhoneFault, Bilingual>> = {
  empty: { zh: '请填写手机号。', en: 'Please enter your mobile number.' },
  not_digits: { zh: '手机号里有不是数字的字符，请核对。', en: 'The mobile number contains something other than digits.' },
  too_short: { zh: '手机号应为 11 位，现在少了几位。', en: 'A mobile number has 11 digits; some are missing.' },
  too_long: { zh: '手机号应为 11 位，现在多了几位。', en: 'A mobile number has 11 digits; there are too many.' },
  foreign: { zh: '目前只支持中国大陆手机号（+86）。', en: 'Only mainland China mobile numbers (+86) can be used.' },
  not_mobile: { zh: '这不是手机号：大陆手机号以 13 至 19 开头。', en: 'This is not a mobile number: those of mainland China begin with 13 to 19.' },
};

const MOBILE = /^1[3-9]\d{9}$/;
const LONGEST_PHONE_TEXT = 40;

/** Checks a mainland mobile number as typed (+86, 0086, 86, spaces, dashes, brackets, full-width digits) and makes it eleven digits. Never throws. */
export function checkPhone(text: string): PhoneCheck {
  if (MOBILE.test(text)) return { ok: true, phone: text };
  if (text.length > LONGEST_PHONE_TEXT) return { ok: false, fault: 'too_long' };
  const bare = halfWidth(text).replace(/[\s()\-.\u200b-\u200d\u2010-\u2015\u2060]/g, '');
  if (bare === '') return { ok: false, fault: 'empty' };
  const phone = bare.replace(/^(?:(?:\+|00)86|86(?=\d{11}$))/, '');
  if (!/^\+?\d*$/.test(phone)) return { ok: false, fault: 'not_digits' };
  if (phone.startsWith('+') || phone.startsWith('00')) return { ok: false, fault: 'foreign' };
  if (phone.length !== 11) return { ok: false, fault: phone.length < 11 ? 'too_short' : 'too_long' };
  return MOBILE.test(phone) ? { ok: true, phone } : { ok: false, fault: 'not_mobile' };
}

export type NameFault = 'empty' | 'too_short' | 'too_long' | 'not_letters' | 'mixed_script' | 'misplaced_mark';
export type NameCheck = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly fault: NameFault };

export const NAME_FAULTS: Readonly<Record<NameFault, Bilingual>> = {
  empty: { zh: '请填写身份证上的姓名。', en: 'Please enter your name as on your ID card.' },
  too_short: { zh: '姓名至少两个字，请填写全名。', en: 'A name has at least two characters. Please enter it in full.' },
  too_long: { zh: '姓名太长：中文最多 30 个字，字母最多 60 个。', en: 'The name is too long: at most 30 Chinese characters or 60 letters.' },
  not_letters: {
    zh: '姓名里只能有汉字或字母，请去掉数字和符号。',
    en: 'A name is made of Chinese characters or letters. Please remove digits and symbols.',
  },
  mixed_script: { zh: '请只用汉字或只用字母填写姓名。', en: 'Please write the name in Chinese characters or in letters, not both.' },
  misplaced_mark: {
    zh: '间隔号“·”或连字符只能放在姓名中间，且不能连用。',
    en: 'A dot or hyphen belongs between two parts of the name, one at a time.',
  },
};

const LONGEST_HAN = 30;
const LONGEST_LATIN = 60;
/** How phones and keyboards write the dot of names such as 阿卜杜拉·买买提. */
const DOTS = /[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65.]/g;

/** Checks a name as typed and makes it uniform: no spaces in a Chinese name, one kind of dot, single spaces in a Latin one. Never throws. */
export function checkName(text: string): NameCheck {
  if (text.length > 4 * LONGEST_LATIN) return { ok: false, fault: 'too_long' };
  const plain = halfWidth(text)
    .normalize('NFC')
    .replace(/[\u200b-\u200d\u2060]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (plain === '') return { ok: false, fault: 'empty' };
  const han = /\p{Script=Han}/u.test(plain);
  if (han && /\p{Script=Latin}/u.test(plain)) return { ok: false, fault: 'mixed_script' };
  const name = han ? plain.replaceAll(' ', '').replace(DOTS, '·') : plain.replace(/[\u2018\u2019]/g, "'");
  if (!(han ? /^[\p{Script=Han}·]+$/u : /^[\p{Script=Latin}\p{M} .'-]+$/u).test(name)) return { ok: false, fault: 'not_letters' };
  if (!(han ? /^[^·]+(?:·[^·]+)*$/u : /^\p{L}\p{M}*(?:(?:\.? ?|['-])\p{L}\p{M}*)*\.?$/u).test(name)) return { ok: false, fault: 'misplaced_mark' };
  const length = [...name].length;
  if (length < 2) return { ok: false, fault: 'too_short' };
  return length > (han ? LONGEST_HAN : LONGEST_LATIN) ? { ok: false, fault: 'too_long' } : { ok: true, name };
}
