/** What a schema cannot see of a variant of the page: whether the form can be submitted with its steps, and whether its words promise what nobody can. */
import type { DeskSnapshot } from '../../domain/desk.ts';
import { fault, type Fault } from '../../domain/failures.ts';
import { NEEDED_STEPS, type PageVariant } from '../../domain/page-variant.ts';
import { textClaimsApproval } from '../../offers/rank.ts';

/** Pointers go into the record. */
export function checkPageVariant(desk: Pick<DeskSnapshot, 'channels'>, variant: PageVariant): Fault[] {
  const { amount, terms, steps, texts } = variant;
  const faults: Fault[] = [];
  const add = (wrong: boolean, pointer: string, code: string, zh: string, en: string): void =>
    void (wrong && faults.push(fault(pointer, code, zh, en)));
  add(!desk.channels.has(variant.channel), '/channel', 'unknown_channel', '没有这个渠道', 'there is no such channel');
  const missing = NEEDED_STEPS.filter((step) => !steps.includes(step));
  add(
    missing.length > 0,
    '/steps',
    'missing_step',
    `缺少步骤：${missing.join('、')}`,
    `no application can be submitted without ${missing.join(', ')}`,
  );
  steps.forEach((step, at) => add(steps.indexOf(step) < at, `/steps/${at}`, 'twice', '步骤重复', 'this step stands in the list twice'));
  if (amount !== null) {
    add(amount.min_fen > amount.max_fen, '/amount/min_fen', 'order', '最低金额不能大于最高金额', 'must not be above max_fen');
    const outside = amount.preset_fen < amount.min_fen || amount.preset_fen > amount.max_fen;
    add(outside, '/amount/preset_fen', 'out_of_range', '预设金额应在范围内', 'must lie between min_fen and max_fen');
  }
  if (terms !== null) add(!terms.months.includes(terms.preset), '/terms/preset', 'not_one_of', '预设期限应是其中之一', 'must be one of the months');
  for (const lang of ['zh', 'en'] as const)
    for (const [name, text] of Object.entries(texts[lang]))
      add(
        text !== undefined && textClaimsApproval(text),
        `/texts/${lang}/${name}`,
        'claims_approval',
        '文案不得承诺或暗示审批通过',
        'must not promise or claim approval: nobody has decided yet',
      );
  return faults;
}
