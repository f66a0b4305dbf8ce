import { expect, it } from 'vitest';
import { normaliseEmail } from '../../src/domain/operator.ts';

it('an address is the same in capitals and with blanks around it, and another with a sign that only looks like a letter', () => {
  expect(normaliseEmail(' Kim@Millrace.TEST\n')).toBe('kim@millrace.test');
  expect(normaliseEmail('\u212Aim@millrace.test')).not.toBe('kim@millrace.test');
});
