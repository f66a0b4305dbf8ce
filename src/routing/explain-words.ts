/** The sentences of an explanation, for an operator, in both languages. */
import type { Bilingual } from '../domain/failures.ts';
import type { Exclusion, ExclusionCode, PlanStep } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';

/** Why a funder is left out, without its numbers; those are the exclusion's detail. */
const EXCLUSIONS: Readonly<Record<ExclusionCode, Bilingual>> = {
  paused: { zh: '已暂停', en: 'it is paused' },
  off_whitelist: { zh: '不在合作名单有效期内', en: 'it is not on the whitelist at this date' },
  closed_hours: { zh: '不在营业时间', en: 'it is closed at this hour' },
  amount: { zh: '申请金额超出其范围', en: 'the amount is outside its range' },
  term: { zh: '不提供该期限', en: 'it does not lend for this term' },
  age: { zh: '年龄超出其范围', en: 'the age is outside its range' },
  income: { zh: '收入低于其要求', en: 'the income is below what it asks for' },
  region: { zh: '不受理该地区', en: 'it does not lend in this region' },
  rule: { zh: '不满足运营规则', en: 'the operators’ rule does not hold' },
  cap: { zh: '额度上限已用完', en: 'its cap is used up' },
  breaker: { zh: '接口异常，已熔断', en: 'its interface fails, and it is left alone for a while' },
  cooling_off: { zh: '此前拒绝过该借款人，仍在冷静期', en: 'it declined this borrower not long ago' },
  exposure_budget: { zh: '该借款人的信息已给到足够多的机构', en: 'this borrower’s data has gone to as many as it may' },
  already_attempted: { zh: '本次申请已试过', en: 'this application was there already' },
  consent_refused: { zh: '借款人不同意授权给它', en: 'the borrower said no to it' },
  cost_cap: { zh: '报价高于该类机构的成本上限', en: 'its quoted cost is above the cap for its type' },
  not_worth_it: { zh: '期望收益不高于最后一步', en: 'trying it is worth no more than going without' },
  beyond_max_attempts: { zh: '尝试次数已用于更好的资金方', en: 'the attempts allowed went to better ones' },
};

export function exclusionWords(exclusion: Exclusion, name: string): Bilingual {
  const said = EXCLUSIONS[exclusion.code];
  const detail = exclusion.detail === '' ? { zh: '', en: '' } : { zh: `（${exclusion.detail}）`, en: ` (${exclusion.detail})` };
  return { zh: `${name}：${said.zh}${detail.zh}。`, en: `${name}: ${said.en}${detail.en}.` };
}

/** `at` counts from 0. */
export function stepWords(step: PlanStep, at: number, policy: Policy, name: string): Bilingual {
  const { mean, prior, valueFen, costFen, patience, index } = step;
  const taught = prior === mean ? null : prior;
  return {
    zh: `${name} 排第 ${at + 1}${policy.tier_order === 'strict_first' ? `（第 ${step.tier} 层，先严后宽）` : ''}：通过率 ${percent(mean)}${taught === null ? '' : `（此前被拒后由 ${percent(taught)} 下调）`}，通过一笔值 ${yuan(valueFen)} 元，每试一次成本 ${yuan(costFen)} 元，被拒后借款人仍在的概率 ${percent(patience)}，指数 ${yuan(index)} 元。`,
    en: `${name} is number ${at + 1}${policy.tier_order === 'strict_first' ? ` (tier ${step.tier}; strict first)` : ''}: it is held to approve with ${percent(mean)}${taught === null ? '' : ` (${percent(taught)} before the declines of this application)`}, an approval is worth ¥${yuan(valueFen)}, an attempt costs ¥${yuan(costFen)}, the borrower is still there after a refusal with ${percent(patience)}; its index is ¥${yuan(index)}.`,
  };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** Fen as yuan with two decimals; an expectation, rounded for reading. */
export function yuan(fen: number): string {
  return Number.isFinite(fen) ? (fen / 100).toFixed(2) : '∞';
}
