/**
 * Our own applications as the model sees them: facts to banded levels. Sex, channel, variant and hour are left out: the first must not
 * move a decision, the others are about our traffic, not about the applicant. Region is the province alone.
 */
import { EDUCATION, EMPLOYER_TYPE, EMPLOYMENT, CONTRIBUTION_BAND, OWNERSHIP, PURPOSE, YES_NO, ZHIMA_BAND } from '../../domain/applicant.ts';
import type { Facts } from '../../domain/applicant.ts';
import { FUNDER_TYPES } from '../../domain/funder.ts';
import type { Funder } from '../../domain/funder.ts';
import { encodeLevels } from './level-code.ts';
import { schemaOf } from './schema.ts';
import type { Feature, Level, Schema } from './schema.ts';

const UNTOLD = 'untold';
const TIERS = Array.from({ length: 9 }, (_, index) => `${index + 1}`);
/** Provinces and the like by the first two digits of GB/T 2260. */
const PROVINCES = '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' ');

/** Lower bounds of the bands after the first. Money in fen; `burden` is months of income asked for. */
const BOUNDS = {
  age: [23, 26, 31, 36, 46],
  income: [300_000, 500_000, 800_000, 1_200_000, 2_000_000],
  amount: [500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000],
  burden: [0.5, 1, 2, 4, 8, 16],
  term: [4, 7, 13, 25],
  years: [1, 3, 5, 10],
} as const;

const banded = (name: keyof typeof BOUNDS, of: Feature['of'] = 'application'): Feature => ({
  name,
  levels: [...Array.from({ length: BOUNDS[name].length + 1 }, (_, index) => `${index}`), ...(name === 'years' ? [UNTOLD] : [])],
  of,
});
const told = (name: string, levels: readonly string[], of: Feature['of'] = 'application'): Feature => ({ name, levels: [...levels, UNTOLD], of });

/** The features of an application and of a funder's kind. Changing this list makes every stored model unreadable: rebuild it from the feed. */
export const APPLICANT_SCHEMA: Schema = schemaOf([
  banded('age'),
  banded('income', 'crossed'),
  banded('amount'),
  banded('burden', 'crossed'),
  banded('term'),
  banded('years'),
  { name: 'employment', levels: EMPLOYMENT, of: 'crossed' },
  told('employer_type', EMPLOYER_TYPE),
  told('education', EDUCATION),
  told('housing_fund', CONTRIBUTION_BAND, 'crossed'),
  told('social_security', CONTRIBUTION_BAND),
  told('house', OWNERSHIP),
  told('car', OWNERSHIP),
  told('policy', YES_NO),
  told('credit_card', YES_NO),
  told('zhima_band', ZHIMA_BAND, 'crossed'),
  { name: 'purpose', levels: PURPOSE, of: 'application' },
  { name: 'province', levels: PROVINCES, of: 'application' },
  { name: 'tier', levels: TIERS, of: 'kind' },
  { name: 'funder_type', levels: FUNDER_TYPES, of: 'kind' },
]);

/** The levels of an application. */
export function levelsOfFacts(facts: Facts): readonly Level[] {
  return [
    ['age', bandOf('age', facts.age)],
    ['income', bandOf('income', facts.monthly_income_fen)],
    ['amount', bandOf('amount', facts.amount_fen)],
    ['burden', bandOf('burden', facts.amount_fen / Math.max(1, facts.monthly_income_fen))],
    ['term', bandOf('term', facts.term_months)],
    ['years', facts.years_employed === null ? UNTOLD : bandOf('years', facts.years_employed)],
    ['employment', facts.employment],
    ['employer_type', facts.employer_type ?? UNTOLD],
    ['education', facts.education ?? UNTOLD],
    ['housing_fund', facts.housing_fund ?? UNTOLD],
    ['social_security', facts.social_security ?? UNTOLD],
    ['house', facts.house ?? UNTOLD],
    ['car', facts.car ?? UNTOLD],
    ['policy', facts.policy ?? UNTOLD],
    ['credit_card', facts.credit_card ?? UNTOLD],
    ['zhima_band', facts.zhima_band ?? UNTOLD],
    ['purpose', facts.purpose],
    ['province', facts.region.slice(0, 2)],
  ];
}

let last: { readonly facts: Facts; readonly code: string } | null = null;

/** The same as a code (`level-code.ts`). Facts are never changed, and the same are asked about several times in a row. */
export function levelCodeOf(facts: Facts): string {
  if (last?.facts !== facts) last = { facts, code: encodeLevels(APPLICANT_SCHEMA, levelsOfFacts(facts)) };
  return last.code;
}

/** The levels of a funder's kind: those who share them are its peers. */
export function levelsOfFunder({ tier, funder_type: funderType }: Pick<Funder, 'tier' | 'funder_type'>): readonly Level[] {
  return [
    ['tier', `${tier}`],
    ['funder_type', funderType],
  ];
}

function bandOf(name: keyof typeof BOUNDS, value: number): string {
  return `${BOUNDS[name].filter((bound) => value >= bound).length}`;
}
