/** Names of states and events as operators read them. An unknown one is shown as it is: a name that is missing must not hide the thing. */
import type { Lang } from '../language-kept.ts';

type Pair = readonly [zh: string, en: string];

const APPLICATION: Readonly<Record<string, Pair>> = {
  draft: ['草稿', 'Draft'],
  screening: ['预审中', 'Screening'],
  routing: ['询问资金方', 'Asking funders'],
  needs_consent: ['待授权', 'Needs consent'],
  pending: ['资金方审批中', 'Funders deciding'],
  offered: ['有报价', 'Offered'],
  accepted: ['已接受', 'Accepted'],
  disbursed: ['已放款', 'Disbursed'],
  refused: ['预审拒绝', 'Refused'],
  declined: ['全部拒绝', 'Declined'],
  expired: ['已过期', 'Expired'],
  withdrawn: ['已撤回', 'Withdrawn'],
  erased: ['已删除', 'Erased'],
};
const ATTEMPT: Readonly<Record<string, Pair>> = {
  planned: ['计划中', 'Planned'],
  checking: ['准入查询', 'Prechecking'],
  quoted: ['已出价', 'Quoted'],
  authorising: ['待借款人操作', 'With the borrower'],
  submitting: ['提交中', 'Submitting'],
  unknown: ['结果不明', 'Unknown'],
  pending: ['审批中', 'Deciding'],
  approved: ['批准', 'Approved'],
  declined: ['拒绝', 'Declined'],
  ineligible: ['不符合准入', 'Ineligible'],
  failed: ['失败', 'Failed'],
  cancelled: ['已取消', 'Cancelled'],
  expired: ['超时', 'Expired'],
};
const EVENT: Readonly<Record<string, Pair>> = {
  'application.drafted': ['保存了草稿', 'Draft saved'],
  'application.step_done': ['填完一步', 'A step of the form done'],
  'application.submitted': ['借款人提交', 'Submitted'],
  'application.quarantined': ['预审挂起，待人工', 'Set aside for a person'],
  'application.released': ['人工放行', 'Released by a person'],
  'application.refused': ['预审拒绝', 'Refused by screening'],
  'application.routing': ['做了路由计划', 'Plan made'],
  'application.needs_consent': ['需要借款人授权', 'Consent needed'],
  'application.pending': ['资金方审批中', 'Funders are deciding'],
  'application.offered': ['有可接受的报价', 'An offer can be taken'],
  'application.declined': ['没有资金方批准', 'No funder said yes'],
  'application.accepted': ['借款人接受报价', 'Offer taken'],
  'application.disbursed': ['已放款', 'Paid out'],
  'application.expired': ['超时结束', 'Time ran out'],
  'application.withdrawn': ['借款人撤回', 'Withdrawn by the borrower'],
  'application.erased': ['资料已删除', 'Erased'],
  'attempt.started': ['开始询问', 'Being asked'],
  'attempt.submitted': ['资料已送出', 'Handed over'],
  'attempt.quoted': ['出价', 'Bid'],
  'attempt.needs_borrower': ['需要借款人操作', 'The borrower must act'],
  'attempt.page_opened': ['借款人打开了资金方页面', 'Funder’s page opened'],
  'attempt.unknown': ['结果不明，正在查询', 'Unknown; being queried'],
  'attempt.pending': ['审批中', 'Deciding'],
  'attempt.approved': ['批准', 'Approved'],
  'attempt.declined': ['拒绝', 'Declined'],
  'attempt.ineligible': ['不符合准入', 'Ineligible'],
  'attempt.failed': ['没有送达', 'Could not be asked'],
  'attempt.cancelled': ['取消', 'Cancelled'],
  'attempt.expired': ['未在期限内决定', 'Did not decide in time'],
  'attempt.alarm': ['收到不认识的答复', 'An answer nobody understands'],
  'offer.created': ['生成报价', 'Offer made'],
  'offer.blocked': ['报价超成本上限，已拦截', 'Offer above the cost cap, blocked'],
  'offer.accepted': ['报价被接受', 'Offer taken'],
  'offer.expired': ['报价过期', 'Offer ran out'],
  'loan.created': ['生成贷款', 'Loan made'],
  'loan.disbursing': ['放款中', 'Paying out'],
  'loan.active': ['已放款', 'Paid out'],
  'loan.needs_borrower': ['放款前需要借款人操作', 'The borrower must act before the payout'],
  'loan.repayment': ['还款进展', 'Repayment moved on'],
  'loan.plan_changed': ['还款计划变更', 'Repayment plan changed'],
  'loan.overdue': ['逾期', 'Overdue'],
  'loan.settled': ['已结清', 'Repaid'],
  'loan.failed': ['放款失败', 'Payout failed'],
  'loan.written_off': ['已核销', 'Written off'],
  'partner_offer.shown': ['展示了合作产品', 'Partner offers shown'],
  'partner_offer.clicked': ['点击了合作产品', 'Partner offer clicked'],
  'partner_offer.converted': ['合作方报告转化', 'Partner reported a conversion'],
};

const of =
  (table: Readonly<Record<string, Pair>>) =>
  (name: string, lang: Lang): string =>
    table[name]?.[lang === 'zh' ? 0 : 1] ?? name;

export const applicationState = of(APPLICATION);
export const attemptState = of(ATTEMPT);
export const eventName = of(EVENT);
export const APPLICATION_STATE_NAMES = Object.keys(APPLICATION);

/** antd's tag colours: what waits, what went well, what ended otherwise. No red: an end is no fault. */
export function stateColour(state: string): string {
  if (['offered', 'accepted', 'disbursed', 'approved', 'delivered'].includes(state)) return 'green';
  if (['needs_consent', 'pending', 'routing', 'screening', 'unknown', 'submitting', 'authorising', 'checking', 'quoted', 'waiting'].includes(state))
    return 'gold';
  return 'default';
}

/** Time between two moments in the unit that fits: `850 ms`, `12.4 s`, `3.5 min`, `2.1 h`, `4.0 d`. */
export function span(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const [size, unit] = ms < 60_000 ? [1_000, 's'] : ms < 3_600_000 ? [60_000, 'min'] : ms < 86_400_000 ? [3_600_000, 'h'] : [86_400_000, 'd'];
  return `${(ms / size).toFixed(1)} ${unit}`;
}
