/** Why routing leaves a funder out, in a few words. */
import type { Bilingual } from '../../../domain/failures.ts';
import type { ExclusionCode } from '../../../domain/plan.ts';

const w = (zh: string, en: string): Bilingual => ({ zh, en });

export const EXCLUSION_WORDS: Readonly<Record<ExclusionCode, Bilingual>> = {
  paused: w('已暂停', 'paused'),
  off_whitelist: w('不在名单有效期', 'off the whitelist'),
  closed_hours: w('不在营业时间', 'outside its hours'),
  amount: w('金额不合', 'amount'),
  term: w('期限不合', 'term'),
  age: w('年龄不合', 'age'),
  income: w('收入不够', 'income'),
  region: w('地区不受理', 'region'),
  rule: w('准入规则不符', 'eligibility rule'),
  cap: w('额度用完', 'cap used up'),
  breaker: w('熔断中', 'breaker open'),
  cooling_off: w('拒绝后冷却中', 'cooling off after a decline'),
  exposure_budget: w('披露上限', 'exposure budget'),
  already_attempted: w('已经问过', 'asked before'),
  consent_refused: w('借款人没有授权', 'consent refused'),
  cost_cap: w('超过成本上限', 'above the cost cap'),
  not_worth_it: w('不值得问', 'not worth it'),
  beyond_max_attempts: w('排在次数之外', 'beyond the most attempts'),
};
