/** Checks a delivery as a receiver should, by Standard Webhooks 1.0.0: both signatures, over the bytes as they came, and the time. */
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

export interface ReceiverKeys {
  /** `whsec_…`: for the `v1` signatures. */
  readonly secret: string;
  /** `whpk_…`: for the `v1a` signatures. */
  readonly publicKey: string;
}
export type DeliveryCheck =
  | { readonly ok: true; readonly id: string; readonly schemes: readonly ('v1' | 'v1a')[] }
  | { readonly ok: false; readonly why: 'header_missing' | 'timestamp_outside_window' | 'signature_wrong' };

/** How far the sender's clock may be from ours, either way. */
const WINDOW_MS = 5 * 60_000;
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** Header names in lower case. Never throws on what was sent. */
export function verifyDelivery(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Uint8Array,
  keys: ReceiverKeys,
  nowMs: number,
): DeliveryCheck {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headers[name]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return { ok: false, why: 'header_missing' };
  const sentMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
  if (!(Math.abs(nowMs - sentMs) <= WINDOW_MS)) return { ok: false, why: 'timestamp_outside_window' };
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const given = signatures.split(' ').map((one) => one.split(','));
  const schemes = (['v1', 'v1a'] as const).filter((scheme) =>
    given.some(
      ([name, value = '']) => name === scheme && (scheme === 'v1' ? isHmac(keys.secret, signed, value) : isEd25519(keys.publicKey, signed, value)),
    ),
  );
  return schemes.length === 0 ? { ok: false, why: 'signature_wrong' } : { ok: true, id, schemes };
}

function isHmac(secret: string, signed: Buffer, value: string): boolean {
  const wanted = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(signed)
    .digest();
  const given = Buffer.from(value, 'base64');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function isEd25519(publicKey: string, signed: Buffer, value: string): boolean {
  const raw = Buffer.from(publicKey.replace(/^whpk_/, ''), 'base64');
  if (raw.length !== 32) return false;
  return verify(
    null,
    signed,
    createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' }),
    Buffer.from(value, 'base64'),
  );
}
