/** @jsxImportSource preact */
/** How they earn their living. */
import type { EMPLOYER_TYPE, EMPLOYMENT } from '../../../domain/applicant.ts';
import { useAnswers } from '../answers.ts';
import { useSay, type Pair } from '../language.tsx';
import { Chips } from '../parts/chips.tsx';
import { Field } from '../parts/field.tsx';
import { Next } from '../parts/next.tsx';
import { Screen } from '../parts/screen.tsx';
import { focusWrong, useTrying } from '../parts/trouble.tsx';
import { useAt, useSaving } from '../step.ts';

type Employment = (typeof EMPLOYMENT)[number];
type Employer = (typeof EMPLOYER_TYPE)[number];

const EMPLOYMENTS: readonly (readonly [Employment, Pair])[] = [
  ['salaried', ['上班', 'Employed']],
  ['self_employed', ['个体经营', 'Self-employed']],
  ['business_owner', ['企业主', 'Own a company']],
  ['civil_servant', ['公务员', 'Civil servant']],
  ['freelance', ['自由职业', 'Freelance']],
  ['unemployed', ['暂时没有工作', 'Not working now']],
  ['retired', ['已退休', 'Retired']],
  ['student', ['在校学生', 'Student']],
];
const EMPLOYERS: readonly (readonly [Employer, Pair])[] = [
  ['private', ['民营企业', 'Private company']],
  ['state_owned', ['国有企业', 'State-owned']],
  ['public_institution', ['事业单位', 'Public institution']],
  ['government', ['政府机关', 'Government']],
  ['foreign', ['外资企业', 'Foreign company']],
  ['listed', ['上市公司', 'Listed company']],
  ['other', ['其他', 'Other']],
];
const HAS_EMPLOYER: ReadonlySet<string> = new Set(['salaried', 'civil_servant']);
const HAS_YEARS: ReadonlySet<string> = new Set(['salaried', 'civil_servant', 'self_employed', 'business_owner', 'freelance']);
const LEAD: Pair = ['照实填就好，填高了反而容易对不上。', 'Just as it is; figures that do not match count against you.'];
const INCOME = '/applicant/monthly_income_fen';
const KIND = '/applicant/employment';
const YEARS = '/applicant/years_employed';
const MOST_YUAN = 10_000_000;
const MOST_YEARS = 70;

interface Answers {
  readonly kind: string | null;
  readonly employer: string | null;
  readonly income: string;
  readonly years: string;
}

export function WorkStep() {
  const say = useSay();
  const [answers, change] = useAnswers<Answers>('work', { kind: null, employer: null, income: '', years: '' });
  const { kind, employer, income, years } = answers;
  const employed = HAS_EMPLOYER.has(kind ?? '');
  const works = HAS_YEARS.has(kind ?? '');
  const trying = useTrying([INCOME, KIND, YEARS]);
  const save = useSaving('work', trying);
  const changed = (answer: Partial<Answers>, pointer: string): void => {
    change(answer);
    trying.clear(pointer);
  };
  const submit = (): void => {
    const checked = checkWork(answers);
    trying.set(Object.fromEntries(Object.entries(checked.wrong).map(([pointer, words]) => [pointer, say(words)])));
    return checked.applicant === null ? focusWrong() : save({ applicant: checked.applicant });
  };
  return (
    <Screen {...useAt('work')} title={say(['您怎么挣钱', 'How you earn'])} lead={say(LEAD)} onSubmit={submit} action={<Next of={trying} />}>
      <Chips
        label={say(['现在的情况', 'At present'])}
        name="employment"
        options={EMPLOYMENTS.map(([value, words]) => [value, say(words)])}
        value={kind}
        onValue={(value) => changed({ kind: value }, KIND)}
        error={trying.errorAt(KIND)}
      />
      {employed ? (
        <Chips
          label={say(['单位性质（可不填）', 'Employer (optional)'])}
          name="employer"
          options={EMPLOYERS.map(([value, words]) => [value, say(words)])}
          value={employer}
          onValue={(value) => change({ employer: value })}
        />
      ) : null}
      <Field
        label={say(['每月收入', 'Monthly income'])}
        name="income"
        mode="numeric"
        suffix={say(['元', 'CNY'])}
        maxLength={12}
        value={income}
        onValue={(value) => changed({ income: value }, INCOME)}
        hint={say(['到手的月平均数，大约即可。', 'What reaches you on average; roughly will do.'])}
        error={trying.errorAt(INCOME)}
      />
      {works ? (
        <Field
          label={say(['做了几年（可不填）', 'For how many years (optional)'])}
          name="years"
          mode="decimal"
          suffix={say(['年', 'years'])}
          maxLength={5}
          value={years}
          onValue={(value) => changed({ years: value }, YEARS)}
          error={trying.errorAt(YEARS)}
        />
      ) : null}
    </Screen>
  );
}

/** What is wrong, by pointer; or what is to be saved. */
function checkWork({ kind, employer, income, years }: Answers): {
  readonly wrong: Readonly<Record<string, Pair>>;
  readonly applicant: object | null;
} {
  const yuan = numberOf(income);
  const worked = years.trim() === '' ? undefined : numberOf(years);
  const wrong: Record<string, Pair> = {};
  if (kind === null) wrong[KIND] = ['请选一项。', 'Please choose one.'];
  if (yuan === null || yuan > MOST_YUAN)
    wrong[INCOME] = ['请填每月大约收入多少元，没有就填 0。', 'Please give your monthly income in yuan; 0 if none.'];
  if (worked === null || (worked ?? 0) > MOST_YEARS) wrong[YEARS] = ['请填年数，比如 3 或 0.5。', 'Please give the years, such as 3 or 0.5.'];
  if (kind === null || yuan === null || Object.keys(wrong).length > 0) return { wrong, applicant: null };
  const applicant = {
    employment: kind,
    monthly_income_fen: Math.round(yuan * 100),
    ...(HAS_EMPLOYER.has(kind) && employer !== null ? { employer_type: employer } : {}),
    ...(HAS_YEARS.has(kind) && worked !== undefined ? { years_employed: worked } : {}),
  };
  return { wrong, applicant };
}

/** As typed with separators; null when it is no number. */
function numberOf(text: string): number | null {
  const plain = text.replace(/[,，\s]/g, '');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}
