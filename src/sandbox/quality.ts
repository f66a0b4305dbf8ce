/**
 * The hidden credit quality of an applicant: standard normal, fixed by the ID number, the same for all six funders, so that one funder's
 * no says something about the next. Each funder adds what its protocol tells it and an opinion of its own.
 */
import { createHash } from 'node:crypto';

/** What a submit tells a funder about a person, whatever its protocol. Null: the protocol does not carry it. */
export interface Person {
  readonly idNumber: string;
  readonly phone: string;
  readonly monthlyIncomeFen: number | null;
  /** 0 none told, 1 under 600 … 5 over 750. */
  readonly zhimaLevel: number | null;
}

const MEDIAN_INCOME_FEN = 800_000;
const ZHIMA_EFFECT = [0, -0.5, -0.2, 0.1, 0.35, 0.5];
const INCOME_EFFECT = 0.35;
const OPINION = 0.3;

/** Standard normal, from the MD5 of the ID number alone, for that is all a hashed precheck has. */
export function latentQuality(idMd5: string, seed: number): number {
  return normal(`${seed}:quality:${idMd5}`);
}

/** The score a funder gives; it approves when the score reaches its threshold. */
export function scoreOf(funderId: string, person: Person, seed: number): number {
  const income =
    person.monthlyIncomeFen === null ? 0 : INCOME_EFFECT * clamp(Math.log(Math.max(1, person.monthlyIncomeFen) / MEDIAN_INCOME_FEN), 1.5);
  const zhima = person.zhimaLevel === null ? 0 : (ZHIMA_EFFECT[person.zhimaLevel] ?? 0);
  const idMd5 = idMd5Of(person.idNumber);
  return latentQuality(idMd5, seed) + income + zhima + OPINION * normal(`${seed}:${funderId}:${idMd5}`);
}

function idMd5Of(idNumber: string): string {
  return createHash('md5').update(idNumber.toUpperCase()).digest('hex');
}

/** Age in whole years from the first 14 characters of an ID number, masked or not; null when they hold no date. */
export function ageOf(idNumber: string, nowMs: number): number | null {
  const match = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(idNumber);
  if (match === null) return null;
  const now = new Date(nowMs + 8 * 3_600_000);
  const today = (now.getUTCMonth() + 1) * 100 + now.getUTCDate();
  return now.getUTCFullYear() - Number(match[1]) - (Number(match[2]) * 100 + Number(match[3]) > today ? 1 : 0);
}

/** Uniform in [0, 1), fixed by the text. */
export function uniformOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

function normal(text: string): number {
  const digest = createHash('sha256').update(text).digest();
  const first = (digest.readUInt32BE(0) + 1) / (2 ** 32 + 1);
  return Math.sqrt(-2 * Math.log(first)) * Math.cos((2 * Math.PI * digest.readUInt32BE(4)) / 2 ** 32);
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
