/** RFC 9457 problem+json, rendered from `Problem` values: the one way an error leaves the service. */
import { PROBLEM_STATUS, type Problem } from '../domain/failures.ts';

export type Lang = 'zh' | 'en';

const TITLES: Readonly<Record<Problem['problem'], { zh: string; en: string }>> = {
  invalid_request: { zh: '请求内容有误', en: 'The request has faults' },
  malformed_json: { zh: '不是有效的 JSON', en: 'Not valid JSON' },
  body_too_large: { zh: '内容过大', en: 'The body is too large' },
  unsupported_media_type: { zh: '不支持的内容类型', en: 'Unsupported media type' },
  unauthenticated: { zh: '需要有效的密钥', en: 'A valid key is required' },
  sign_in_failed: { zh: '登录失败', en: 'Not signed in' },
  forbidden: { zh: '没有权限', en: 'Not permitted' },
  origin_not_allowed: { zh: '来源不被允许', en: 'This origin is not allowed' },
  not_found: { zh: '没有找到', en: 'Not found' },
  method_not_allowed: { zh: '不支持的方法', en: 'Method not allowed' },
  gone: { zh: '已失效', en: 'No longer there' },
  idempotency_key_missing: { zh: '缺少 Idempotency-Key', en: 'Idempotency-Key is missing' },
  idempotency_in_flight: { zh: '同一请求正在处理', en: 'The same request is in flight' },
  idempotency_mismatch: { zh: 'Idempotency-Key 已用于其他内容', en: 'Idempotency-Key was used with another body' },
  illegal_transition: { zh: '当前状态不允许', en: 'Not possible in this state' },
  phone_not_verified: { zh: '手机号未验证', en: 'The phone is not verified' },
  code_wrong: { zh: '验证码错误', en: 'Wrong code' },
  code_expired: { zh: '验证码已失效', en: 'The code has expired' },
  rate_limited: { zh: '请求过于频繁', en: 'Too many requests' },
  document_rejected: { zh: '证件照片不合格', en: 'The document was rejected' },
  card_refused: { zh: '银行卡未通过', en: 'The card was refused' },
  funder_unavailable: { zh: '资金方暂时没有回应', en: 'The funder does not answer' },
  disclosure_required: { zh: '需先阅读费用明细', en: 'The cost disclosure comes first' },
  reading_time: { zh: '阅读时间未到', en: 'The reading time is not over' },
  signature_invalid: { zh: '签名无效', en: 'Invalid signature' },
  same_person: { zh: '需由另一人批准', en: 'Another person must approve' },
  stale: { zh: '内容已更新', en: 'It has changed meanwhile' },
  overloaded: { zh: '服务繁忙', en: 'Overloaded' },
  internal: { zh: '服务出错', en: 'Internal error' },
};

/** Renders a problem. `type` is stable and documented under /docs/problems. */
export function problemResponse(problem: Problem, lang: Lang, requestId: string): Response {
  const body = {
    type: `/docs/problems#${problem.problem}`,
    title: TITLES[problem.problem][lang],
    status: PROBLEM_STATUS[problem.problem],
    code: problem.problem,
    detail: problem.detail[lang],
    errors: problem.faults.map((fault) => ({ pointer: fault.pointer, code: fault.code, message: fault.message[lang] })),
    request_id: requestId,
  };
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'content-language': lang,
  };
  if (problem.retryAfterS !== undefined) headers['retry-after'] = String(problem.retryAfterS);
  if (problem.problem === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  return new Response(JSON.stringify(body), { status: body.status, headers });
}
