/** Bank cards as funders list them: a token, a bank and the last digits; never a number. */
import type { BoundCard } from '../contract.ts';
import { safeRef } from './answers.ts';
import type { Json } from './read-json.ts';
import { textAt } from './read-json.ts';

/** A bank's name ends in what it is, so that no person's name passes for one. */
const BANK = /^[\p{Script=Han}A-Za-z ()（）]{1,28}(?:银行|信用社|农商行|Bank|BANK)$/u;
const CARD_NUMBER = /^\d{12,19}$/;
const TAIL = /^\d{4}$/;

/** A card, or null when a part is missing or the token is itself a card's number. A bank that cannot be read is left blank. */
export function readCard(ref: Json | undefined, row: Json | undefined, names: { readonly bank: string; readonly tail: string }): BoundCard | null {
  const token = safeRef(ref);
  const tail = textAt(row, names.tail);
  const bank = textAt(row, names.bank) ?? '';
  if (token === null || CARD_NUMBER.test(token) || tail === null || !TAIL.test(tail)) return null;
  return { ref: token, bank: BANK.test(bank) ? bank : '', tail };
}
