import { createHmac, createPublicKey, createSecretKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SealBrokenError } from '../../src/ports/vault.ts';
import type { IndexPurpose, Vault } from '../../src/ports/vault.ts';
import { createVault, hkdf, indexCheck, openUnder, sealUnder } from '../../src/runtime/vault.ts';
import type { VaultKeys } from '../../src/runtime/vault.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const ONE: VaultKeys = { masterKeys: [{ version: 1, key: keyOf(1) }], current: 1 };
const ROTATED: VaultKeys = {
  masterKeys: [
    { version: 1, key: keyOf(1) },
    { version: 2, key: keyOf(2) },
  ],
  current: 2,
};
const open = (keys: VaultKeys = ONE): Vault => createVault(keys, randomBytes);
/** A random source that gives the prepared bytes first, then zeroes. */
const prepared =
  (first: Uint8Array) =>
  (count: number): Uint8Array => {
    const bytes = new Uint8Array(count);
    bytes.set(first);
    return bytes;
  };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};

describe('standard vectors', () => {
  test.each([
    [
      'RFC 5869 A.1',
      '0b'.repeat(22),
      '000102030405060708090a0b0c',
      'f0f1f2f3f4f5f6f7f8f9',
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    ],
    ['RFC 5869 A.3', '0b'.repeat(22), '', '', '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'],
  ])('HKDF-SHA256, %s', (_, ikm, salt, info, okm) => {
    expect(hkdf(hex(ikm), hex(salt), hex(info), 42).toString('hex')).toBe(okm);
  });

  const PLAIN = 'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39';
  const CIPHER = '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662';
  test.each([
    ['case 13', '00'.repeat(32), '00'.repeat(12), '', '', '', '530f8afbc74536b9a963b4f1c4cb738b'],
    ['case 14', '00'.repeat(32), '00'.repeat(12), '', '00'.repeat(16), 'cea7403d4d606b6e074ec5d3baf39d18', 'd0d1c8a799996bf0265b98b5d48ab919'],
    [
      'case 16',
      'feffe9928665731c6d6a8f9467308308'.repeat(2),
      'cafebabefacedbaddecaf888',
      'feedfacedeadbeeffeedfacedeadbeefabaddad2',
      PLAIN,
      CIPHER,
      '76fc6ece0f4e1768cddf8853bb2d551b',
    ],
  ])('AES-256-GCM, NIST submission %s', (_, key, iv, aad, plain, cipher, tag) => {
    const sealed = sealUnder(createSecretKey(hex(key)), hex(iv), hex(aad), hex(plain));
    expect(sealed.toString('hex')).toBe(iv + cipher + tag);
    expect(openUnder(createSecretKey(hex(key)), sealed, 12, hex(aad)).toString('hex')).toBe(plain);
  });

  test.each([
    [
      'test 1',
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      'test 2',
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
  ])('ed25519, RFC 8032 %s', (_, seed, publicKey, message, signature) => {
    const vault = createVault(ONE, prepared(hex(seed)));
    const pair = vault.ed25519Pair();
    expect(Buffer.from(pair.seed).toString('hex')).toBe(seed);
    expect(Buffer.from(pair.publicKey).toString('hex')).toBe(publicKey);
    expect(Buffer.from(vault.ed25519Sign(pair.seed, hex(message))).toString('hex')).toBe(signature);
  });

  test.each([
    ['case 1', hex('0b'.repeat(20)), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    ['case 2', Buffer.from('Jefe'), 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    [
      'case 6',
      hex('aa'.repeat(131)),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('HMAC-SHA256, RFC 4231 %s', (_, key, data, mac) => {
    expect(Buffer.from(open().hmacSha256(key, data)).toString('hex')).toBe(mac);
    expect(Buffer.from(open().hmacSha256(key, Buffer.from(data))).toString('hex')).toBe(mac);
  });

  test('SHA-256 of "abc", FIPS 180-4', () => {
    expect(open().sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(open().sha256Hex(Buffer.from('abc'))).toBe(open().sha256Hex('abc'));
  });
});

describe('data keys', () => {
  test('what was sealed opens again, as text, as bytes, empty', () => {
    const vault = open();
    const { key, wrapped } = vault.newDataKey('borrower/bor_1');
    const again = vault.openDataKey('borrower/bor_1', wrapped);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'grapheme' }), (bytes, words) => {
        expect(Uint8Array.from(again.open('a/b/c', key.seal('a/b/c', bytes)))).toEqual(bytes);
        expect(text(again.open('a/b/c', key.seal('a/b/c', words)))).toBe(words);
      }),
    );
  });

  test('the layout is format, IV, ciphertext, tag; no IV comes twice', () => {
    const { key } = open().newDataKey('borrower/bor_1');
    const seals = Array.from({ length: 1_000 }, () => key.seal('a', 'same'));
    expect(seals[0]!.length).toBe(1 + 12 + 4 + 16);
    expect(new Set(seals.map((seal) => Buffer.from(seal.subarray(1, 13)).toString('hex'))).size).toBe(1_000);
    expect(seals.every((seal) => seal[0] === 1)).toBe(true);
  });

  test('every flipped bit, every truncation and every other place is refused', () => {
    const vault = open();
    const { key, wrapped } = vault.newDataKey('borrower/bor_1');
    const sealed = key.seal('application/app_1/applicant', '110105199003072338');
    for (let bit = 0; bit < sealed.length * 8; bit += 1)
      expect(() => key.open('application/app_1/applicant', flipped(sealed, bit))).toThrow(SealBrokenError);
    for (let bit = 0; bit < wrapped.length * 8; bit += 1)
      expect(() => vault.openDataKey('borrower/bor_1', flipped(wrapped, bit))).toThrow(SealBrokenError);
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => key.open('application/app_1/applicant', sealed.subarray(0, length))).toThrow(SealBrokenError);
    for (let length = 0; length < wrapped.length; length += 1)
      expect(() => vault.openDataKey('borrower/bor_1', wrapped.subarray(0, length))).toThrow(SealBrokenError);
    expect(() => key.open('application/app_2/applicant', sealed)).toThrow(SealBrokenError);
    expect(() => vault.openDataKey('borrower/bor_2', wrapped)).toThrow(SealBrokenError);
    expect(() => vault.newDataKey('borrower/bor_1').key.open('application/app_1/applicant', sealed)).toThrow(SealBrokenError);
    expect(() => vault.serviceKey.open('application/app_1/applicant', sealed)).toThrow(SealBrokenError);
    expect(() => key.open('borrower/bor_1', wrapped)).toThrow(SealBrokenError);
  });

  test('an error says nothing of place, key or content', () => {
    const { key } = open().newDataKey('borrower/bor_1');
    const sealed = key.seal('application/app_1/applicant', '13800000001');
    const thrown = catchError(() => key.open('application/app_1/other', sealed));
    expect(`${thrown.message} ${thrown.stack} ${String(thrown.cause)}`).not.toMatch(/app_1|13800000001|unable to authenticate/i);
    expect(thrown.cause).toBeUndefined();
  });

  test('without its wrapping nothing opens what a key sealed: erasure is forgetting the wrapping', () => {
    const vault = open();
    const sealed = vault.newDataKey('borrower/bor_1').key.seal('a', 'x');
    for (let tries = 0; tries < 50; tries += 1) expect(() => vault.newDataKey('borrower/bor_1').key.open('a', sealed)).toThrow(SealBrokenError);
  });
});

describe('rotation of the master key', () => {
  test('old wrappings and service seals still open, new ones are under the new version', () => {
    const before = open(ONE);
    const { key, wrapped } = before.newDataKey('borrower/bor_1');
    const [sealed, reply] = [key.seal('a', 'old'), before.serviceKey.seal('reply/1', 'stored')];
    const after = open(ROTATED);
    expect(text(after.openDataKey('borrower/bor_1', wrapped).open('a', sealed))).toBe('old');
    expect(text(after.serviceKey.open('reply/1', reply))).toBe('stored');
    const fresh = after.newDataKey('borrower/bor_2').wrapped;
    expect([wrapped, fresh].map((bytes) => Buffer.from(bytes).readUInt32BE(1))).toEqual([1, 2]);
    expect(() => before.openDataKey('borrower/bor_2', fresh)).toThrow(SealBrokenError);
    expect(() => before.serviceKey.open('reply/2', after.serviceKey.seal('reply/2', 'x'))).toThrow(SealBrokenError);
  });

  test('a wrapping cannot be passed off as of another version', () => {
    const same: VaultKeys = {
      masterKeys: [
        { version: 1, key: keyOf(1) },
        { version: 2, key: keyOf(1) },
      ],
      current: 1,
    };
    const vault = open(same);
    const wrapped = Uint8Array.from(vault.newDataKey('b').wrapped);
    wrapped[4] = 2;
    expect(() => vault.openDataKey('b', wrapped)).toThrow(SealBrokenError);
  });

  test('indexes, tags and their check value stay, unless the root goes', () => {
    const [before, after, lost] = [open(ONE), open(ROTATED), open({ masterKeys: [{ version: 2, key: keyOf(2) }], current: 2 })];
    expect(after.blindIndex('phone', '13800000001')).toBe(before.blindIndex('phone', '13800000001'));
    expect(after.tag('click', 'clk_1')).toBe(before.tag('click', 'clk_1'));
    expect(indexCheck(after)).toBe(indexCheck(before));
    expect(indexCheck(lost)).not.toBe(indexCheck(before));
    expect(indexCheck(open({ ...ROTATED, indexRoot: 2 }))).toBe(indexCheck(lost));
  });
});

describe('the service key', () => {
  test('what was sealed opens in another process, in its place alone', () => {
    const sealed = open().serviceKey.seal('funder/fnd_a/secret', 's3cret');
    expect(text(open().serviceKey.open('funder/fnd_a/secret', sealed))).toBe('s3cret');
    expect(() => open().serviceKey.open('funder/fnd_b/secret', sealed)).toThrow(SealBrokenError);
    for (let bit = 0; bit < sealed.length * 8; bit += 1)
      expect(() => open().serviceKey.open('funder/fnd_a/secret', flipped(sealed, bit))).toThrow(SealBrokenError);
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => open().serviceKey.open('funder/fnd_a/secret', sealed.subarray(0, length))).toThrow(SealBrokenError);
  });

  test('each start seals under a key of its own, and more of them open than are remembered', () => {
    const seals = Array.from({ length: 300 }, (_, index) => open().serviceKey.seal('a', `${index}`));
    expect(new Set(seals.map((seal) => Buffer.from(seal.subarray(5, 21)).toString('hex'))).size).toBe(300);
    const vault = open();
    for (const [index, seal] of [...seals, ...seals].entries()) expect(text(vault.serviceKey.open('a', seal))).toBe(`${index % 300}`);
  });
});

describe('blind indexes and tags', () => {
  const PURPOSES: IndexPurpose[] = [
    'phone',
    'id_number',
    'device',
    'ip',
    'phone_tombstone',
    'id_tombstone',
    'blacklist_phone',
    'blacklist_id_number',
    'blacklist_device',
  ];

  test('an index is the first 128 bits of an HMAC under an HKDF subkey', () => {
    const subkey = Buffer.from(hkdfSync('sha256', keyOf(1), 'millrace/v1', 'index/phone', 32));
    const mac = createHmac('sha256', subkey).update('13800000001').digest().subarray(0, 16).toString('base64url');
    expect(open().blindIndex('phone', '13800000001')).toBe(mac);
    expect(mac).toMatch(/^[\w-]{22}$/);
  });

  test('one value has another index for each purpose and key', () => {
    const vault = open();
    const seen = [
      ...PURPOSES.map((purpose) => vault.blindIndex(purpose, '13800000001')),
      ...(['client_token', 'click', 'cursor'] as const).map((purpose) => vault.tag(purpose, '13800000001')),
      open({ masterKeys: [{ version: 1, key: keyOf(9) }], current: 1 }).blindIndex('phone', '13800000001'),
      vault.blindIndex('phone', '13800000002'),
    ];
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('equal compares text of any kind', () => {
    const vault = open();
    const equal = (left: string, right: string): boolean => vault.equal(left, right);
    expect([equal('abc', 'abc'), equal('abc', 'abd'), equal('abc', 'abcd'), equal('', ''), equal('张', '张'), equal('张', 'abc')]).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('keys', () => {
  test('fresh pairs sign what their public key verifies', () => {
    const vault = open();
    const { seed, publicKey } = vault.ed25519Pair();
    const spki = createPublicKey({ key: Buffer.concat([hex('302a300506032b6570032100'), publicKey]), format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from('message'), spki, vault.ed25519Sign(seed, 'message'))).toBe(true);
    expect(verify(null, Buffer.from('other'), spki, vault.ed25519Sign(seed, 'message'))).toBe(false);
    expect(vault.ed25519Pair().seed).not.toEqual(seed);
    expect(() => vault.ed25519Sign(seed.subarray(1), 'message')).toThrow('32 bytes');
  });

  test('equal randomness gives equal bytes, and none is drawn before it is needed', () => {
    const run = (): string => {
      let drawn = 0;
      const vault = createVault(ONE, (count) => Uint8Array.from({ length: count }, () => (drawn = (drawn * 31 + 7) & 255)));
      expect(drawn).toBe(0);
      const { key, wrapped } = vault.newDataKey('b');
      return [wrapped, key.seal('a', 'x'), vault.serviceKey.seal('a', 'x')].map((bytes) => Buffer.from(bytes).toString('hex')).join();
    };
    expect(run()).toBe(run());
  });

  test.each<[string, VaultKeys]>([
    ['no key of the current version', { masterKeys: [{ version: 1, key: keyOf(1) }], current: 2 }],
    [
      'two of one version',
      {
        masterKeys: [
          { version: 1, key: keyOf(1) },
          { version: 1, key: keyOf(2) },
        ],
        current: 1,
      },
    ],
    ['a short key', { masterKeys: [{ version: 1, key: new Uint8Array(16) }], current: 1 }],
    ['version 0', { masterKeys: [{ version: 0, key: keyOf(1) }], current: 0 }],
    ['an unknown index root', { ...ONE, indexRoot: 7 }],
  ])('refuses %s', (_, keys) => {
    expect(() => open(keys)).toThrow();
  });

  test('refuses a random source that runs dry', () => {
    expect(() => createVault(ONE, () => new Uint8Array(3)).newDataKey('b')).toThrow('too few bytes');
  });
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (thrown) {
    return thrown as Error;
  }
  throw new Error('nothing was thrown');
}
