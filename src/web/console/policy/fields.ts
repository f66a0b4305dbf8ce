/** What the fields of records are called and how their values are said. `*` stands for a name within: a funder, a cap. */
import type { Bilingual } from '../../../domain/failures.ts';

export type Unit = 'fen' | 'share' | 'bps' | 's' | 'ms' | 'days' | 'months' | 'hours' | 'rule' | 'plain';
export interface Field {
  readonly words: Bilingual;
  readonly unit: Unit;
  /** What each value of a closed list is called. */
  readonly values?: Readonly<Record<string, Bilingual>>;
}

const f = (zh: string, en: string, unit: Unit = 'plain', values?: Readonly<Record<string, Bilingual>>): Field => ({
  words: { zh, en },
  unit,
  ...(values === undefined ? {} : { values }),
});
const w = (zh: string, en: string): Bilingual => ({ zh, en });
const RUNNING = { live: w('启用', 'live'), paused: w('暂停', 'paused') };
const UNITS = { count: w('件数', 'approvals'), amount_fen: w('金额', 'amount') };
const WINDOWS = { hour: w('每小时', 'an hour'), day: w('每天', 'a day'), total: w('总量', 'in total') };

const POLICY: Readonly<Record<string, Field>> = {
  '/name': f('名称', 'Name'),
  '/strategy': f('方式', 'Way of asking', 'plain', {
    waterfall: w('逐家', 'one by one'),
    wave: w('分批', 'in waves'),
    rate_table: w('同时询价', 'all at once'),
  }),
  '/wave_size': f('每批家数', 'Funders in a wave'),
  '/max_attempts': f('最多尝试次数 K', 'Most attempts K'),
  '/tier_order': f('档位', 'Tiers', 'plain', { index: w('按指数', 'by the index alone'), strict_first: w('先严后松', 'strict first') }),
  '/choice': f('问哪些', 'Whom to ask', 'plain', { worthwhile: w('值得问的', 'those worth asking'), all: w('所有合格的', 'everybody eligible') }),
  '/patience': f('等待意愿', 'Patience', 'share'),
  '/patience_half_life_s': f('等待意愿减半的时间', 'Half-life of patience', 's'),
  '/weights': f('权重', 'Weights'),
  '/weights/*': f('{}的权重', 'Weight of {}'),
  '/exposure_cost_fen': f('披露一次资料的代价', 'Cost of one disclosure', 'fen'),
  '/partner_offer_value_fen': f('转合作产品的价值', 'Value of partner offers', 'fen'),
  '/exploration_share': f('探索比例', 'Exploration', 'share'),
  '/exposure_budget': f('披露上限', 'Exposure budget'),
  '/exposure_budget/max_recipients': f('最多几家收到资料', 'Most recipients'),
  '/exposure_budget/window_days': f('披露上限的期间', 'Window of the exposure budget', 'days'),
  '/max_steering': f('顺序偏离上限', 'Bound on steering', 'share'),
  '/consent_batch': f('一次授权几家', 'Recipients in one consent'),
  '/deadlines': f('期限', 'Deadlines'),
  '/deadlines/draft_s': f('草稿保留', 'Drafts are kept', 's'),
  '/deadlines/consent_s': f('等待授权', 'Waiting for consent', 's'),
  '/deadlines/application_s': f('申请期限', 'Deadline of an application', 's'),
  '/deadlines/offer_s': f('报价有效', 'Offers stand', 's'),
  '/deadlines/disclosure_reading_s': f('费用披露至少阅读', 'Reading time of the cost disclosure', 's'),
  '/prescreen': f('预审', 'Prescreen'),
  '/prescreen/min_age': f('预审最低年龄', 'Prescreen: lowest age'),
  '/prescreen/max_age': f('预审最高年龄', 'Prescreen: highest age'),
  '/prescreen/required_documents': f('预审要求的照片', 'Prescreen: photos needed'),
  '/prescreen/min_amount_fen': f('预审最低金额', 'Prescreen: lowest amount', 'fen'),
  '/prescreen/max_amount_fen': f('预审最高金额', 'Prescreen: highest amount', 'fen'),
  '/prescreen/blocked_regions': f('预审不受理的地区', 'Prescreen: regions not taken'),
  '/prescreen/duplicate_window_days': f('重复申请的期间', 'Window of duplicates', 'days'),
  '/prescreen/velocity/*/max': f('频次上限（{}）', 'Most applications by {}'),
  '/prescreen/velocity/*/window_s': f('频次期间（{}）', 'Window for {}', 's'),
  '/prescreen/rules': f('预审规则', 'Prescreen rules'),
  '/prescreen/rules/*': f('预审规则 {}', 'Prescreen rule {}'),
  '/prescreen/rules/*/when': f('预审规则 {} 的条件', 'Condition of prescreen rule {}', 'rule'),
  '/prescreen/rules/*/action': f('预审规则 {} 的处置', 'What prescreen rule {} does', 'plain', {
    refuse: w('拒绝', 'refuse'),
    quarantine: w('挂起', 'set aside'),
  }),
  '/prescreen/rules/*/note': f('预审规则 {} 的说明', 'Note of prescreen rule {}'),
};

const SEGMENT: Readonly<Record<string, Field>> = {
  '/name': f('名称', 'Name'),
  '/rule': f('条件', 'Condition', 'rule'),
  '/order': f('次序', 'Order'),
  '/champion': f('冠军策略', 'Champion'),
  '/challenger': f('挑战者', 'Challenger'),
  '/challenger/policy': f('挑战者策略', 'Challenger'),
  '/challenger/share': f('挑战者比例', 'Share of the challenger', 'share'),
};

const FUNDER: Readonly<Record<string, Field>> = {
  '/name': f('名称', 'Name'),
  '/legal_entity': f('法人主体', 'Legal entity'),
  '/contact': f('联系方式', 'Contact'),
  '/funder_type': f('类型', 'Type', 'plain', {
    bank: w('银行', 'bank'),
    consumer_finance: w('消费金融', 'consumer finance'),
    micro_lender: w('小贷', 'micro lender'),
  }),
  '/adapter': f('对接协议', 'Adapter'),
  '/base_url': f('接口地址', 'Address'),
  '/test_base_url': f('测试环境地址', 'Address of the test environment'),
  '/params/*': f('接口参数 {}', 'Parameter {}'),
  '/status': f('状态', 'Status', 'plain', RUNNING),
  '/tier': f('档位（1 最严）', 'Tier (1 is the strictest)'),
  '/time_zone': f('时区', 'Time zone'),
  '/hours': f('营业时间', 'Opening hours', 'hours'),
  '/product': f('产品', 'Product'),
  '/product/min_amount_fen': f('最低金额', 'Lowest amount', 'fen'),
  '/product/max_amount_fen': f('最高金额', 'Highest amount', 'fen'),
  '/product/terms_months': f('可选期限', 'Terms', 'months'),
  '/product/min_age': f('最低年龄', 'Lowest age'),
  '/product/max_age': f('最高年龄', 'Highest age'),
  '/product/min_income_fen': f('最低月收入', 'Lowest monthly income', 'fen'),
  '/product/excluded_regions': f('不受理的地区', 'Regions not taken'),
  '/product/quoted_apr_bps': f('报价年利率', 'Quoted annual rate', 'bps'),
  '/rule': f('准入规则', 'Eligibility rule', 'rule'),
  '/terms': f('佣金', 'Commission'),
  '/terms/cpa_fen': f('每件佣金', 'Commission an approval', 'fen'),
  '/terms/cps_bps': f('按金额佣金', 'Commission of the amount', 'bps'),
  '/terms/attempt_cost_fen': f('单次费用', 'Cost of an attempt', 'fen'),
  '/caps': f('限额', 'Caps'),
  '/caps/*': f('限额 {}', 'Cap {}'),
  '/caps/*/unit': f('限额 {} 的单位', 'Unit of cap {}', 'plain', UNITS),
  '/caps/*/window': f('限额 {} 的期间', 'Window of cap {}', 'plain', WINDOWS),
  '/caps/*/limit': f('限额 {}', 'Limit of cap {}'),
  '/promises': f('保量', 'Promised volumes'),
  '/promises/*': f('保量 {}', 'Promise {}'),
  '/promises/*/unit': f('保量 {} 的单位', 'Unit of promise {}', 'plain', UNITS),
  '/promises/*/window': f('保量 {} 的期间', 'Window of promise {}', 'plain', WINDOWS),
  '/promises/*/volume': f('保量 {}', 'Volume of promise {}'),
  '/promises/*/max_subsidy_fen': f('保量 {} 的最高贴补', 'Most subsidy of promise {}', 'fen'),
  '/timeouts/precheck_ms': f('预审查询超时', 'Timeout of a precheck', 'ms'),
  '/timeouts/submit_ms': f('进件超时', 'Timeout of a submit', 'ms'),
  '/timeouts/query_ms': f('查询超时', 'Timeout of a query', 'ms'),
  '/timeouts/decision_ms': f('等待决定', 'Wait for a decision', 'ms'),
  '/max_concurrent': f('并发上限', 'Calls in flight'),
  '/cooling_off_days': f('拒绝后冷却', 'Cooling-off after a decline', 'days'),
  '/whitelist': f('合作名单', 'Whitelist'),
  '/whitelist/evidence': f('名单凭证', 'Evidence of the whitelist'),
  '/whitelist/valid_from': f('名单生效', 'Whitelist valid from'),
  '/whitelist/valid_to': f('名单失效', 'Whitelist valid to'),
};

const CHANNEL: Readonly<Record<string, Field>> = {
  '/name': f('名称', 'Name'),
  '/status': f('状态', 'Status', 'plain', RUNNING),
  '/allowed_origins': f('允许的来源', 'Allowed origins'),
};
const PARTNER_OFFER: Readonly<Record<string, Field>> = {
  '/name': f('名称', 'Name'),
  '/status': f('状态', 'Status', 'plain', RUNNING),
  '/text': f('文案', 'Text'),
  '/url': f('落地页', 'Landing page'),
  '/rule': f('投放条件', 'Shown to', 'rule'),
};
const PAGE_VARIANT: Readonly<Record<string, Field>> = {
  '/id': f('编号', 'Id'),
  '/name': f('名称', 'Name'),
  '/channel': f('渠道', 'Channel'),
  '/status': f('状态', 'Status', 'plain', RUNNING),
  '/weight': f('权重', 'Weight'),
  '/texts/zh': f('中文文案', 'Chinese words'),
  '/texts/en': f('英文文案', 'English words'),
  '/texts/zh/headline': f('标题（中文）', 'Headline (Chinese)'),
  '/texts/zh/promise': f('副标题（中文）', 'Line below it (Chinese)'),
  '/texts/zh/button': f('首屏按钮（中文）', 'First button (Chinese)'),
  '/texts/zh/submit': f('提交按钮（中文）', 'Submit button (Chinese)'),
  '/texts/en/headline': f('标题（英文）', 'Headline (English)'),
  '/texts/en/promise': f('副标题（英文）', 'Line below it (English)'),
  '/texts/en/button': f('首屏按钮（英文）', 'First button (English)'),
  '/texts/en/submit': f('提交按钮（英文）', 'Submit button (English)'),
  '/steps': f('步骤', 'Steps', 'plain', {
    identity: w('身份', 'identity'),
    work: w('收入', 'income'),
    assets: w('资产', 'assets'),
    purpose: w('用途', 'purpose'),
    photos: w('证件照', 'photos'),
  }),
  '/amount': f('金额限制', 'Limits of the amount'),
  '/amount/min_fen': f('最低金额', 'Lowest amount', 'fen'),
  '/amount/max_fen': f('最高金额', 'Highest amount', 'fen'),
  '/amount/preset_fen': f('预设金额', 'Preset amount', 'fen'),
  '/terms': f('期限限制', 'Limits of the term'),
  '/terms/months': f('可选期限', 'Terms', 'months'),
  '/terms/preset': f('预设期限', 'Preset term', 'months'),
};
const CONSENT_TEXT: Readonly<Record<string, Field>> = {
  '/version': f('版本号', 'Version'),
  '/purpose': f('用途', 'Purpose'),
  '/zh': f('中文文本', 'Chinese text'),
  '/en': f('英文文本', 'English text'),
};
const COST_CAP: Readonly<Record<string, Field>> = {
  '/funder_type': f('资金方类型', 'Type of funder', 'plain', FUNDER['/funder_type']!.values),
  '/max_apr_bps': f('年化成本上限', 'Cap on annual cost', 'bps'),
  '/valid_from': f('生效日', 'Valid from'),
};

const KINDS: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  policy: POLICY,
  segment: SEGMENT,
  funder: FUNDER,
  channel: CHANNEL,
  page_variant: PAGE_VARIANT,
  partner_offer: PARTNER_OFFER,
  consent_text: CONSENT_TEXT,
  cost_cap: COST_CAP,
};

export const KIND_WORDS: Readonly<Record<string, Bilingual>> = {
  policy: w('策略', 'Policy'),
  segment: w('分群', 'Segment'),
  funder: w('资金方', 'Funder'),
  channel: w('渠道', 'Channel'),
  page_variant: w('申请页版本', 'Page variant'),
  partner_offer: w('合作产品', 'Partner offer'),
  consent_text: w('授权文本', 'Consent text'),
  cost_cap: w('成本上限', 'Cost cap'),
};

/** The field that a pointer leads to, with the name that stands for its `*`; undefined for one that has no name here. */
export function fieldAt(kind: string, pointer: string): { readonly field: Field; readonly within: string | null } | undefined {
  const fields = KINDS[kind] ?? {};
  const exact = fields[pointer];
  if (exact !== undefined) return { field: exact, within: null };
  const steps = pointer.split('/');
  for (let at = steps.length - 1; at > 0; at -= 1) {
    const field = fields[steps.with(at, '*').join('/')];
    if (field !== undefined) return { field, within: steps[at]!.replaceAll('~1', '/').replaceAll('~0', '~') };
  }
  return undefined;
}
