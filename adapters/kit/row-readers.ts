/** Readers of plans and charges made from the names that a protocol gives to their parts. */
import type { Fee, Instalment } from '../contract.ts';
import type { AmountMinor } from '../../src/domain/money.ts';
import { readFees, readPlan } from './offers.ts';
import { codeText } from './order-states.ts';
import type { Json } from './read-json.ts';
import { at, lookUp, textAt } from './read-json.ts';
import { readMonths } from './units.ts';

export type ReadMoney = (value: Json | undefined) => AmountMinor | null;

/** XML tells a list by repeating an element: one of them looks like no list, none like nothing. */
export function elements(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** Reads a plan whose rows have these names. */
export function planReader(
  names: { readonly month: string; readonly principal: string; readonly interest: string; readonly fee: string },
  money: ReadMoney,
): (value: Json | undefined) => readonly Instalment[] | null {
  const readRow = (row: Json) => ({
    dueInMonths: readMonths(at(row, names.month)),
    principal: money(at(row, names.principal)),
    interest: money(at(row, names.interest)),
    fee: money(at(row, names.fee)),
  });
  return (value) => readPlan(value, readRow);
}

/** Reads a list of charges whose rows have these names; `when` says which word means what. */
export function feeReader(
  names: { readonly item: string; readonly payee: string; readonly amount: string; readonly when: string },
  when: Readonly<Record<string, Fee['when']>>,
  money: ReadMoney,
): (value: Json | undefined) => readonly Fee[] | null {
  const readRow = (row: Json): Fee | null => {
    const item = textAt(row, names.item);
    const payee = textAt(row, names.payee);
    const amount = money(at(row, names.amount));
    const due = lookUp(when, codeText(at(row, names.when)) ?? '');
    if (item === null || payee === null || amount === null || due === null) return null;
    return { item: item.slice(0, 60), payee: payee.slice(0, 120), amount, when: due };
  };
  return (value) => readFees(value, readRow);
}
