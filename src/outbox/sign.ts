/** Signs deliveries as Standard Webhooks 1.0.0 says: `v1` is HMAC-SHA256, `v1a` is Ed25519, both over `id.timestamp.body`. */
import { invariant } from '../domain/failures.ts';
import type { OutboundRequest } from '../ports/transport.ts';
import type { Vault } from '../ports/vault.ts';

/** What the signer needs of the vault. */
export type SigningVault = Pick<Vault, 'hmacSha256' | 'ed25519Sign'>;

export interface Unsigned {
  /** Stays the same over all attempts of one delivery: the receiver's idempotency key. */
  readonly id: string;
  /** Of this attempt, milliseconds since the epoch. */
  readonly nowMs: number;
  readonly body: string;
  /** Every active secret, `whsec_…` or `whsk_…`; each adds one signature, which is what makes a rotation seamless. */
  readonly secrets: readonly string[];
}

export interface WebhookSigner {
  /** The three `webhook-*` headers. Throws `InvariantError` on a secret we could not have made. */
  headers(unsigned: Unsigned): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;
  /** The whole request of one attempt. */
  request(url: string, unsigned: Unsigned): OutboundRequest;
}

type SigningKey = { readonly scheme: 'v1' | 'v1a'; readonly bytes: Uint8Array };

const SYMMETRIC = 'whsec_';
const PRIVATE = 'whsk_';
const PUBLIC = 'whpk_';
/** Decoding base64 costs as much as the HMAC; secrets are few, so this is a bound against a leak, not a working set. */
const MAX_CACHED_KEYS = 4_096;

export function createWebhookSigner(vault: SigningVault): WebhookSigner {
  const cache = new Map<string, SigningKey>();

  function keyOf(secret: string): SigningKey {
    const known = cache.get(secret);
    if (known !== undefined) return known;
    if (cache.size >= MAX_CACHED_KEYS) cache.clear();
    const key = decodeSecret(secret);
    cache.set(secret, key);
    return key;
  }

  function headers(unsigned: Unsigned): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
    invariant(unsigned.secrets.length > 0, 'a delivery needs at least one secret');
    // A full stop in the id would let two different messages have one signed text.
    invariant(/^[A-Za-z0-9_-]{1,100}$/.test(unsigned.id), 'webhook id has a forbidden character');
    const timestamp = String(Math.floor(unsigned.nowMs / 1_000));
    const text = `${unsigned.id}.${timestamp}.${unsigned.body}`;
    const signatures = unsigned.secrets.map((secret) => {
      const { scheme, bytes } = keyOf(secret);
      return `${scheme},${toBase64(scheme === 'v1' ? vault.hmacSha256(bytes, text) : vault.ed25519Sign(bytes, text))}`;
    });
    return { 'webhook-id': unsigned.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
  }

  return {
    headers,
    request: (url, unsigned) => ({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', 'user-agent': 'Millrace-Webhooks/1', ...headers(unsigned) },
      body: unsigned.body,
    }),
  };
}

/** Writes a symmetric secret of 24 to 64 bytes as `whsec_…`. */
export function symmetricSecret(bytes: Uint8Array): string {
  invariant(bytes.length >= 24 && bytes.length <= 64, 'a symmetric secret has 24 to 64 bytes');
  return SYMMETRIC + toBase64(bytes);
}

/** Writes an Ed25519 pair as `whsk_…` (ours) and `whpk_…` (the receiver's). */
export function asymmetricSecret(pair: { readonly seed: Uint8Array; readonly publicKey: Uint8Array }): {
  readonly secret: string;
  readonly publicKey: string;
} {
  invariant(pair.seed.length === 32 && pair.publicKey.length === 32, 'an Ed25519 pair is 32 bytes and 32 bytes');
  return { secret: PRIVATE + toBase64(pair.seed), publicKey: PUBLIC + toBase64(pair.publicKey) };
}

function decodeSecret(secret: string): SigningKey {
  if (secret.startsWith(SYMMETRIC)) {
    const bytes = fromBase64(secret.slice(SYMMETRIC.length));
    invariant(bytes !== null && bytes.length >= 24 && bytes.length <= 64, 'malformed symmetric secret');
    return { scheme: 'v1', bytes };
  }
  invariant(secret.startsWith(PRIVATE), 'a secret starts with whsec_ or whsk_');
  const bytes = fromBase64(secret.slice(PRIVATE.length));
  // Some tools write the seed followed by the public key (64 bytes); the seed is what signs.
  invariant(bytes !== null && (bytes.length === 32 || bytes.length === 64), 'malformed private key');
  return { scheme: 'v1a', bytes: bytes.subarray(0, 32) };
}

function toBase64(bytes: Uint8Array): string {
  // Not spread: an iterator makes an object for each byte.
  return btoa(String.fromCharCode.apply(null, bytes as unknown as number[]));
}

function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
