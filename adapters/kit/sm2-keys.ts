/**
 * SM2 keys in the writings that are seen. Private: 64 hex characters, PKCS#8 or SEC1. Public: the point as hex (with or without its 04,
 * or compressed), the base64 of that point, or SPKI. DER may be PEM or bare base64. Parsed and checked once per text.
 */
import { sm2 } from 'sm-crypto-v2';
import { DER, derElements, derSequence } from './der.ts';
import type { DerElement } from './der.ts';
import { textOf } from './encoding.ts';
import { madeOnce } from './key-cache.ts';
import { keyDerOf } from './key-text.ts';

/** The order of the curve's group. */
export const SM2_ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

export interface Sm2PrivateKey {
  /** 64 hex characters, from 1 to n-2. */
  readonly hex: string;
  readonly publicHex: string;
}
export interface Sm2PublicKey {
  /** The uncompressed point, 04 in front. */
  readonly hex: string;
  /** The point with its multiples worked out, which makes verifying and sealing faster. */
  readonly point: ReturnType<typeof sm2.precomputePublicKey>;
}

const POINT_HEX = /^(?:04[0-9a-f]{128}|0[23][0-9a-f]{64})$/i;
const BARE_POINT_HEX = /^[0-9a-f]{128}$/i;
const SCALAR_HEX = /^[0-9a-f]{64}$/i;
const OID_EC_PUBLIC_KEY = '2a8648ce3d0201';
const OID_SM2 = '2a811ccf5501822d';

/** The private key in that text, or null. */
export const sm2PrivateKey: (text: string) => Sm2PrivateKey | null = madeOnce((text) => {
  const trimmed = text.trim();
  const hex = (SCALAR_HEX.test(trimmed) ? trimmed : scalarOf(text))?.toLowerCase() ?? null;
  if (hex === null) return null;
  const scalar = BigInt(`0x${hex}`);
  // 1 + d is inverted when signing, so n - 1 is no key.
  return scalar < 1n || scalar > SM2_ORDER - 2n ? null : { hex, publicHex: sm2.getPublicKeyFromPrivateKey(hex) };
});

/** The public key in that text, or null when it is no point of the curve. */
export const sm2PublicKey: (text: string) => Sm2PublicKey | null = madeOnce((text) => {
  const trimmed = text.trim();
  const hex = POINT_HEX.test(trimmed) ? trimmed : BARE_POINT_HEX.test(trimmed) ? `04${trimmed}` : pointOf(text);
  if (hex === null) return null;
  try {
    // Throws for coordinates that are not below p or not on the curve.
    const point = sm2.precomputePublicKey(hex);
    return { hex: point.toHex(false), point };
  } catch {
    return null;
  }
});

function scalarOf(text: string): string | null {
  const der = keyDerOf(text)?.der;
  const elements = der === undefined ? null : derSequence(der);
  if (elements === null) return null;
  const [version, algorithm, wrapped] = elements;
  if (version?.tag !== DER.integer) return null;
  // SEC1 holds the scalar at once; PKCS#8 names the algorithm and holds a SEC1 within.
  if (algorithm?.tag === DER.octetString) return scalarIn(elements);
  if (!namesSm2(algorithm) || wrapped?.tag !== DER.octetString) return null;
  const inner = derSequence(wrapped.body);
  return inner === null ? null : scalarIn(inner);
}

function scalarIn([version, scalar]: readonly DerElement[]): string | null {
  return version?.tag === DER.integer && scalar?.tag === DER.octetString && scalar.body.length === 32 ? textOf(scalar.body, 'hex') : null;
}

function pointOf(text: string): string | null {
  const der = keyDerOf(text)?.der;
  if (der === undefined) return null;
  const bare = textOf(der, 'hex');
  if (POINT_HEX.test(bare)) return bare;
  const [algorithm, bits, ...rest] = derSequence(der) ?? [];
  if (!namesSm2(algorithm) || bits?.tag !== DER.bitString || bits.body[0] !== 0 || rest.length > 0) return null;
  const point = textOf(bits.body.subarray(1), 'hex');
  return POINT_HEX.test(point) ? point : null;
}

function namesSm2(algorithm: DerElement | undefined): boolean {
  const names = algorithm?.tag === DER.sequence ? derElements(algorithm.body) : null;
  if (names?.length !== 2 || names.some(({ tag }) => tag !== DER.oid)) return false;
  return textOf(names[0]!.body, 'hex') === OID_EC_PUBLIC_KEY && textOf(names[1]!.body, 'hex') === OID_SM2;
}
