/** Deeds in words. A deed or a detail without words is shown by its code: what is not known must not be hidden. */
import type { Lang } from '../../language-kept.ts';
import { yuan } from '../../language.tsx';

type Pair = readonly [zh: string, en: string];
export type Detail = Readonly<Record<string, unknown>>;

export function deedName(action: string, lang: Lang): string {
  return DEEDS[action]?.[lang === 'zh' ? 0 : 1] ?? action;
}

/** Nouns before the dot, for the filter. */
export const NOUNS: Readonly<Record<string, Pair>> = {
  change: ['变更', 'Changes'],
  policy: ['策略回滚', 'Policies rolled back'],
  policy_draft: ['策略草稿', 'Policy drafts'],
  application: ['申请', 'Applications'],
  blacklist: ['黑名单', 'Blacklist'],
  endpoint: ['通知地址', 'Webhook endpoints'],
  delivery: ['单条补发', 'Resent deliveries'],
  deliveries: ['批量补发', 'Replays'],
  funder: ['资金方', 'Funders'],
  spend: ['投放费用', 'Spend'],
  operator: ['团队', 'Team'],
  session: ['登录', 'Sign-ins'],
  key: ['密钥', 'Keys'],
  secret: ['密文', 'Secrets'],
};

const DEEDS: Readonly<Record<string, Pair>> = {
  'change.proposed': ['提出变更', 'Proposed a change'],
  'change.approved': ['批准变更', 'Approved a change'],
  'change.scheduled': ['批准变更，定时生效', 'Approved a change for later'],
  'change.published': ['变更按时生效', 'A change came into force'],
  'change.rejected': ['驳回变更', 'Rejected a change'],
  'change.withdrawn': ['撤回变更', 'Withdrew a change'],
  'change.failed': ['变更未能生效', 'A change failed'],
  'policy.rolled_back': ['回滚策略', 'Rolled a policy back'],
  'policy_draft.created': ['新建策略草稿', 'Made a policy draft'],
  'policy_draft.changed': ['修改策略草稿', 'Changed a policy draft'],
  'policy_draft.deleted': ['删除策略草稿', 'Deleted a policy draft'],
  'application.released': ['人工放行申请', 'Released an application'],
  'application.refused': ['人工拒绝申请', 'Refused an application'],
  'application.searched': ['按手机号查申请', 'Searched by a phone'],
  'application.unmasked': ['查看了一项明文', 'Saw one field in plain'],
  'blacklist.added': ['加入黑名单', 'Added to the blacklist'],
  'blacklist.removed': ['移出黑名单', 'Took off the blacklist'],
  'endpoint.created': ['新建通知地址', 'Made a webhook endpoint'],
  'endpoint.changed': ['修改通知地址', 'Changed a webhook endpoint'],
  'endpoint.rotated': ['轮换通知密钥', 'Rotated an endpoint’s secret'],
  'delivery.resent': ['补发一条通知', 'Resent a delivery'],
  'deliveries.replayed': ['批量补发通知', 'Replayed deliveries'],
  'funder.checked': ['检测资金方接口', 'Checked a funder'],
  'spend.entered': ['登记投放费用', 'Entered spend'],
  'operator.invited': ['邀请成员', 'Invited to the team'],
  'operator.accepted': ['接受邀请', 'Accepted the invitation'],
  'operator.changed': ['修改成员', 'Changed a member'],
  'operator.reset': ['重置成员', 'Reset a member'],
  'operator.signed_out': ['结束成员的登录', 'Ended a member’s sessions'],
  'session.started': ['登录', 'Signed in'],
  'session.ended': ['退出', 'Signed out'],
  'session.refused': ['登录被拒', 'A sign-in was refused'],
  'key.created': ['新建密钥', 'Made a key'],
  'key.revoked': ['停用密钥', 'Revoked a key'],
  'secret.set': ['设置密文', 'Set a secret'],
};

const FIELDS: Readonly<Record<string, Pair>> = {
  kind: ['种类', 'kind'],
  record: ['记录', 'record'],
  base_version: ['原版本', 'version before'],
  version: ['版本', 'version'],
  revision: ['修订', 'revision'],
  retire: ['停用', 'retires it'],
  publish_at: ['生效时间', 'comes into force'],
  role: ['角色', 'role'],
  was_role: ['原角色', 'role before'],
  status: ['状态', 'status'],
  was_status: ['原状态', 'status before'],
  channel: ['渠道', 'channel'],
  added: ['新增', 'added'],
  known: ['已有', 'already there'],
  still_valid: ['仍有效的密钥', 'secrets still valid'],
  endpoint: ['通知地址', 'endpoint'],
  since: ['自', 'since'],
  dead_only: ['只含失败的', 'dead ones only'],
  queued: ['入队', 'queued'],
  verdict: ['结论', 'verdict'],
  failed: ['未通过', 'failed'],
  reasons: ['原因', 'reasons'],
  state: ['状态', 'state'],
  field: ['字段', 'field'],
  reason: ['理由', 'reason'],
  sessions: ['登录数', 'sessions'],
  method: ['方式', 'method'],
  policy: ['策略', 'policy'],
  to_version: ['回到版本', 'back to version'],
  day: ['日期', 'day'],
  spend_fen: ['费用', 'spend'],
  before_fen: ['原费用', 'before'],
  faults: ['问题数', 'faults'],
  codes: ['问题', 'codes'],
  note: ['说明', 'note'],
};

/** Told by the change itself, or of no use to a reader. */
const SILENT = new Set(['hash']);

/** `was_role: x, role: y` reads as `role: x → y`; sums as money, yes and no as words. */
export function detailWords(detail: Detail, lang: Lang): string {
  const at = lang === 'zh' ? 0 : 1;
  const told = Object.entries(detail).flatMap(([name, value]) => {
    if (SILENT.has(name) || value === null || value === false || name.startsWith('was_') || name === 'before_fen') return [];
    const before = name === 'spend_fen' ? detail['before_fen'] : detail[`was_${name}`];
    const label = FIELDS[name]?.[at] ?? name;
    if (value === true) return [label];
    const moved = before !== undefined && before !== null && before !== value;
    return [`${label}${lang === 'zh' ? '：' : ': '}${moved ? `${valueText(name, before)} → ` : ''}${valueText(name, value)}`];
  });
  return told.join(lang === 'zh' ? '；' : '; ');
}

function valueText(name: string, value: unknown): string {
  if (name.endsWith('_fen') && typeof value === 'number') return yuan(value);
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** The page of what it was done to, where there is one. */
export function subjectPage(action: string, subject: string): string | null {
  const noun = action.split('.')[0];
  if (noun === 'application') return `/applications/${subject}`;
  if (noun === 'funder') return `/funders/${subject}`;
  if (noun === 'change') return '/changes';
  if (noun === 'policy' || noun === 'policy_draft') return '/routing';
  if (noun === 'endpoint' || noun === 'delivery' || noun === 'deliveries') return '/webhooks';
  if (noun === 'spend') return '/channels';
  return null;
}
