/**
 * The vault: master keys and values go in, sealed bytes, blind indexes, tags and signatures come out. `node:crypto` alone, and of it only
 * what workerd has as well. Keys are made ready once (a raw key costs five times as much per call). It must not log, must
 * not put a value into an error, and must not draw randomness before the first call (workerd forbids it at start).
 *
 * Layouts (bytes):  data seal  1: format 1 · iv 12 · ciphertext · tag 16
 *                   wrapping      format 2 · master version 4 · iv 12 · data key 32 · tag 16
 *                   service seal  format 3 · master version 4 · salt 16 · iv 12 · ciphertext · tag 16
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hash,
  hkdfSync,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { hmacSha256, hmacSha256Bytes, macKey, type MacKey } from '../../adapters/kit/hmac.ts';
import { invariant } from '../domain/failures.ts';
import { SealBrokenError } from '../ports/vault.ts';
import type { DataKey, IndexPurpose, Vault } from '../ports/vault.ts';

export interface MasterKey {
  /** 1 to 2^32 - 1; never used again for another key. */
  readonly version: number;
  /** 32 bytes. May be overwritten once the vault is made. */
  readonly key: Uint8Array;
}

export interface VaultKeys {
  readonly masterKeys: readonly MasterKey[];
  /** Version under which new data keys are wrapped and service data is sealed. */
  readonly current: number;
  /**
   * Version that blind indexes and tags derive from; the lowest one given when absent. It must outlive rotation: another root
   * gives other indexes, and nobody would be recognised. `indexCheck` finds that out at start.
   */
  readonly indexRoot?: number;
}

type TagPurpose = Parameters<Vault['tag']>[0];

const TAG_BYTES = 16;
const IV_BYTES = 12;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const DATA_SEAL = 1;
const WRAPPING = 2;
const SERVICE_SEAL = 3;
/** 128 bits in base64url. */
const INDEX_CHARS = 22;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const POOL_BYTES = 4_096;
/** Far below the 2^32 messages NIST SP 800-38D allows one key with random IVs. */
const SEALS_PER_SERVICE_KEY = 2 ** 20;
const CACHED_KEYS = 256;
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

const INDEX_PURPOSES = Object.keys({
  phone: true,
  id_number: true,
  device: true,
  ip: true,
  phone_tombstone: true,
  id_tombstone: true,
  blacklist_phone: true,
  blacklist_id_number: true,
  blacklist_device: true,
  operator: true,
} satisfies Record<IndexPurpose, true>) as IndexPurpose[];
const TAG_PURPOSES: readonly TagPurpose[] = [
  'client_token',
  'click',
  'cursor',
  'audit',
  'sandbox_key',
  'step_link',
  'page_key',
  'visit',
  'first_run',
];

/** Makes the vault. Throws `InvariantError` when the keys are not what they must be. `randomBytes` must be cryptographic outside simulations. */
export function createVault(keys: VaultKeys, randomBytes: (count: number) => Uint8Array): Vault {
  checkKeys(keys);
  const draw = randomPool(randomBytes);
  const wrapKeys = new Map(keys.masterKeys.map(({ version, key }) => [version, createSecretKey(derived(key, 'wrap'))]));
  const rootVersion = keys.indexRoot ?? Math.min(...keys.masterKeys.map(({ version }) => version));
  const root = keys.masterKeys.find(({ version }) => version === rootVersion)!.key;
  const indexKeys = Object.fromEntries(INDEX_PURPOSES.map((purpose) => [purpose, macKey(derived(root, `index/${purpose}`))])) as Record<
    IndexPurpose,
    MacKey
  >;
  const tagKeys = Object.fromEntries(TAG_PURPOSES.map((purpose) => [purpose, macKey(derived(root, `tag/${purpose}`))])) as Record<TagPurpose, MacKey>;
  const privateKeyOf = madeOnce((seed) => createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' }));
  const macKeyOf = madeOnce(macKey);
  const signingKey = (seed: Uint8Array): KeyObject => {
    invariant(seed.length === KEY_BYTES, 'an ed25519 seed is 32 bytes');
    return privateKeyOf(seed);
  };

  return {
    blindIndex: (purpose, value) => shortTag(indexKeys[purpose], value),
    newDataKey(aad) {
      const bytes = draw(KEY_BYTES);
      const head = headOf(WRAPPING, 5, keys.current, draw);
      const wrapped = sealUnder(wrapKeys.get(keys.current)!, head, wrapAad(keys.current, aad), bytes);
      const key = dataKey(createSecretKey(bytes), draw);
      bytes.fill(0);
      return { key, wrapped };
    },
    openDataKey(aad, wrapped) {
      const version = versionIn(wrapped, WRAPPING);
      const bytes = openUnder(versionKey(wrapKeys, version), wrapped, 5 + IV_BYTES, wrapAad(version, aad));
      if (bytes.length !== KEY_BYTES) throw new SealBrokenError('a wrapped data key has the wrong length');
      const key = dataKey(createSecretKey(bytes), draw);
      bytes.fill(0);
      return key;
    },
    serviceKey: serviceKey(new Map(keys.masterKeys.map(({ version, key }) => [version, macKey(derived(key, 'service'))])), keys.current, draw),
    tag: (purpose, text) => shortTag(tagKeys[purpose], text),
    equal(left, right) {
      const [one, other] = [Buffer.from(left), Buffer.from(right)];
      return one.length === other.length && timingSafeEqual(one, other);
    },
    sha256Hex: (data) => hash('sha256', data, 'hex'),
    hmacSha256: (key, data) => hmacSha256Bytes(macKeyOf(key), data),
    ed25519Pair() {
      const seed = Uint8Array.from(draw(KEY_BYTES));
      const spki = createPublicKey(signingKey(seed)).export({ format: 'der', type: 'spki' });
      return { seed, publicKey: Uint8Array.from(spki.subarray(spki.length - 32)) };
    },
    ed25519Sign: (seed, data) => sign(null, typeof data === 'string' ? Buffer.from(data) : data, signingKey(seed)),
  };
}

/** A value that is equal for equal index roots and says nothing of them. Kept at first start and compared at each one after. */
export function indexCheck(vault: Vault): string {
  return vault.blindIndex('phone_tombstone', 'millrace/index-check');
}

/** HKDF-SHA256 (RFC 5869). */
export function hkdf(key: Uint8Array, salt: string | Uint8Array, info: string | Uint8Array, lengthBytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, lengthBytes));
}

/** AES-256-GCM. `head` ends with the 12-byte IV; what comes out is head, ciphertext and 16-byte tag. */
export function sealUnder(key: KeyObject, head: Uint8Array, aad: Uint8Array, plaintext: string | Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, head.subarray(head.length - IV_BYTES));
  cipher.setAAD(aad);
  const body = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([head, body, cipher.getAuthTag()]);
}

/** Reverses `sealUnder`. Throws `SealBrokenError`, which carries nothing of key, place or content. */
export function openUnder(key: KeyObject, sealed: Uint8Array, headBytes: number, aad: Uint8Array): Buffer {
  if (sealed.length < headBytes + TAG_BYTES) throw new SealBrokenError('sealed bytes are too short');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(headBytes - IV_BYTES, headBytes), { authTagLength: TAG_BYTES });
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = decipher.update(sealed.subarray(headBytes, sealed.length - TAG_BYTES));
    decipher.final();
    return body;
  } catch {
    throw new SealBrokenError('sealed bytes do not open: other key, other place, or altered');
  }
}

function dataKey(key: KeyObject, draw: (count: number) => Uint8Array): DataKey {
  return {
    seal: (aad, plaintext) => sealUnder(key, headOf(DATA_SEAL, 1, null, draw), Buffer.from(`data/${aad}`), plaintext),
    open(aad, sealed) {
      if (sealed[0] !== DATA_SEAL) throw new SealBrokenError('not a data seal');
      return openUnder(key, sealed, 1 + IV_BYTES, Buffer.from(`data/${aad}`));
    },
  };
}

/**
 * Seals with a key derived from a salt that changes after 2^20 seals and at each start: unlike a borrower's key, one service key
 * would pass the safe number of random IVs within weeks of full load.
 */
function serviceKey(rootKeys: ReadonlyMap<number, MacKey>, current: number, draw: (count: number) => Uint8Array): DataKey {
  const opened = new Map<string, KeyObject>();
  const keyFor = (version: number, salt: Uint8Array): KeyObject => {
    const name = `${version}/${Buffer.from(salt).toString('hex')}`;
    let key = opened.get(name);
    if (key === undefined) {
      key = createSecretKey(hmacSha256Bytes(versionKey(rootKeys, version), salt));
      if (opened.size >= CACHED_KEYS) opened.clear();
      opened.set(name, key);
    }
    return key;
  };
  let epoch: { readonly salt: Uint8Array; readonly key: KeyObject; sealsLeft: number } | null = null;
  return {
    seal(aad, plaintext) {
      if (epoch === null || epoch.sealsLeft === 0) {
        const salt = Uint8Array.from(draw(SALT_BYTES));
        epoch = { salt, key: keyFor(current, salt), sealsLeft: SEALS_PER_SERVICE_KEY };
      }
      epoch.sealsLeft -= 1;
      const head = headOf(SERVICE_SEAL, 5 + SALT_BYTES, current, draw);
      head.set(epoch.salt, 5);
      return sealUnder(epoch.key, head, Buffer.from(`service/${current}/${aad}`), plaintext);
    },
    open(aad, sealed) {
      const version = versionIn(sealed, SERVICE_SEAL);
      if (sealed.length < 5 + SALT_BYTES + IV_BYTES + TAG_BYTES) throw new SealBrokenError('sealed bytes are too short');
      const key = keyFor(version, sealed.subarray(5, 5 + SALT_BYTES));
      return openUnder(key, sealed, 5 + SALT_BYTES + IV_BYTES, Buffer.from(`service/${version}/${aad}`));
    },
  };
}

/** Format byte, version where there is one, room up to `ivAt`, and a fresh IV. */
function headOf(format: number, ivAt: number, version: number | null, draw: (count: number) => Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(ivAt + IV_BYTES);
  head[0] = format;
  if (version !== null) head.writeUInt32BE(version, 1);
  head.set(draw(IV_BYTES), ivAt);
  return head;
}

function versionIn(sealed: Uint8Array, format: number): number {
  if (sealed[0] !== format || sealed.length < 5) throw new SealBrokenError('sealed bytes are of another kind');
  return ((sealed[1]! << 24) | (sealed[2]! << 16) | (sealed[3]! << 8) | sealed[4]!) >>> 0;
}

function versionKey<K>(byVersion: ReadonlyMap<number, K>, version: number): K {
  const key = byVersion.get(version);
  if (key === undefined) throw new SealBrokenError('sealed under a master key version that is not configured');
  return key;
}

function wrapAad(version: number, aad: string): Buffer {
  return Buffer.from(`wrap/${version}/${aad}`);
}

function derived(key: Uint8Array, label: string): Buffer {
  return hkdf(key, 'millrace/v1', label, KEY_BYTES);
}

/** As text right away: making a buffer of the digest costs more than the HMAC. The last character holds two bits of the 16th byte; the other four are zero. */
function shortTag(key: MacKey, text: string): string {
  const digest = hmacSha256(key, text, 'base64url');
  return digest.slice(0, INDEX_CHARS - 1) + 'AQgw'[BASE64URL.indexOf(digest[INDEX_CHARS - 1]!) >> 4]!;
}

/** Hands out views of one large draw: a system call for each IV would cost as much as the seal. No byte is handed out twice. */
function randomPool(randomBytes: (count: number) => Uint8Array): (count: number) => Uint8Array {
  let pool = new Uint8Array(0);
  let used = 0;
  return (count) => {
    if (used + count > pool.length) {
      pool = new Uint8Array(randomBytes(POOL_BYTES));
      invariant(pool.length === POOL_BYTES, 'the random source gave too few bytes');
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
}

/** Making a key ready costs more than signing with it, and a webhook endpoint signs often. */
function madeOnce<K>(make: (bytes: Uint8Array) => K): (bytes: Uint8Array) => K {
  const known = new Map<string, K>();
  return (bytes) => {
    const name = Buffer.from(bytes).toString('latin1');
    let key = known.get(name);
    if (key === undefined) {
      key = make(bytes);
      if (known.size >= CACHED_KEYS) known.clear();
      known.set(name, key);
    }
    return key;
  };
}

function checkKeys({ masterKeys, current, indexRoot }: VaultKeys): void {
  const versions = new Set(masterKeys.map(({ version }) => version));
  invariant(versions.size === masterKeys.length, 'two master keys share a version');
  invariant(versions.has(current), 'the current master key version is not among the keys');
  invariant(indexRoot === undefined || versions.has(indexRoot), 'the index root version is not among the keys');
  for (const { version, key } of masterKeys) {
    invariant(Number.isInteger(version) && version >= 1 && version <= 0xffff_ffff, 'a master key version is out of range');
    invariant(key.length === KEY_BYTES, 'a master key is not 32 bytes');
  }
}
