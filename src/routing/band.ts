import type { Facts } from '../domain/applicant.ts';

/** Coarse risk bands, best first. Events carry the band alone, so learning needs no applicant. */
export const BANDS = ['prime', 'good', 'fair', 'low', 'thin'] as const;
export type Band = (typeof BANDS)[number];

/** Points from which a band begins, in the order of `BANDS`. */
const FROM = [7, 5, 3, 1] as const;

/**
 * The band of an applicant, by points. Monthly income: 1 from 3,000 yuan, 2 from 6,000, 3 from 12,000. Zhima score: 1 from 650, 2 from 700,
 * 3 from 750, -1 under 600. The longer of housing fund and social security: 1 from a year, 2 from two; housing fund of a year
 * or more: 1 besides, since it takes a registered employer. Civil servant: 1; freelance: -1; unemployed or student: -2.
 * What was not told counts as not there. prime >= 7, good >= 5, fair >= 3, low >= 1, thin below.
 */
export function bandOf(facts: Facts): Band {
  const fund = CONTRIBUTION[facts.housing_fund ?? 'none'] ?? 0;
  const security = CONTRIBUTION[facts.social_security ?? 'none'] ?? 0;
  const points =
    incomePoints(facts.monthly_income_fen) +
    (ZHIMA[facts.zhima_band ?? 'none'] ?? 0) +
    Math.max(fund, security) +
    (fund > 0 ? 1 : 0) +
    (EMPLOYED[facts.employment] ?? 0);
  const at = FROM.findIndex((from) => points >= from);
  return BANDS[at === -1 ? BANDS.length - 1 : at]!;
}

const CONTRIBUTION: Readonly<Record<string, number>> = { none: 0, under_1y: 0, '1y_2y': 1, '2y_plus': 2 };
const ZHIMA: Readonly<Record<string, number>> = { none: 0, under_600: -1, '600_650': 0, '650_700': 1, '700_750': 2, '750_plus': 3 };
const EMPLOYED: Readonly<Partial<Record<Facts['employment'], number>>> = { civil_servant: 1, freelance: -1, unemployed: -2, student: -2 };

function incomePoints(monthlyFen: number): number {
  if (monthlyFen >= 1_200_000) return 3;
  if (monthlyFen >= 600_000) return 2;
  return monthlyFen >= 300_000 ? 1 : 0;
}
