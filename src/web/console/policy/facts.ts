/** The facts that rules speak of and their values, in both languages. */
import type { Facts } from '../../../domain/applicant.ts';
import type { Bilingual } from '../../../domain/failures.ts';

/** `fen` is typed and shown in yuan. */
export type FactKind = 'number' | 'fen' | 'text' | 'one_of';
export interface Fact {
  readonly name: keyof Facts;
  readonly words: Bilingual;
  readonly kind: FactKind;
  readonly values?: Readonly<Record<string, Bilingual>>;
}

const w = (zh: string, en: string): Bilingual => ({ zh, en });

const BANDS = {
  none: w('没有', 'none'),
  under_1y: w('不足 1 年', 'under 1 year'),
  '1y_2y': w('1–2 年', '1–2 years'),
  '2y_plus': w('2 年以上', 'over 2 years'),
};
const OWNED = { none: w('没有', 'none'), mortgaged: w('有按揭', 'mortgaged'), owned: w('全款', 'owned') };
const YES_NO = { none: w('未说', 'not told'), no: w('无', 'no'), yes: w('有', 'yes') };

export const FACTS: readonly Fact[] = [
  { name: 'age', words: w('年龄', 'Age'), kind: 'number' },
  { name: 'sex', words: w('性别', 'Sex'), kind: 'one_of', values: { m: w('男', 'male'), f: w('女', 'female') } },
  { name: 'region', words: w('地区代码', 'Region code'), kind: 'text' },
  { name: 'monthly_income_fen', words: w('月收入', 'Monthly income'), kind: 'fen' },
  {
    name: 'employment',
    words: w('职业', 'Employment'),
    kind: 'one_of',
    values: {
      salaried: w('受薪', 'salaried'),
      self_employed: w('个体', 'self-employed'),
      business_owner: w('企业主', 'business owner'),
      civil_servant: w('公务员', 'civil servant'),
      freelance: w('自由职业', 'freelance'),
      unemployed: w('无业', 'unemployed'),
      retired: w('退休', 'retired'),
      student: w('学生', 'student'),
    },
  },
  {
    name: 'employer_type',
    words: w('单位性质', 'Employer'),
    kind: 'one_of',
    values: {
      private: w('民营', 'private'),
      state_owned: w('国企', 'state-owned'),
      public_institution: w('事业单位', 'public institution'),
      government: w('机关', 'government'),
      foreign: w('外资', 'foreign'),
      listed: w('上市公司', 'listed'),
      other: w('其他', 'other'),
    },
  },
  { name: 'years_employed', words: w('工龄（年）', 'Years employed'), kind: 'number' },
  {
    name: 'education',
    words: w('学历', 'Education'),
    kind: 'one_of',
    values: {
      junior_high_or_below: w('初中及以下', 'junior high or below'),
      high_school: w('高中', 'high school'),
      college: w('大专', 'college'),
      bachelor: w('本科', 'bachelor'),
      master_or_above: w('硕士及以上', 'master or above'),
    },
  },
  { name: 'housing_fund', words: w('公积金', 'Housing fund'), kind: 'one_of', values: BANDS },
  { name: 'social_security', words: w('社保', 'Social security'), kind: 'one_of', values: BANDS },
  { name: 'house', words: w('房产', 'House'), kind: 'one_of', values: OWNED },
  { name: 'car', words: w('车辆', 'Car'), kind: 'one_of', values: OWNED },
  { name: 'policy', words: w('保单', 'Insurance policy'), kind: 'one_of', values: YES_NO },
  { name: 'credit_card', words: w('信用卡', 'Credit card'), kind: 'one_of', values: YES_NO },
  {
    name: 'zhima_band',
    words: w('芝麻分', 'Zhima score'),
    kind: 'one_of',
    values: {
      none: w('没有', 'none'),
      under_600: w('600 以下', 'under 600'),
      '600_650': w('600–650', '600–650'),
      '650_700': w('650–700', '650–700'),
      '700_750': w('700–750', '700–750'),
      '750_plus': w('750 以上', 'over 750'),
    },
  },
  { name: 'amount_fen', words: w('申请金额', 'Amount asked'), kind: 'fen' },
  { name: 'term_months', words: w('期限（月）', 'Term (months)'), kind: 'number' },
  {
    name: 'purpose',
    words: w('用途', 'Purpose'),
    kind: 'one_of',
    values: {
      consumption: w('消费', 'consumption'),
      renovation: w('装修', 'renovation'),
      education: w('教育', 'education'),
      medical: w('医疗', 'medical'),
      travel: w('旅行', 'travel'),
      business: w('经营', 'business'),
      other: w('其他', 'other'),
    },
  },
  { name: 'channel', words: w('渠道', 'Channel'), kind: 'text' },
  { name: 'variant', words: w('页面版本', 'Page variant'), kind: 'text' },
  { name: 'hour', words: w('提交时的钟点', 'Hour of submission'), kind: 'number' },
];

const BY_NAME = new Map<string, Fact>(FACTS.map((fact) => [fact.name, fact]));

export function factOf(name: string): Fact | undefined {
  return BY_NAME.get(name);
}
