/** Password hashes: what is stored, what it costs, and what a flood of them does. */
import { describe, expect, it } from 'vitest';
import { checkPassword, normalisePassword } from '../../src/domain/operator.ts';
import { Crowded } from '../../src/ports/passwords.ts';
import { scryptPasswords, USUAL_COST } from '../../src/runtime/passwords.ts';
import { QUICK_COST, seededRandom } from '../world.ts';

const random = seededRandom(3);
const passwords = scryptPasswords((count) => random.bytes(count), QUICK_COST);

it('fits its own password alone, with a salt of its own each time', async () => {
  const [one, other] = [await passwords.hash('a mill at the weir'), await passwords.hash('a mill at the weir')];
  expect(one).not.toBe(other);
  for (const hash of [one, other]) expect(await passwords.verify('a mill at the weir', hash)).toBe(true);
  expect(await passwords.verify('a mill at the wier', one)).toBe(false);
  for (const none of [null, '', 'scrypt$16$1$1$short$short']) expect(await passwords.verify('', none)).toBe(false);
});

it('goes by the cost that is stored, so that a later one leaves older hashes good', async () => {
  expect(USUAL_COST).toEqual({ N: 16_384, r: 8, p: 5 });
  const dear = scryptPasswords((count) => random.bytes(count), { N: 64, r: 2, p: 2 });
  expect(await dear.verify('word', await passwords.hash('word'))).toBe(true);
});

it('makes few at a time, lets few wait, and turns the rest away', async () => {
  const slow = scryptPasswords((count) => random.bytes(count), { N: 2 ** 10, r: 8, p: 1 });
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => slow.verify('word', null)));
  const away = all.filter((each) => each.status === 'rejected');
  expect([away.length, away.every(({ reason }) => reason instanceof Crowded)]).toEqual([8, true]);
  // And is as before afterwards.
  expect(await slow.verify('word', await slow.hash('word'))).toBe(true);
});

describe('a password', () => {
  it.each(['correct horse battery staple', 'xK4#mmPq81zT', '风吹草低见牛羊天苍苍野茫茫', 'tr0ub4dor and three', 'millrace turns at dawn'])(
    '%s is taken',
    (text) => {
      expect(checkPassword(text, ['Anna Li', 'anna@millrace.test'])).toBeNull();
    },
  );
  it.each(['Millrace2026!', 'annali123456', 'iloveyou1314520', 'zxcvbnmasdfg', '112233445566', 'letmein!letmein!', '１２３４５６７８９０１２'])(
    '%s is not',
    (text) => {
      expect(checkPassword(text, ['Anna Li', 'annali@millrace.test'])).toBe('too_obvious');
    },
  );
  it('is the same however its characters are put together', () => {
    expect(normalisePassword('Ａbc é')).toBe(normalisePassword('Abc e\u0301'));
  });
});
