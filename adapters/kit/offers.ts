/** Repayment plans and offers: read by a protocol's own row reader, then held to what any plan must satisfy. */
import type { Fee, FunderOffer, Instalment } from '../contract.ts';
import type { AmountMinor } from '../../src/domain/money.ts';
import type { Json } from './read-json.ts';
import { listOf } from './read-json.ts';

const MAX_INSTALMENTS = 120;
const MAX_FEES = 20;

/** One instalment as read, each part null when unreadable. */
export type InstalmentRead = { readonly [K in keyof Instalment]: Instalment[K] | null };

/** A plan of 1 to 120 instalments in rising order of due month, or null. Accepts a list or a list written into a string. */
export function readPlan(value: Json | undefined, readRow: (row: Json) => InstalmentRead): readonly Instalment[] | null {
  const rows = listOf(value);
  if (rows === null || rows.length === 0 || rows.length > MAX_INSTALMENTS) return null;
  const plan: Instalment[] = [];
  for (const row of rows) {
    const { dueInMonths, principal, interest, fee } = readRow(row);
    if (dueInMonths === null || principal === null || interest === null || fee === null) return null;
    if (dueInMonths <= (plan.at(-1)?.dueInMonths ?? 0)) return null;
    plan.push({ dueInMonths, principal, interest, fee });
  }
  return plan;
}

/** A list of charges: empty when absent, null when any of them cannot be read (a charge unread would understate the cost). */
export function readFees(value: Json | undefined, readFee: (row: Json) => Fee | null): readonly Fee[] | null {
  if (value === undefined || value === null || value === '') return [];
  const fees =
    listOf(value)
      ?.slice(0, MAX_FEES + 1)
      .map(readFee) ?? null;
  return fees !== null && fees.length <= MAX_FEES && fees.every((fee) => fee !== null) ? fees : null;
}

/** The offer, when every part was read, the principals sum to the amount and the last instalment falls in the last month. */
export function completeOffer(parts: {
  readonly amount: AmountMinor | null;
  readonly termMonths: number | null;
  readonly quotedAprBps: number | null;
  readonly plan: readonly Instalment[] | null;
  readonly fees: readonly Fee[] | null;
  readonly expiresAtMs: number | null;
}): FunderOffer | null {
  const { amount, termMonths, quotedAprBps, plan, fees, expiresAtMs } = parts;
  if (amount === null || amount === 0 || termMonths === null || quotedAprBps === null || plan === null || fees === null) return null;
  const principal = plan.reduce((sum, instalment) => sum + instalment.principal, 0);
  if (principal !== amount || plan.at(-1)?.dueInMonths !== termMonths) return null;
  return { amount, termMonths, quotedAprBps, plan, fees, expiresAtMs };
}
