/** AES and SM4, by the vectors of their standards, by the openssl command line, and by everything that must not open. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockScheme } from '../../adapters/kit/block-cipher.ts';
import { openBlock, sealBlock } from '../../adapters/kit/block-cipher.ts';
import { InvariantError } from '../../src/domain/failures.ts';

const AES_128 = '2b7e151628aed2a6abf7158809cf4f3c';
const AES_256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const SM4 = '0123456789abcdeffedcba9876543210';
const IV = '000102030405060708090a0b0c0d0e0f';
/** The four blocks of SP 800-38A. */
const BLOCKS = Buffer.from(
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  'hex',
);
const utf8 = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('utf8'));

const scheme = (cipher: BlockScheme['cipher'], how: 'ecb' | 'cbc-front' | 'cbc-zero' | 'cbc-apart' | 'gcm-front' | 'gcm-apart'): BlockScheme => {
  const [mode, iv] = how.split('-');
  return { cipher, mode, iv, key: 'hex', text: 'hex' } as BlockScheme;
};
const ALL = (['aes-128', 'aes-256', 'sm4'] as const).flatMap((cipher) =>
  (['ecb', 'cbc-front', 'cbc-zero', 'cbc-apart', 'gcm-front', 'gcm-apart'] as const).map((how) => scheme(cipher, how)),
);
const keyOf = ({ cipher }: BlockScheme): string => ({ 'aes-128': AES_128, 'aes-256': AES_256, sm4: SM4 })[cipher];

describe('the standards', () => {
  it.each([
    [
      'F.1.1',
      scheme('aes-128', 'ecb'),
      AES_128,
      '3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4',
    ],
    [
      'F.1.5',
      scheme('aes-256', 'ecb'),
      AES_256,
      'f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7',
    ],
    [
      'F.2.1',
      scheme('aes-128', 'cbc-apart'),
      AES_128,
      '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7',
    ],
    [
      'F.2.5',
      scheme('aes-256', 'cbc-apart'),
      AES_256,
      'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b',
    ],
  ])('AES agrees with SP 800-38A %s', (_name, given, key, hex) => {
    const sealed = sealBlock(given, key, BLOCKS, IV);
    // The standard has no padding; ours is one block more.
    expect([sealed.slice(0, -32), sealed.length]).toEqual([hex, hex.length + 32]);
    expect(Buffer.from(openBlock(given, key, sealed, IV)!).equals(BLOCKS)).toBe(true);
  });
  it('AES-GCM agrees with the test cases of its authors', () => {
    const text = Buffer.from(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
      'hex',
    );
    const key = 'feffe9928665731c6d6a8f9467308308';
    const case2 = '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf';
    expect(sealBlock(scheme('aes-128', 'gcm-apart'), '00'.repeat(16), new Uint8Array(16), '00'.repeat(12))).toBe(case2);
    const case13 = '530f8afbc74536b9a963b4f1c4cb738b';
    expect(sealBlock(scheme('aes-256', 'gcm-apart'), '00'.repeat(32), '', '00'.repeat(12))).toBe(case13);
    const sealed = sealBlock(scheme('aes-128', 'gcm-apart'), key, text, 'cafebabefacedbaddecaf888');
    expect(sealed.slice(0, 120)).toBe(
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091',
    );
  });
  it('SM4 agrees with GM/T 0002', () => {
    const sealed = sealBlock(scheme('sm4', 'ecb'), SM4, Buffer.from(SM4, 'hex'));
    expect(sealed.slice(0, 32)).toBe('681edf34d206965e86b3e94f536e4246');
  });
  it('SM4-GCM and SM4-CBC agree with RFC 8998 and the IETF draft of block modes', () => {
    const text = Buffer.from(
      'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa',
      'hex',
    );
    const aad = 'feedfacedeadbeeffeedfacedeadbeefabaddad2';
    expect(sealBlock(scheme('sm4', 'gcm-apart'), SM4, text, '00001234567800000000abcd', Buffer.from(aad, 'hex'))).toBe(
      '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d' +
        '83de3541e4c2b58177e065a9bf7b62ec',
    );
    const blocks = Buffer.from('aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb', 'hex');
    expect(sealBlock(scheme('sm4', 'cbc-apart'), SM4, blocks, IV).slice(0, 64)).toBe(
      '78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d',
    );
  });
  it('AES-256-CBC with the IV in front agrees with the openssl command line', () => {
    // { printf IV; printf '授信 approved' | openssl enc -aes-256-cbc -K KEY -iv IV; } | base64
    const sealed = 'AAECAwQFBgcICQoLDA0ODwrQNVRy0SQuh0/KZ3HuMBY=';
    const form = { cipher: 'aes-256', mode: 'cbc', key: 'hex', iv: 'front', text: 'base64' } as const;
    expect(sealBlock(form, AES_256, '授信 approved', IV)).toBe(sealed);
    expect(utf8(openBlock(form, AES_256, sealed))).toBe('授信 approved');
    expect([openBlock(form, 'short', sealed), openBlock(form, AES_256, ''), openBlock(form, AES_256, `${sealed}AAAA`)]).toEqual([null, null, null]);
    expect(() => sealBlock(form, 'short', 'x', IV)).toThrow(InvariantError);
    expect(() => sealBlock(form, AES_256, 'x', 'short')).toThrow(InvariantError);
  });
});

describe.each(ALL)('$cipher $mode $iv', (given) => {
  const key = keyOf(given);

  it('opens what it sealed, of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), (data, iv) => {
        const ivHex = Buffer.from(iv).toString('hex');
        expect([...openBlock(given, key, sealBlock(given, key, data, ivHex), ivHex)!]).toEqual([...data]);
      }),
      { numRuns: 40 },
    );
  });
  it('opens nothing that was cut off or lengthened, and null is all that it says', () => {
    const sealed = sealBlock(given, key, '0123456789abcdef0123', IV);
    for (let length = 0; length < sealed.length; length += 1) {
      const opened = openBlock(given, key, sealed.slice(0, length), IV);
      // Without a MAC a whole number of blocks may by chance end in a padding; never is it the text.
      if (opened !== null) expect([given.mode !== 'gcm', utf8(opened)]).toEqual([true, expect.not.stringMatching(/^0123456789abcdef0123$/)]);
    }
    for (const odd of [`${sealed}00`, 'zz', `${sealed} `]) expect(openBlock(given, key, odd, IV)).toBeNull();
  });
  it('never throws on any bytes, and finds a changed bit where it has a tag', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void openBlock(given, key, Buffer.from(bytes).toString('hex'), IV)),
      { numRuns: 60 },
    );
    const sealed = Buffer.from(sealBlock(given, key, 'some text', IV), 'hex');
    for (let bit = 0; given.mode === 'gcm' && bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(openBlock(given, key, changed.toString('hex'), IV)).toBeNull();
    }
  });
  it('refuses keys and IVs that do not fit, quoting neither', () => {
    const sealed = sealBlock(given, key, 'text', IV);
    for (const bad of ['', 'secret', `${key}00`, key.slice(2), 'zz'.repeat(16), new Uint8Array(15)]) {
      expect(openBlock(given, bad, sealed, IV)).toBeNull();
      expect(() => sealBlock(given, bad, 'text', IV)).toThrow(/^the key does not fit/);
    }
    const needsIv = given.mode !== 'ecb' && given.iv !== 'zero';
    for (const bad of ['', 'aa', 'z'.repeat(32)]) {
      if (needsIv) expect(() => sealBlock(given, key, 'text', bad)).toThrow(/^the IV does not fit/);
      if (needsIv && given.iv === 'apart') expect(openBlock(given, key, sealed, bad)).toBeNull();
    }
  });
});

describe('keys and texts', () => {
  it('come in the writings of the field, and a session key as bytes', () => {
    const raw = Buffer.from('0123456789abcdef');
    const seal = (key: BlockScheme['key'], given: string | Uint8Array): string =>
      sealBlock({ cipher: 'aes-128', mode: 'ecb', key, text: 'base64' }, given, 'x');
    const expected = seal('utf8', '0123456789abcdef');
    expect([seal('hex', raw.toString('hex')), seal('base64', raw.toString('base64')), seal('hex', raw)]).toEqual([expected, expected, expected]);
  });
  it('prove what GCM is told beside the text', () => {
    const given = scheme('aes-256', 'gcm-front');
    const sealed = sealBlock(given, AES_256, 'text', IV, 'transaction');
    expect([
      utf8(openBlock(given, AES_256, sealed, '', 'transaction')),
      openBlock(given, AES_256, sealed, '', 'other'),
      openBlock(given, AES_256, sealed),
    ]).toEqual(['text', null, null]);
  });
  it('are refused under a padding that is not one', () => {
    // 16 zero bytes, 16 of 17, and a run broken inside, sealed without padding: by ECB a whole block of plaintext each.
    const bare = (hex: string): string => sealBlock(scheme('sm4', 'ecb'), SM4, Buffer.from(hex, 'hex')).slice(0, 32);
    for (const block of ['00'.repeat(16), '11'.repeat(16), `${'00'.repeat(13)}020303`, 'ff'.repeat(16)]) {
      expect(openBlock(scheme('sm4', 'ecb'), SM4, bare(block))).toBeNull();
    }
    expect(openBlock(scheme('sm4', 'ecb'), SM4, bare('10'.repeat(16)))).toHaveLength(0);
  });
});
