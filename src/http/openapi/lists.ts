/** Problem codes and event types as pages; a problem's `type` points into the first. */
import { html } from 'hono/html';
import { EVENT_TYPES, type EventType } from '../../domain/events.ts';
import { PROBLEM_STATUS, type Bilingual, type ProblemCode } from '../../domain/failures.ts';
import type { Lang } from '../problem.ts';
import { inline, page, prose } from './page.ts';
import { DESK_ONLY } from './webhooks.ts';

/** What a caller should do about it. */
const ADVICE: Readonly<Record<ProblemCode, Bilingual>> = {
  invalid_request: {
    zh: '按 errors 逐项修改后重发；pointer 指向出错的字段。',
    en: 'Mend what `errors` names and send it again; `pointer` leads to the field.',
  },
  malformed_json: { zh: '请求体应为 UTF-8 JSON，嵌套不超过 32 层。', en: 'The body must be UTF-8 JSON, nested no deeper than 32.' },
  body_too_large: { zh: 'JSON 不超过 64 KiB，照片不超过 10 MiB。', en: 'JSON may have 64 KiB, a photo 10 MiB.' },
  unsupported_media_type: {
    zh: '请用 application/json；照片用 multipart/form-data。',
    en: 'Send `application/json`; photos as `multipart/form-data`.',
  },
  unauthenticated: { zh: '请带上有效的 Authorization: Bearer 密钥。', en: 'Send a valid key as `Authorization: Bearer …`.' },
  sign_in_failed: {
    zh: '邮箱、密码、验证码之一不对，或账号未启用；不作区分。验证码只能用一次，请等下一个。',
    en: 'Address, password or code is wrong, or the account is not in use: they are not told apart. A code is good once; wait for the next.',
  },
  forbidden: { zh: '这把密钥或角色没有此权限。', en: 'This key, or its role, may not do this.' },
  origin_not_allowed: { zh: '请在渠道的 allowed_origins 中加入网页来源。', en: 'Add the page’s origin to `allowed_origins` of the channel.' },
  not_found: { zh: '不存在，或不属于这把密钥；两者不作区分。', en: 'It does not exist, or is not this key’s: the two are not told apart.' },
  method_not_allowed: { zh: '该地址不支持此方法。', en: 'The address is known, but not with this method.' },
  gone: { zh: '已失效或已删除，请重新开始。', en: 'It has ended or was erased; begin anew.' },
  idempotency_key_missing: {
    zh: '请带上 Idempotency-Key，重试时用同一个。',
    en: 'Send an `Idempotency-Key`, and the same one when you repeat the call.',
  },
  idempotency_in_flight: { zh: '第一次请求仍在处理，按 Retry-After 再试。', en: 'The first call is still in work; repeat it after `Retry-After`.' },
  idempotency_mismatch: { zh: '同一个 Idempotency-Key 不能用于不同内容。', en: 'Use another key for another body.' },
  illegal_transition: { zh: '申请当前状态不允许此操作，请重新读取。', en: 'The state does not permit it; read the application again.' },
  phone_not_verified: { zh: '请先完成短信验证。', en: 'Verify the phone first.' },
  code_wrong: { zh: '请核对验证码；最多错五次。', en: 'Check the code; five wrong tries end it.' },
  code_expired: { zh: '请重新获取验证码。', en: 'Ask for a new code.' },
  rate_limited: { zh: '按 Retry-After 再试。', en: 'Wait for `Retry-After`.' },
  document_rejected: { zh: '请重新拍摄。', en: 'Take the photo again.' },
  card_refused: { zh: '按 errors 中的说明更正，或换一张卡。', en: 'Correct what `errors` names, or use another card.' },
  funder_unavailable: { zh: '按 Retry-After 再试。', en: 'Repeat it after `Retry-After`.' },
  disclosure_required: { zh: '请先展示费用明细。', en: 'Show the cost disclosure first.' },
  reading_time: { zh: '阅读时间结束后再确认，见 Retry-After。', en: 'Confirm when the reading time is over; see `Retry-After`.' },
  signature_invalid: { zh: '请核对密钥、时间戳与签名原文。', en: 'Check secret, timestamp and the signed text.' },
  same_person: { zh: '变更须由提出者以外的人批准。', en: 'A change is approved by somebody other than its author.' },
  stale: { zh: '内容已变化，请重新读取后再操作。', en: 'It has changed meanwhile; read it again.' },
  overloaded: { zh: '按 Retry-After 再试；没有保存任何内容。', en: 'Repeat it after `Retry-After`; nothing was stored.' },
  internal: {
    zh: '我方错误；请附上 request_id 联系我们。重试请用同一个 Idempotency-Key。',
    en: 'Our fault; tell us the `request_id`. Repeat with the same Idempotency-Key.',
  },
};

export function problemsPage(lang: Lang): string {
  const codes = (Object.keys(PROBLEM_STATUS) as ProblemCode[]).toSorted((a, b) => PROBLEM_STATUS[a] - PROBLEM_STATUS[b] || a.localeCompare(b));
  return page(
    '/docs/problems',
    lang,
    lang === 'zh' ? '错误码' : 'Problem codes',
    html`<dl>
      ${codes.map(
        (code) =>
          html`<dt id="${code}"><code>${code}</code> ${PROBLEM_STATUS[code]}</dt>
            <dd>${inline(ADVICE[code][lang])}</dd>`,
      )}
    </dl>`,
  );
}

const EVENTS_LEAD: Bilingual = {
  zh: '按 Standard Webhooks 1.0.0 签名，至少送达一次：用 `webhook-id` 去重，用 `data.sequence` 排序。失败后 75 小时内共尝试 10 次。内容只有编号与代码，没有个人信息。',
  en: 'Signed as Standard Webhooks 1.0.0 says and delivered at least once: drop repeats by `webhook-id`, sort by `data.sequence`. Ten attempts over 75 hours. Ids and codes, no personal data.',
};

export function eventsPage(lang: Lang): string {
  const types = Object.keys(EVENT_TYPES) as EventType[];
  const desk = lang === 'zh' ? '（仅运营台可见，不推送）' : ' (the desk’s feed alone, not sent)';
  return page('/docs/events', lang, lang === 'zh' ? '事件类型' : 'Event types', [
    prose(EVENTS_LEAD[lang]),
    html`<dl>
      ${types.map(
        (type) =>
          html`<dt id="${type}"><code>${type}</code></dt>
            <dd>${inline(EVENT_TYPES[type])}${DESK_ONLY.has(type) ? desk : ''}</dd>`,
      )}
    </dl>`,
  ]);
}
