/**
 * The cost disclosure a borrower reads and confirms before the contract: an offer and its all-in cost go in, the itemised table (item,
 * method, rate, payee, amount), the annualised cost, the costs of default and the statement that there is nothing else come out, in both
 * languages, with the hash of exactly that (个人贷款明示综合融资成本规定, in force from 2026-08-01). It must not soften a figure or leave one out.
 */
import type { Bilingual } from '../domain/failures.ts';
import { amountMinor, formatMajor } from '../domain/money.ts';
import type { AmountMinor } from '../domain/money.ts';
import { canonicalJson } from './canonical-json.ts';
import { chargedMonths } from './cost.ts';
import type { AllInCost, PlanPart, PricedOffer } from './cost.ts';

/** One line of the table. `rateBps` is of the loan amount, per year for interest, else per charge as `method` says. */
export interface CostItem {
  readonly item: Bilingual;
  readonly method: Bilingual;
  readonly rateBps: number;
  readonly payee: string;
  /** Over the whole term, in fen. */
  readonly amount: AmountMinor;
}

/** What it costs not to pay in time, as the lender has told us. */
export interface DefaultCost {
  readonly item: Bilingual;
  readonly method: Bilingual;
  readonly payee: string;
}

export interface DisclosureInput {
  readonly offer: PricedOffer & { readonly termMonths: number; readonly quotedAprBps: number };
  readonly cost: AllInCost;
  readonly lender: { readonly name: string; readonly legalEntity: string };
  /** Empty when the lender has told none: the disclosure then says that the contract decides. */
  readonly defaultCosts: readonly DefaultCost[];
}

/** The snapshot that is stored, shown and confirmed. Amounts in fen, rates in basis points. */
export interface Disclosure {
  readonly form: 'millrace-disclosure/1';
  readonly lender: { readonly name: string; readonly legalEntity: string };
  readonly amount: AmountMinor;
  readonly received: AmountMinor;
  readonly termMonths: number;
  readonly repaid: AmountMinor;
  readonly charges: AmountMinor;
  readonly aprBps: number;
  readonly compoundBps: number;
  readonly quotedAprBps: number;
  readonly annualisation: Bilingual;
  readonly items: readonly CostItem[];
  readonly defaultCosts: readonly DefaultCost[];
  readonly defaultNote: Bilingual | null;
  readonly noOtherCharges: Bilingual;
  readonly plan: readonly PlanPart[];
}

/** Makes the disclosure, its canonical JSON (what is stored) and the hash of that (what the confirmation binds to). */
export function disclose(
  input: DisclosureInput,
  sha256Hex: (text: string) => string,
): { readonly disclosure: Disclosure; readonly json: string; readonly hash: string } {
  const { offer, cost, lender, defaultCosts } = input;
  const disclosure: Disclosure = {
    form: 'millrace-disclosure/1',
    lender,
    amount: offer.amount,
    received: cost.received,
    termMonths: offer.termMonths,
    repaid: cost.repaid,
    charges: cost.charges,
    aprBps: cost.aprBps,
    compoundBps: cost.compoundBps,
    quotedAprBps: offer.quotedAprBps,
    annualisation: ANNUALISATION,
    items: itemsOf(input),
    defaultCosts,
    defaultNote: defaultCosts.length === 0 ? DEFAULT_UNTOLD : null,
    noOtherCharges: NO_OTHER_CHARGES,
    plan: offer.plan,
  };
  const json = canonicalJson(disclosure);
  return { disclosure, json, hash: sha256Hex(json) };
}

/** The disclosure as plain text in one language, one statement a line; for channels that show no table of their own. */
export function renderDisclosure(disclosure: Disclosure, lang: keyof Bilingual): string {
  const words = WORDS[lang];
  return [
    `${words.lender}${disclosure.lender.name}${words.open}${disclosure.lender.legalEntity}${words.close}`,
    `${words.amount}${yuan(disclosure.amount, lang)}`,
    `${words.received}${yuan(disclosure.received, lang)}`,
    `${words.term}${disclosure.termMonths}${words.months}`,
    `${words.repaid}${yuan(disclosure.repaid, lang)}`,
    `${words.charges}${yuan(disclosure.charges, lang)}`,
    `${words.apr}${percent(disclosure.aprBps)}${words.open}${disclosure.annualisation[lang]}${words.close}`,
    ...disclosure.items.map((line) =>
      [line.item[lang], line.method[lang], percent(line.rateBps), `${words.payee}${line.payee}`, yuan(line.amount, lang)].join(words.bar),
    ),
    words.onDefault,
    ...disclosure.defaultCosts.map((line) => [line.item[lang], line.method[lang], `${words.payee}${line.payee}`].join(words.bar)),
    ...(disclosure.defaultNote === null ? [] : [disclosure.defaultNote[lang]]),
    disclosure.noOtherCharges[lang],
  ].join('\n');
}

/** Whether a confirmation counts. `waitMs` is what is left of the reading time. */
export type Confirmation =
  | { readonly kind: 'ok' }
  | { readonly kind: 'not_shown' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'too_early'; readonly waitMs: number };

/** An offer may be confirmed until `validUntilMs`, and not before its disclosure was on screen for `readingS` seconds. Our clock alone counts. */
export function mayConfirm(at: {
  readonly shownAtMs: number | null;
  readonly confirmedAtMs: number;
  readonly readingS: number;
  readonly validUntilMs: number;
}): Confirmation {
  if (at.confirmedAtMs >= at.validUntilMs) return { kind: 'expired' };
  if (at.shownAtMs === null) return { kind: 'not_shown' };
  const waitMs = at.shownAtMs + at.readingS * 1_000 - at.confirmedAtMs;
  return waitMs > 0 ? { kind: 'too_early', waitMs } : { kind: 'ok' };
}

function itemsOf({ offer, cost, lender }: DisclosureInput): CostItem[] {
  const months = chargedMonths(offer.plan);
  const share = (amount: number): number => Math.round((amount / offer.amount) * 10_000);
  const items: CostItem[] = [];
  const inPlan = offer.plan.reduce((total, { fee }) => total + fee, 0);
  if (inPlan > 0) items.push({ item: PLAN_FEE, method: ALL_TOLD, rateBps: share(inPlan), payee: lender.legalEntity, amount: amountMinor(inPlan) });
  for (const fee of offer.fees) {
    if (fee.amount === 0) continue;
    const monthly = fee.when === 'monthly';
    items.push({
      item: { zh: fee.item, en: fee.item },
      method: monthly ? EACH_MONTH : UPFRONT,
      rateBps: share(fee.amount),
      payee: fee.payee,
      amount: amountMinor(monthly ? fee.amount * months : fee.amount),
    });
  }
  // Interest takes up what rounding left in the principal, so that the table adds up to the charges.
  const interest = Math.max(0, cost.charges - items.reduce((total, { amount }) => total + amount, 0));
  return [{ item: INTEREST, method: BY_PLAN, rateBps: offer.quotedAprBps, payee: lender.legalEntity, amount: amountMinor(interest) }, ...items];
}

const INTEREST: Bilingual = { zh: '利息', en: 'Interest' };
const BY_PLAN: Bilingual = { zh: '按还款计划收取，费率为出资方报价年利率', en: 'By the repayment plan; the rate is the lender’s quoted annual rate' };
const PLAN_FEE: Bilingual = { zh: '分期服务费', en: 'Fees within the instalments' };
const ALL_TOLD: Bilingual = {
  zh: '随各期还款收取，费率为合计占贷款金额的比例',
  en: 'With the instalments; the rate is their sum over the loan amount',
};
const EACH_MONTH: Bilingual = { zh: '按月收取，费率为每月占贷款金额的比例', en: 'Each month; the rate is one month’s fee over the loan amount' };
const UPFRONT: Bilingual = { zh: '放款时一次性收取，费率为占贷款金额的比例', en: 'Once, at disbursement; the rate is of the loan amount' };
const ANNUALISATION: Bilingual = {
  zh: '单利，按内部收益率法计算的月利率乘以十二，已含全部息费',
  en: 'simple: twelve times the monthly internal rate of return, all charges included',
};
const DEFAULT_UNTOLD: Bilingual = {
  zh: '出资方未向本平台列明逾期费用，以借款合同的约定为准；本平台不收取任何逾期费用。',
  en: 'The lender has not told this platform what default costs; the loan contract decides. This platform charges nothing on default.',
};
const NO_OTHER_CHARGES: Bilingual = { zh: '除上述项目外，不收取任何其他费用。', en: 'Nothing is charged beyond what is listed above.' };

const WORDS = {
  zh: {
    lender: '出资方：',
    open: '（',
    close: '）',
    amount: '贷款金额：',
    received: '实际到账：',
    term: '期限：',
    months: '个月',
    repaid: '还款总额：',
    charges: '息费合计：',
    apr: '综合融资成本（年化）：',
    payee: '收取方：',
    bar: '｜',
    onDefault: '逾期成本：',
  },
  en: {
    lender: 'Lender: ',
    open: ' (',
    close: ')',
    amount: 'Loan amount: ',
    received: 'You receive: ',
    term: 'Term: ',
    months: ' months',
    repaid: 'You repay in all: ',
    charges: 'Interest and fees in all: ',
    apr: 'All-in annual cost: ',
    payee: 'paid to ',
    bar: ' | ',
    onDefault: 'If you pay late:',
  },
} as const;

function yuan(amount: AmountMinor, lang: keyof Bilingual): string {
  const text = formatMajor(amount);
  return lang === 'zh' ? `${text}元` : `CNY ${text}`;
}

function percent(bps: number): string {
  return `${(bps / 100).toFixed(2)}%`;
}
