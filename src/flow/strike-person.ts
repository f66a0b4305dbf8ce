/** What a funder writes freely (its order number, the names of its charges) may repeat the borrower; what is kept in plain must not. */
import type { ApplicationRow } from '../store/index.ts';
import { openBody } from './application-body.ts';
import type { Work } from './work.ts';

/** As long as a phone number, or longer: shorter runs of digits name nobody. */
const LONG_NUMBER = /\d{11}/;
const STRUCK = '*';

/** The text with the borrower's name, phone and ID number struck out. Of the erased nothing can be compared, so nothing is kept. */
export function strikePerson(work: Work, application: ApplicationRow, text: string): string {
  const body = openBody(work.keyOf(application), application);
  if (body === null) return STRUCK;
  const { name, phone, id_number: idNumber } = body.applicant;
  return [name, phone, idNumber].reduce<string>((left, told) => (told === undefined ? left : left.replaceAll(told, STRUCK)), text);
}

/** An order number that may be kept; null when it repeats the borrower. Most are short and cost no look at who that is. */
export function ownRef(work: Work, application: ApplicationRow, ref: string): string | null {
  return !LONG_NUMBER.test(ref) || strikePerson(work, application, ref) === ref ? ref : null;
}

/** A key made of a funder's text: itself while it is too short to name anybody, else a keyed mark of it. */
export function plainOrMark(text: string, mark: (text: string) => string): string {
  return LONG_NUMBER.test(text) ? mark(text) : text;
}
