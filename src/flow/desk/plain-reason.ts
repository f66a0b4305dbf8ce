/** Reasons that operators write. They stay in plain, also after the borrower was erased, so nobody's number may be in them. */
import { fault, type Fault } from '../../domain/failures.ts';

/** As long as a phone number, however it is set apart. A whole date is as long: better said otherwise than a number kept. */
const LONG_NUMBER = /\d[\d\s().,/·、-]{9,}/;

/** What is wrong with a reason at `pointer`; null when nothing is. Full-width digits are digits. */
export function numberIn(reason: string, pointer: string): Fault | null {
  if (!LONG_NUMBER.test(reason.normalize('NFKC'))) return null;
  return fault(pointer, 'number_in_reason', '原因里不能写号码', 'a reason must not hold a phone or ID number: it is kept in plain');
}
