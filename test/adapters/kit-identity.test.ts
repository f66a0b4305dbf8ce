/** Masks and hashes of names, phones and ID numbers, as prechecks ask for them. */
import { describe, expect, it } from 'vitest';
import { hashIdNumber, hashPhone, hashPhoneAndId } from '../../adapters/kit/identity.ts';
import { cutIdNumber, cutName, cutPhone, maskIdMiddle, maskIdNumber, maskName, maskPhone, maskSurname, phoneHead } from '../../adapters/kit/masks.ts';

const PHONE = '13812345678';
const ID = '11010519900307233X';

describe('masks', () => {
  it('hide what the protocol says, whatever the writing', () => {
    expect([maskName('张三丰'), maskName('张'), maskName('𠮷田'), maskPhone(PHONE), maskIdNumber(ID), maskIdMiddle(ID)]).toEqual([
      '张**',
      '张*',
      '𠮷*',
      '138****5678',
      '11010519900307****',
      '110105********233X',
    ]);
    expect([maskSurname('张三丰'), maskSurname('𠮷田'), maskSurname('张'), maskSurname('')]).toEqual(['*三丰', '*田', '*', '*']);
  });
  it('cut off what the protocol says', () => {
    expect([cutName('张三丰'), cutName('田𠮷'), cutName('张'), cutPhone(PHONE), cutIdNumber(ID), phoneHead(PHONE)]).toEqual([
      '张三',
      '田',
      '',
      '13812345',
      '11010519900307',
      '13812345',
    ]);
  });
});

describe('hashes', () => {
  // printf 13812345678 | openssl dgst -DIGEST
  it.each([
    ['md5', '4c0115d39ddea1eba5a7cdf8edfc18a9'],
    ['sha256', '38aed9048140b0e437ea81461d9ea4524169f6795004da120bcf7d41894e4d15'],
    ['sm3', 'a28b769072867c4cd1d2db46ebb6b4a93a03a1c9c2a9d9dfd14168eea03c8c0b'],
  ] as const)('%s agrees with openssl, in either letters', (digest, hex) => {
    expect(hashPhone(PHONE, { digest, letters: 'lower' })).toBe(hex);
    expect(hashPhone(PHONE, { digest, letters: 'upper' })).toBe(hex.toUpperCase());
  });
  it('take the check letter of an ID as a capital', () => {
    const how = { digest: 'md5', letters: 'lower' } as const;
    expect(hashIdNumber(ID, how)).toBe('c450cacbfaaea5b8a84841d94268c306');
    expect(hashIdNumber(ID.toLowerCase(), how)).toBe(hashIdNumber(ID, how));
    expect(hashPhoneAndId(PHONE, ID.toLowerCase(), how)).toBe('266006961a48947d82698ba8ce04c924');
  });
});
