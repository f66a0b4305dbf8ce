import { expect, it } from 'vitest';
import { maskIdNumber, maskName, maskPhone } from '../../../src/flow/desk/mask.ts';

it.each([
  ['张三', '张*'],
  ['欧阳修文', '欧*'],
  ['John Smith', 'J*'],
  ['𠮷野', '𠮷*'],
  ['', ''],
])('masks the name %s', (name, masked) => expect(maskName(name)).toBe(masked));

it('masks phone and ID number, and whatever has not their form altogether', () => {
  expect(maskPhone('13800000001')).toBe('138****0001');
  expect(maskPhone('1380000')).toBe('****');
  expect(maskIdNumber('110105199003072338')).toBe('110***********2338');
  expect(maskIdNumber('110105')).toBe('****');
});
