/** What a schema cannot see of a desk record: whether it fits the other records, the adapters and the mode. Every fault at once. */
import { unreachable, fault, type Fault } from '../../domain/failures.ts';
import type { Channel, ConsentText, CostCap, DeskRecord, DeskRecordKind, PartnerOffer } from '../../domain/desk.ts';
import type { Funder, JsonLogic } from '../../domain/funder.ts';
import type { Policy } from '../../domain/policy.ts';
import { escapePointer } from '../../domain/schema-faults.ts';
import { landingUrl } from '../../offers/landing.ts';
import { claimsApproval } from '../../offers/rank.ts';
import { findRuleFault } from '../../domain/rules.ts';
import type { Deps } from '../deps.ts';
import { checkPageVariant } from './check-page-variant.ts';
import { checkSegment, policyNeeded, segmentNeeded, takesOver } from './check-segment.ts';

/** Kinds that only two people together can change. */
export const TWO_PERSON_KINDS = [
  'funder',
  'policy',
  'segment',
  'channel',
  'page_variant',
  'partner_offer',
  'consent_text',
  'cost_cap',
] as const satisfies readonly DeskRecordKind[];
export type TwoPersonKind = (typeof TWO_PERSON_KINDS)[number];
export type TwoPersonRecord = { [K in TwoPersonKind]: { readonly kind: K; readonly record: DeskRecord<K> } }[TwoPersonKind];
/** What a record is held against; `desk` may be one as it will be when the commit under way has ended. */
export type Sight = Pick<Deps, 'adapters' | 'mode'> & { readonly desk: Pick<Deps['desk'], 'snapshot'> };

/** Pointers go into the record. */
export function checkRecord(deps: Sight, of: TwoPersonRecord): Fault[] {
  switch (of.kind) {
    case 'funder':
      return checkFunder(deps, of.record);
    case 'policy':
      return checkPolicy(deps, of.record);
    case 'segment':
      return checkSegment(deps.desk.snapshot(), of.record);
    case 'channel':
      return checkChannel(deps, of.record);
    case 'page_variant':
      return checkPageVariant(deps.desk.snapshot(), of.record);
    case 'partner_offer':
      return checkPartnerOffer(deps, of.record);
    case 'consent_text':
      return checkConsentText(deps, of.record);
    case 'cost_cap':
      return checkCostCap(deps, of.record);
    default:
      return unreachable(of);
  }
}

/** Why a record cannot be taken out of force, or null. */
export function checkRetirement(deps: Sight, kind: TwoPersonKind, id: string): Fault | null {
  const desk = deps.desk.snapshot();
  if (kind === 'policy') return policyNeeded(desk, id);
  if (kind === 'segment') return segmentNeeded(desk, id);
  const needed = kind === 'consent_text' && [...desk.consentTexts.values()].some((text) => text.id === id && text.purpose !== 'marketing');
  return needed
    ? fault('/retire', 'needed', '系统离不开这条记录，只能修改，不能停用', 'nothing works without this record: it can be changed, not retired')
    : null;
}

/** Attempts of a plan whose steering is bounded. */
const MOST_BOUNDED = 16;

function checkFunder(deps: Sight, funder: Funder): Fault[] {
  const { product, whitelist, hours } = funder;
  return [
    ...ruleFaults('/rule', funder.rule),
    ...when(
      !deps.adapters.has(funder.adapter),
      '/adapter',
      'unknown_adapter',
      '没有这个对接协议',
      `there is no such adapter; there are ${[...deps.adapters.keys()].join(', ')}`,
    ),
    ...when(!knownTimeZone(funder.time_zone), '/time_zone', 'unknown_time_zone', '不是有效的时区', 'is not a time zone of the IANA database'),
    ...when(
      deps.mode === 'live' && !funder.base_url.startsWith('https://'),
      '/base_url',
      'not_https',
      '正式环境只能使用 https',
      'must be https outside sandbox mode',
    ),
    ...when(!/^https?:\/\//.test(funder.base_url), '/base_url', 'scheme', '只能是 http 或 https 地址', 'must be an http or https address'),
    ...when(hours[0] >= hours[1], '/hours', 'order', '开始时间应早于结束时间', 'the first hour must be before the last'),
    ...when(
      product.min_amount_fen > product.max_amount_fen,
      '/product/min_amount_fen',
      'order',
      '最低金额不能大于最高金额',
      'must not be above max_amount_fen',
    ),
    ...when(product.min_age > product.max_age, '/product/min_age', 'order', '最低年龄不能大于最高年龄', 'must not be above max_age'),
    ...when(whitelist.valid_from > whitelist.valid_to, '/whitelist/valid_from', 'order', '生效日期不能晚于失效日期', 'must not be after valid_to'),
    ...twice('/caps', funder.caps),
    ...twice('/promises', funder.promises),
    ...funder.promises.flatMap((promise, index) => {
      const above = funder.caps.some((cap) => cap.unit === promise.unit && cap.window === promise.window && cap.limit < promise.volume);
      return when(
        above,
        `/promises/${index}/volume`,
        'above_cap',
        '承诺量超过了同一窗口的上限',
        'more is promised than the cap of that window lets through',
      );
    }),
  ];
}

function checkPolicy(deps: Sight, policy: Policy): Fault[] {
  const desk = deps.desk.snapshot();
  const { prescreen } = policy;
  return [
    ...takesOver(desk, policy.id),
    ...when(
      policy.max_steering < 1 && policy.max_attempts > MOST_BOUNDED,
      '/max_attempts',
      'too_many_for_bound',
      `限制偏离度时最多尝试 ${MOST_BOUNDED} 家`,
      `at most ${MOST_BOUNDED} where max_steering is below 1: more cannot be ordered within the bound quickly enough`,
    ),
    ...prescreen.rules.flatMap((rule, index) => ruleFaults(`/prescreen/rules/${index}/when`, rule.when)),
    ...twice('/prescreen/rules', prescreen.rules),
    ...Object.keys(policy.weights).flatMap((id) =>
      when(!desk.funders.has(id), `/weights/${escapePointer(id)}`, 'unknown_funder', '没有这个资金方', 'there is no such funder'),
    ),
    ...when(prescreen.min_age > prescreen.max_age, '/prescreen/min_age', 'order', '最低年龄不能大于最高年龄', 'must not be above max_age'),
    ...when(
      prescreen.min_amount_fen > prescreen.max_amount_fen,
      '/prescreen/min_amount_fen',
      'order',
      '最低金额不能大于最高金额',
      'must not be above max_amount_fen',
    ),
  ];
}

function checkChannel(deps: Sight, channel: Channel): Fault[] {
  return channel.allowed_origins.flatMap((origin, index) => {
    const pointer = `/allowed_origins/${index}`;
    if (origin === '*') return when(deps.mode === 'live', pointer, 'any_origin', '正式环境不能允许任意来源', '* is for sandbox mode alone');
    const url = URL.canParse(origin) ? new URL(origin) : null;
    return when(
      url === null || url.origin !== origin,
      pointer,
      'origin',
      '应为来源，如 https://www.example.com',
      'must be an origin such as https://www.example.com, without a path',
    );
  });
}

function checkPartnerOffer(deps: Sight, offer: PartnerOffer): Fault[] {
  const landing = landingUrl(offer.url, 'clk_sample', { allowHttp: deps.mode === 'sandbox' });
  return [
    ...ruleFaults('/rule', offer.rule),
    ...when(!landing.ok, '/url', landing.ok ? '' : landing.why, '落地页地址不符合要求', 'is not an address a click may lead to'),
    ...when(
      claimsApproval(offer),
      '/text',
      'claims_approval',
      '文案不得承诺或暗示审批通过',
      'must not promise or claim approval: it is shown to people who were declined',
    ),
  ];
}

function checkConsentText(deps: Sight, text: ConsentText): Fault[] {
  const current = deps.desk.snapshot().consentTexts.get(text.purpose);
  const reworded = current !== undefined && current.version === text.version && (current.zh !== text.zh || current.en !== text.en);
  return [
    ...when(
      current !== undefined && current.id !== text.id,
      '/id',
      'one_text',
      `该用途的文本为 ${current?.id ?? ''}，请修改它`,
      `one text is in force for this purpose: change ${current?.id ?? ''}`,
    ),
    ...when(
      reworded,
      '/version',
      'same_version',
      '文本已改动，须使用新的版本号',
      'the words have changed, so the version must change: people have agreed to the old one under it',
    ),
  ];
}

function checkCostCap(deps: Sight, cap: CostCap): Fault[] {
  const clash = deps.desk
    .snapshot()
    .costCaps.find((other) => other.id !== cap.id && other.funder_type === cap.funder_type && other.valid_from === cap.valid_from);
  return when(
    clash !== undefined,
    '/valid_from',
    'same_day',
    `${clash?.id ?? ''} 已规定该日`,
    `${clash?.id ?? ''} rules that type from that day already`,
  );
}

function ruleFaults(pointer: string, rule: JsonLogic): Fault[] {
  const found = findRuleFault(rule);
  return found === null ? [] : [{ ...found, pointer: `${pointer}${found.pointer}` }];
}

function twice(pointer: string, items: readonly { readonly id: string }[]): Fault[] {
  return items.flatMap((item, index) =>
    when(items.findIndex(({ id }) => id === item.id) < index, `${pointer}/${index}/id`, 'twice', '标识重复', 'this id stands in the list twice'),
  );
}

function when(wrong: boolean, pointer: string, code: string, zh: string, en: string): Fault[] {
  return wrong ? [fault(pointer, code, zh, en)] : [];
}

function knownTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
