/** Every figure of the read models and what it means, in Chinese and English: the desk answers it, and `docs/figures.md` is rendered from it. */
import type { Bilingual } from '../domain/failures.ts';
import { FUNDER_COUNTS, FUNNEL_COUNTS, OUTCOMES, type FunderCount, type FunnelCount, type Outcome } from '../domain/rollups.ts';

/** `part` of `of` is what a conversion is: `passed` of `submitted`. A stage is one step of the way; the others branch off it. */
export interface Figure {
  readonly id: string;
  /** Whose count it is: of applications, of applications at a funder, or worked out of those. */
  readonly kind: 'funnel' | 'funder' | 'derived';
  readonly unit: 'count' | 'fen' | 'ms' | 'share' | 'flag';
  /** The figure its conversion is a share of. */
  readonly of: string | null;
  readonly name: Bilingual;
  readonly meaning: Bilingual;
}
type Words = readonly [zhName: string, enName: string, zh: string, en: string];

/** What each stage's conversion is a share of, in the order the stages are shown. */
export const FUNNEL_STAGES = {
  visited: null,
  phone_verified: 'visited',
  started: null,
  step_identity: 'started',
  step_work: 'started',
  step_assets: 'started',
  step_purpose: 'started',
  step_photos: 'started',
  submitted: 'started',
  quarantined: 'submitted',
  refused: 'submitted',
  passed: 'submitted',
  sent: 'passed',
  approved: 'sent',
  offered: 'approved',
  accepted: 'offered',
  disbursed: 'accepted',
  overdue: 'disbursed',
  settled: 'disbursed',
  written_off: 'disbursed',
  reloan: 'disbursed',
  declined: 'passed',
  expired: 'submitted',
  withdrawn: 'submitted',
  promoted: 'submitted',
  clicked: 'promoted',
  converted: 'clicked',
} as const satisfies Partial<Record<FunnelCount, FunnelCount | null>>;
export const FUNDER_STAGES = {
  attempts: null,
  ineligible: 'attempts',
  sent: 'attempts',
  unknown: 'sent',
  approved: 'sent',
  declined: 'sent',
  failed: 'attempts',
  cancelled: 'attempts',
  expired: 'sent',
  offered: 'approved',
  accepted: 'offered',
  disbursed: 'accepted',
  overdue: 'disbursed',
  settled: 'disbursed',
  written_off: 'disbursed',
} as const satisfies Partial<Record<FunderCount, FunderCount | null>>;

const FUNNEL: Readonly<Record<FunnelCount, Words>> = {
  visited: [
    '访问',
    'Visited',
    '打开申请页的访客，每人每渠道每天一次；计入访问的那一小时。渠道自己的页面不在内，除非它也上报',
    'visitors who opened the page, once each a day and channel, in the hour of the visit; a channel’s own page counts only when it reports them',
  ],
  phone_verified: ['已验证手机', 'Phone verified', '短信验证码通过的次数，计入通过的那一小时', 'codes entered rightly, each in its hour'],
  step_identity: [
    '填完身份',
    'Identity given',
    '以草稿逐步填写、已有姓名和身份证号的申请',
    'applications filled in step by step that have name and ID number',
  ],
  step_work: [
    '填完收入',
    'Income given',
    '以草稿逐步填写、已有职业和收入的申请',
    'applications filled in step by step that have employment and income',
  ],
  step_assets: [
    '答过资产',
    'Assets answered',
    '以草稿逐步填写、答过资产一步的申请，全部没有也算',
    'applications filled in step by step that answered what they have, none included',
  ],
  step_purpose: ['填完用途', 'Purpose given', '以草稿逐步填写、已有用途的申请', 'applications filled in step by step that have a purpose'],
  step_photos: [
    '照片合格',
    'Photos taken',
    '以草稿逐步填写、两面证件照都合格的申请',
    'applications filled in step by step with a good photo of both sides',
  ],
  started: ['已开始', 'Started', '存了草稿或直接提交的申请', 'applications saved as a draft or submitted at once'],
  submitted: ['已提交', 'Submitted', '资料齐全并已提交的申请', 'complete applications that were submitted'],
  quarantined: ['曾挂起', 'Set aside', '预审曾挂起等待人工的申请', 'applications that prescreen ever set aside for a person'],
  refused: [
    '预审拒绝',
    'Refused',
    '现在停在预审拒绝的申请；人工放行后不再计入',
    'applications that stand refused by prescreen; one that is released counts no more',
  ],
  passed: ['预审通过', 'Passed', '通过预审、做过路由计划的申请', 'applications that passed prescreen and were given a plan'],
  sent: ['已送出', 'Sent', '至少交给过一家资金方的申请', 'applications handed over to at least one funder'],
  approved: ['获批', 'Approved', '至少一家资金方批准的申请', 'applications that at least one funder approved'],
  offered: [
    '有报价',
    'Offered',
    '至少有过一个可接受报价的申请；超成本上限的报价不算',
    'applications that ever had an offer that could be taken; one above the cost cap is none',
  ],
  accepted: ['已接受', 'Accepted', '借款人接受过报价的申请', 'applications of which the borrower took an offer'],
  disbursed: ['已放款', 'Disbursed', '已放款的申请', 'applications whose loan was paid out'],
  overdue: ['曾逾期', 'Overdue', '放款后曾有一期逾期的申请', 'applications whose loan was ever overdue'],
  settled: ['已结清', 'Repaid', '贷款全部还清的申请', 'applications whose loan was paid back in full'],
  written_off: ['已核销', 'Written off', '资金方核销的申请', 'applications whose loan the funder gave up'],
  reloan: [
    '复借',
    'Re-loan',
    '放款后，同一借款人又提交过申请；计在放了款的那一笔上',
    'applications with a loan whose borrower has submitted another since; it counts at the one that had the loan',
  ],
  declined: [
    '全部拒绝',
    'Declined',
    '现在以所有资金方拒绝（或无可用资金方、放款失败）告终的申请',
    'applications that stand ended because every funder said no, none was left, or the payout failed',
  ],
  expired: ['已过期', 'Expired', '提交后因超时告终的申请', 'submitted applications that stand ended because time ran out'],
  withdrawn: ['已撤回', 'Withdrawn', '提交后由借款人撤回的申请', 'submitted applications that the borrower stopped'],
  promoted: ['看过合作产品', 'Shown partner offers', '看到过合作产品广告的申请', 'applications that were shown partner offers'],
  clicked: ['点击合作产品', 'Clicked', '点击过合作产品的申请', 'applications with a click on a partner offer'],
  converted: ['合作转化', 'Converted', '合作方报告过线索或成交的申请', 'applications of which a partner reported a lead or a sale'],
  open: [
    '未决',
    'Undecided',
    '已提交而尚未告终（拒绝、过期、撤回、放款）的申请；只在按提交时间的口径里有',
    'submitted applications that have not ended (refused, declined, expired, withdrawn, disbursed); of cohorts alone',
  ],
  asked_fen: ['申请金额', 'Asked', '提交时申请的金额合计', 'the amounts asked for at submission, added up'],
  accepted_fen: ['接受金额', 'Accepted amount', '被接受的报价金额合计', 'the amounts of the offers taken'],
  disbursed_fen: ['放款金额', 'Disbursed amount', '放款金额合计', 'the amounts paid out'],
  commission_fen: [
    '预期佣金',
    'Expected commission',
    '按放款当日条款，资金方应付的佣金合计',
    'what funders owe for the loans paid out, by the terms of the day of each payout',
  ],
  partner_shown: ['合作产品展示数', 'Partner offers shown', '展示的合作产品个数', 'partner offers shown, each'],
  partner_clicks: [
    '合作产品点击数',
    'Partner clicks',
    '合作产品点击次数，每次展示至多一次',
    'clicks on partner offers, one at most for each showing',
  ],
  partner_leads: ['线索数', 'Leads', '合作方报告的线索数', 'leads that partners reported'],
  partner_sales: ['成交数', 'Sales', '合作方报告的成交数', 'sales that partners reported'],
  partner_earned_fen: ['合作收入', 'Partner earnings', '点击、线索、成交所得，减去冲正', 'earned by clicks, leads and sales, less what was reversed'],
};

type Decided = Extract<FunderCount, `decided_${string}`>;
const FUNDER: Readonly<Record<Exclude<FunderCount, Decided>, Words>> = {
  attempts: ['尝试', 'Attempts', '问过该资金方的申请（含预审查询）', 'applications on which the funder was asked, prechecks included'],
  ineligible: ['不符合准入', 'Ineligible', '资金方事先表示不受理', 'the funder said beforehand that it would not take it'],
  sent: ['已送出', 'Sent', '完整资料已交给资金方', 'the full application was handed to the funder'],
  unknown: ['结果曾不明', 'Ever unknown', '一度不知道资金方是否收到', 'it was not known for a time whether the funder had it'],
  approved: ['获批', 'Approved', '资金方批准，无论报价后来如何', 'the funder approved, whatever became of the offer'],
  declined: ['拒绝', 'Declined', '资金方拒绝', 'the funder declined'],
  failed: ['失败', 'Failed', '没能送达资金方', 'the funder could not be asked'],
  cancelled: ['取消', 'Cancelled', '被撤回', 'it was taken back'],
  expired: ['超时', 'Expired', '资金方未在期限内决定', 'the funder did not decide in time'],
  offered: ['有报价', 'Offered', '产生了可接受的报价', 'an offer came of it that could be taken'],
  accepted: ['已接受', 'Accepted', '借款人接受了该资金方的报价', 'the borrower took this funder’s offer'],
  disbursed: ['已放款', 'Disbursed', '由该资金方放款', 'paid out by this funder'],
  overdue: ['曾逾期', 'Overdue', '该笔贷款曾逾期', 'the loan was ever overdue'],
  settled: ['已结清', 'Repaid', '该笔贷款已结清', 'the loan was paid back in full'],
  written_off: ['已核销', 'Written off', '该笔贷款被核销', 'the funder gave the loan up'],
  open: [
    '未决',
    'Undecided',
    '问过该资金方、整个申请尚未告终；只在按提交时间的口径里有',
    'the funder was asked and the application as a whole has not ended; of cohorts alone',
  ],
  asked_fen: ['申请金额（有报价的）', 'Asked, where offered', '有报价的申请的申请金额合计', 'the amounts asked for, of applications with an offer'],
  granted_fen: ['批核金额', 'Granted', '每个申请取最大报价金额，合计', 'the largest offer of each application, added up'],
  disbursed_fen: ['放款金额', 'Disbursed amount', '放款金额合计', 'the amounts paid out'],
  commission_fen: [
    '预期佣金',
    'Expected commission',
    '按放款当日条款应付的佣金合计',
    'what the funder owes for the loans paid out, by the terms of the day of each payout',
  ],
  latency_ms: [
    '审批用时合计',
    'Time to decide, sum',
    '从送出到批准或拒绝的毫秒合计，每个申请一次',
    'milliseconds from handing over to the first yes and the first no, added up',
  ],
};

const DERIVED: Readonly<Record<string, readonly [Figure['unit'], ...Words]>> = {
  of_before: ['share', '转化率', 'Conversion', '本阶段数量除以其上一级（表中“占”一栏）', 'a stage’s count over that of the one it is a share of'],
  mature: [
    'flag',
    '已成熟',
    'Mature',
    '未决的不超过百分之一，且时段已过；放款之后的阶段看贷款是否了结',
    'at most 1 in 100 undecided and the time is over; of stages after the payout, at most 1 in 100 loans still running',
  ],
  running: ['count', '在贷', 'Running', '已放款而未结清、未核销的贷款', 'loans paid out and neither repaid nor written off'],
  approval_rate: ['share', '通过率', 'Approval rate', '批准数除以批准与拒绝之和', 'approved over approved and declined'],
  granted_share: ['share', '批核比例', 'Granted share', '批核金额除以这些申请的申请金额', 'granted over asked, where offered'],
  spend_fen: [
    'fen',
    '投放费用',
    'Spend',
    '运营登记的当日渠道费用合计；没有登记不等于没有花费',
    'what operators entered as spent on the channel in these days; nothing entered is not nothing spent',
  ],
  earned_fen: ['fen', '收入', 'Earned', '预期佣金加合作收入', 'expected commission and partner earnings together'],
  profit_fen: ['fen', '毛利', 'Margin', '收入减去投放费用', 'earned less spend'],
  roi: ['share', '投放回报 ROI', 'ROI', '毛利除以投放费用', 'margin over spend'],
  cost_per_submitted_fen: ['fen', '单件成本', 'Cost per application', '投放费用除以已提交的申请', 'spend over submitted applications'],
  cost_per_loan_fen: ['fen', '单笔放款成本', 'Cost per loan', '投放费用除以已放款的申请', 'spend over disbursed applications'],
  approved_share: ['share', '获批占提交', 'Approved of submitted', '获批的申请除以已提交的申请', 'approved over submitted applications'],
  disbursed_share: ['share', '放款占提交', 'Disbursed of submitted', '已放款的申请除以已提交的申请', 'disbursed over submitted applications'],
  overdue_share: ['share', '逾期率', 'Overdue rate', '曾逾期的申请除以已放款的申请', 'ever overdue over disbursed applications'],
  usual: [
    'count',
    '平常',
    'The usual',
    '最近四周同一星期几、同样时段的平均；当前小时按已过去的部分折算',
    'the mean of the same hours of the same weekday in the last four weeks; of the hour that is running, the part that is over',
  ],
  median_ms: [
    'ms',
    '审批用时中位数',
    'Median time to decide',
    '由用时分布按对数内插估计；最后一档取其下限',
    'estimated from the histogram of times, by logarithms within a part; of the last part its lower bound',
  ],
};

const OUTCOME_WORDS: Readonly<Record<Outcome, Words>> = {
  disbursed: ['已放款', 'Disbursed', '在该资金方放了款', 'paid out by the funder'],
  accepted: ['接受未放款', 'Accepted, not paid out', '接受了该资金方的报价，尚未或没有放款', 'the offer was taken, and not paid out or not yet'],
  approved: ['获批未取', 'Approved, not taken', '资金方批准，报价没有被接受', 'the funder approved, and the offer was not taken'],
  declined: ['被拒', 'Declined', '资金方拒绝', 'the funder declined'],
  lost: ['超时或失败', 'Lost', '送出后超时、失败或取消，没有得到决定', 'handed over, and expired, failed or taken back without a decision'],
  undecided: ['未决', 'Undecided', '已送出，资金方尚未决定', 'handed over, and not decided yet'],
};

const decided = (id: Decided): Words => {
  const bound = id.slice('decided_'.length);
  return bound === 'later'
    ? ['更久决定', 'Decided later', '用时超过 12 小时的决定数', 'decisions that took more than 12 hours']
    : [
        `${bound} 内决定`,
        `Decided within ${bound}`,
        `用时在 ${bound} 以内、超过上一档的决定数`,
        `decisions that took up to ${bound} and more than the part before`,
      ];
};

export const FIGURES: readonly Figure[] = [
  ...FUNNEL_COUNTS.map((id) =>
    figure(id, 'funnel', unitOf(id), (FUNNEL_STAGES as Partial<Record<FunnelCount, string | null>>)[id] ?? null, FUNNEL[id]),
  ),
  ...FUNDER_COUNTS.map((id) =>
    figure(
      id,
      'funder',
      unitOf(id),
      (FUNDER_STAGES as Partial<Record<FunderCount, string | null>>)[id] ?? null,
      id in FUNDER ? FUNDER[id as keyof typeof FUNDER] : decided(id as Decided),
    ),
  ),
  ...Object.entries(DERIVED).map(([id, [unit, ...words]]) => figure(id, 'derived', unit, null, words)),
  ...OUTCOMES.map((id) => figure(`outcome_${id}`, 'derived', 'count', null, OUTCOME_WORDS[id])),
];

function figure(id: string, kind: Figure['kind'], unit: Figure['unit'], of: string | null, [zhName, enName, zh, en]: Words): Figure {
  return { id, kind, unit, of, name: { zh: zhName, en: enName }, meaning: { zh, en } };
}

function unitOf(id: FunnelCount | FunderCount): Figure['unit'] {
  return id.endsWith('_fen') ? 'fen' : id.endsWith('_ms') ? 'ms' : 'count';
}
