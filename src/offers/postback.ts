/** Postbacks of partners: a click became a lead or a sale, or was taken back. Signed by the partner, counted once. */
import { z } from 'zod';
import { fault, type Fault } from '../domain/failures.ts';
import { hexOf } from '../domain/hex.ts';
import { isId } from '../domain/ids.ts';
import type { Vault } from '../ports/vault.ts';

/** How far a postback's clock may be from ours, either way. */
export const POSTBACK_WINDOW_MS = 5 * 60_000;
export const MAX_POSTBACK_BYTES = 16_384;

/** Unknown members are dropped, so a partner may add its own. `amount_fen` is the partner's payout for this event when it differs from the terms. */
export const Postback = z.object({
  event_id: z.string().regex(/^[\x21-\x7e]{1,100}$/, 'event_id_shape'),
  click_id: z.string().refine((text) => isId('clk', text), 'click_id_shape'),
  kind: z.enum(['lead', 'sale', 'reversal']),
  amount_fen: z.number().int().min(0).max(1_000_000_000).optional(),
  /** When it happened, RFC 3339. */
  at: z.iso.datetime({ offset: true }),
});
export type Postback = z.infer<typeof Postback>;

export type PostbackReading =
  | { readonly kind: 'ok'; readonly postback: Postback; readonly idempotencyKey: string }
  /** Answer 401: not from the partner, or replayed. */
  | { readonly kind: 'unauthentic'; readonly why: 'header_missing' | 'timestamp_malformed' | 'timestamp_outside_window' | 'signature_wrong' }
  /** Answer 422: authentic, but not understood. */
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] };

/**
 * Verifies, then reads. `x-timestamp` is Unix seconds; `x-signature` is the hex HMAC-SHA256 of `${timestamp}.${rawBody}` under the
 * partner's secret (any of `secrets`, so that it can be rotated). Header names in lower case. Never throws on what was sent.
 */
export function readPostback(
  input: {
    readonly partnerId: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly rawBody: Uint8Array;
    readonly secrets: readonly Uint8Array[];
    readonly nowMs: number;
  },
  vault: Pick<Vault, 'hmacSha256' | 'equal'>,
): PostbackReading {
  const timestamp = input.headers['x-timestamp'];
  const signature = input.headers['x-signature'];
  if (timestamp === undefined || signature === undefined) return { kind: 'unauthentic', why: 'header_missing' };
  if (!/^\d{1,12}$/.test(timestamp)) return { kind: 'unauthentic', why: 'timestamp_malformed' };
  if (Math.abs(input.nowMs - Number(timestamp) * 1_000) > POSTBACK_WINDOW_MS) return { kind: 'unauthentic', why: 'timestamp_outside_window' };
  if (input.rawBody.length > MAX_POSTBACK_BYTES) return invalid(fault('', 'too_large', '内容过大', `more than ${MAX_POSTBACK_BYTES} bytes`));

  const signed = join(new TextEncoder().encode(`${timestamp}.`), input.rawBody);
  const claimed = signature.trim().toLowerCase();
  // Every secret is tried, so that the time taken does not tell which one is current.
  const matches = input.secrets.filter((secret) => vault.equal(hexOf(vault.hmacSha256(secret, signed)), claimed));
  if (matches.length === 0) return { kind: 'unauthentic', why: 'signature_wrong' };
  return parse(input.partnerId, input.rawBody);
}

function parse(partnerId: string, rawBody: Uint8Array): PostbackReading {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
  } catch {
    return invalid(fault('', 'malformed_json', '不是有效的 JSON', 'not valid UTF-8 JSON'));
  }
  const parsed = Postback.safeParse(json);
  if (!parsed.success) return { kind: 'invalid', faults: parsed.error.issues.map(toFault) };
  return { kind: 'ok', postback: parsed.data, idempotencyKey: `${partnerId}:${parsed.data.event_id}` };
}

/** Messages are ours, by member: zod's own might quote what was sent. */
const MESSAGES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  event_id: ['应为 1 至 100 个可见 ASCII 字符', 'must be 1 to 100 visible ASCII characters'],
  click_id: ['应为我方的点击编号', 'must be a click id of ours'],
  kind: ['应为 lead、sale 或 reversal', 'must be lead, sale or reversal'],
  amount_fen: ['应为 0 至 1000000000 的整数（分）', 'must be an integer from 0 to 1000000000 (fen)'],
  at: ['应为 RFC 3339 时间', 'must be an RFC 3339 time'],
};

function toFault(issue: z.core.$ZodIssue): Fault {
  const member = String(issue.path[0] ?? '');
  const [zh, en] = MESSAGES[member] ?? ['应为 JSON 对象', 'must be a JSON object'];
  return fault(member === '' ? '' : `/${member}`, issue.code, zh, en);
}

function invalid(one: Fault): PostbackReading {
  return { kind: 'invalid', faults: [one] };
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
