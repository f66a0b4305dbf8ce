/**
 * Chinese resident ID numbers (公民身份号码, GB 11643-1999): six digits of region, eight of birth date, three of sequence (odd: male),
 * one check character by ISO 7064 MOD 11-2. The 15-digit numbers of before 2000 are no longer valid (since 2013) and have the wrong shape here.
 */
import { invariant } from './failures.ts';
import type { Bilingual } from './failures.ts';
import { provinceOf } from './regions.ts';

/** First fault found, in the order shape, region, date, checksum. */
export type IdNumberFault = 'shape' | 'region' | 'date' | 'checksum';

/** What a valid number says. `age` is in whole years on the business day (Asia/Shanghai); someone born on 29 February ages on 1 March. */
export interface IdNumberFacts {
  readonly ok: true;
  /** Eighteen characters, upper-case X. */
  readonly idNumber: string;
  /** Six-digit GB/T 2260 code. */
  readonly region: string;
  /** YYYY-MM-DD. */
  readonly birthDate: string;
  readonly sex: 'm' | 'f';
  readonly age: number;
}
export type IdNumberCheck = IdNumberFacts | { readonly ok: false; readonly fault: IdNumberFault };

/** What to tell the person beside the field. */
export const ID_NUMBER_FAULTS: Readonly<Record<IdNumberFault, Bilingual>> = {
  shape: { zh: '身份证号应为 18 位：前 17 位是数字，最后一位是数字或 X。', en: 'An ID number has 18 characters: 17 digits, then a digit or X.' },
  region: {
    zh: '身份证号的前两位不是有效的地区代码，请核对。',
    en: 'The first two digits of the ID number are not a known region. Please check them.',
  },
  date: {
    zh: '身份证号第 7 至 14 位不是有效的出生日期，请核对。',
    en: 'Digits 7 to 14 of the ID number are not a real birth date. Please check them.',
  },
  checksum: {
    zh: '身份证号有一位或几位不对，请对照身份证再核对一遍。',
    en: 'A digit of the ID number is wrong. Please compare it with the card once more.',
  },
};

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const PLAIN = /^\d{17}[\dX]$/;
const LONGEST_TEXT = 64;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = '10X98765432';
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Checks a number as typed: full-width characters, spaces and a lower-case x are accepted. Never throws. `nowMs`: milliseconds since the epoch. */
export function checkIdNumber(text: string, nowMs: number): IdNumberCheck {
  const idNumber = PLAIN.test(text) ? text : normaliseIdNumber(text);
  if (!PLAIN.test(idNumber)) return { ok: false, fault: 'shape' };
  if (provinceOf(idNumber) === null) return { ok: false, fault: 'region' };
  const year = Number(idNumber.slice(6, 10));
  const month = Number(idNumber.slice(10, 12));
  const day = Number(idNumber.slice(12, 14));
  const age = ageOn(year, month, day, nowMs);
  if (!isCalendarDate(year, month, day) || age < 0) return { ok: false, fault: 'date' };
  if (checkCharacter(idNumber) !== idNumber[17]) return { ok: false, fault: 'checksum' };
  return {
    ok: true,
    idNumber,
    region: idNumber.slice(0, 6),
    birthDate: `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`,
    sex: idNumber.charCodeAt(16) % 2 === 1 ? 'm' : 'f',
    age,
  };
}

/** The one form that is stored and indexed. Text that is far too long comes back empty. */
export function normaliseIdNumber(text: string): string {
  return text.length > LONGEST_TEXT
    ? ''
    : halfWidth(text)
        .replace(/[\s\u200b-\u200d\u2060]/g, '')
        .toUpperCase();
}

/** Turns full-width forms (as Chinese keyboards type them) into ASCII; everything else stays. */
export function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replaceAll('\u3000', ' ');
}

/** Makes a valid number for fixtures and the demo. `sequence` is 0 to 499 and tells apart people of one region, date and sex. Throws on anything else. */
export function makeIdNumber(of: { region: string; birthDate: string; sequence: number; sex: 'm' | 'f' }): string {
  invariant(/^\d{6}$/.test(of.region) && provinceOf(of.region) !== null, 'region is six digits of a known province');
  invariant(/^\d{4}-\d{2}-\d{2}$/.test(of.birthDate), 'birthDate is YYYY-MM-DD');
  const [year = 0, month = 0, day = 0] = of.birthDate.split('-').map(Number);
  invariant(isCalendarDate(year, month, day), 'birthDate is a real date');
  invariant(Number.isInteger(of.sequence) && of.sequence >= 0 && of.sequence <= 499, 'sequence is 0 to 499');
  const order = of.sequence * 2 + (of.sex === 'm' ? 1 : 0);
  const body = `${of.region}${of.birthDate.replaceAll('-', '')}${String(order).padStart(3, '0')}`;
  return body + checkCharacter(body);
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  if (year < 1900 || month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0);
  return day <= DAYS[month - 1]! + (leap ? 1 : 0);
}

/** Whole years on the business day, negative before the birth. China has kept UTC+8 without summer time since 1992. */
function ageOn(year: number, month: number, day: number, nowMs: number): number {
  const today = new Date(nowMs + SHANGHAI_OFFSET_MS);
  const months = today.getUTCMonth() + 1 - month;
  const beforeBirthday = months < 0 || (months === 0 && today.getUTCDate() < day);
  return today.getUTCFullYear() - year - (beforeBirthday ? 1 : 0);
}

function checkCharacter(number: string): string {
  let sum = 0;
  for (let index = 0; index < 17; index += 1) sum += (number.charCodeAt(index) - 48) * WEIGHTS[index]!;
  return CHECK_CHARACTERS[sum % 11]!;
}
