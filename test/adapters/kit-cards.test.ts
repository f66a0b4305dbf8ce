/** Bank cards as funders list them. */
import { describe, expect, it } from 'vitest';
import { readCard } from '../../adapters/kit/cards.ts';

const NAMES = { bank: 'bankName', tail: 'cardTail' };
const row = (bankName: unknown, cardTail: unknown) => ({ bankName, cardTail }) as never;

describe('cards', () => {
  it('are a token, a bank and four digits', () => {
    expect(readCard('crd-1', row('中国工商银行', '3445'), NAMES)).toEqual({ ref: 'crd-1', bank: '中国工商银行', tail: '3445' });
    expect(readCard(77, row('HSBC Bank', '0000'), NAMES)).toEqual({ ref: '77', bank: 'HSBC Bank', tail: '0000' });
    expect(readCard('crd-1', row('浙江农商行', '3445'), NAMES)?.bank).toBe('浙江农商行');
  });
  it.each([null, '', 7, '张三丰', '13912345678', '<b>银行', `${'长'.repeat(29)}银行`])('leave a bank called %j blank', (bank) => {
    expect(readCard('crd-1', row(bank, '3445'), NAMES)).toEqual({ ref: 'crd-1', bank: '', tail: '3445' });
  });
  it.each([
    ['6222020200112233445', '3445'],
    ['622202020011', '3445'],
    ['a b', '3445'],
    [null, '3445'],
    ['crd-1', '445'],
    ['crd-1', '33445'],
    ['crd-1', 3445],
    ['crd-1', null],
  ])('are none with token %j and digits %j', (ref, tail) => {
    expect(readCard(ref, row('中国工商银行', tail), NAMES)).toBeNull();
  });
  it('are none out of anything that is no row', () => {
    for (const odd of [undefined, null, 'x', 7, []]) expect(readCard('crd-1', odd, NAMES)).toBeNull();
  });
});
