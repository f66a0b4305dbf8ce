import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdNumber, halfWidth, ID_NUMBER_FAULTS, makeIdNumber, normaliseIdNumber } from '../../src/domain/id-number.ts';
import { PROVINCES, provinceOf } from '../../src/domain/regions.ts';

const NOW = Date.parse('2026-06-15T12:00:00+08:00');

/** Writes the right check character over a body, by the textbook formula rather than the table of the code under test. */
function withCheck(body: string): string {
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  const check = (12 - (sum % 11)) % 11;
  return body + (check === 10 ? 'X' : String(check));
}

describe('checkIdNumber', () => {
  it('reads what a valid number says', () => {
    expect(checkIdNumber('110105199003072338', NOW)).toEqual({
      ok: true,
      idNumber: '110105199003072338',
      region: '110105',
      birthDate: '1990-03-07',
      sex: 'm',
      age: 36,
    });
    expect(checkIdNumber('11010519491231002X', NOW)).toMatchObject({ ok: true, sex: 'f', age: 76, birthDate: '1949-12-31' });
  });

  it.each(['11010519491231002x', '１１０１０５１９４９１２３１００２Ｘ', '110105 19491231 002x', '\u3000110105\u00a01949\u200b1231002ｘ '])(
    'normalises %j',
    (text) => {
      expect(checkIdNumber(text, NOW)).toMatchObject({ ok: true, idNumber: '11010519491231002X' });
    },
  );

  it.each([
    ['', 'shape'],
    ['11010519900307233', 'shape'],
    ['1101051990030723380', 'shape'],
    ['110105900307233', 'shape'],
    ['1101051990030723X8', 'shape'],
    ['X10105199003072338', 'shape'],
    ['١١٠١٠٥١٩٩٠٠٣٠٧٢٣٣٨', 'shape'],
    [`${' '.repeat(100)}110105199003072338`, 'shape'],
    [withCheck('10010519900307233'), 'region'],
    [withCheck('91010519900307233'), 'region'],
    [withCheck('11010519900230233'), 'date'],
    [withCheck('11010519901301233'), 'date'],
    [withCheck('11010519900007233'), 'date'],
    [withCheck('11010519900300233'), 'date'],
    [withCheck('11010519000229233'), 'date'],
    [withCheck('11010518991231233'), 'date'],
    ['110105199003072339', 'checksum'],
    ['110105199003072383', 'checksum'],
    ['11010519900307233X', 'checksum'],
  ])('finds the first fault of %j: %s', (text, fault) => {
    expect(checkIdNumber(text, NOW)).toEqual({ ok: false, fault });
    expect(ID_NUMBER_FAULTS).toHaveProperty(fault);
  });

  it('takes 29 February in leap years alone', () => {
    expect(checkIdNumber(withCheck('11010520000229233'), NOW)).toMatchObject({ ok: true });
    expect(checkIdNumber(withCheck('11010520010229233'), NOW)).toEqual({ ok: false, fault: 'date' });
  });

  it('counts age and the future by the day in Shanghai', () => {
    const number = makeIdNumber({ region: '310101', birthDate: '2004-06-16', sequence: 1, sex: 'f' });
    expect(checkIdNumber(number, Date.parse('2026-06-15T15:59:59Z'))).toMatchObject({ age: 21 });
    expect(checkIdNumber(number, Date.parse('2026-06-15T16:00:00Z'))).toMatchObject({ age: 22 });
    const newborn = makeIdNumber({ region: '310101', birthDate: '2026-06-16', sequence: 1, sex: 'f' });
    expect(checkIdNumber(newborn, Date.parse('2026-06-15T15:59:59Z'))).toEqual({ ok: false, fault: 'date' });
    expect(checkIdNumber(newborn, Date.parse('2026-06-15T16:00:00Z'))).toMatchObject({ age: 0 });
  });

  it('lets someone born on 29 February age on 1 March of other years', () => {
    const number = makeIdNumber({ region: '440301', birthDate: '2004-02-29', sequence: 0, sex: 'm' });
    expect(checkIdNumber(number, Date.parse('2026-02-28T12:00:00+08:00'))).toMatchObject({ age: 21 });
    expect(checkIdNumber(number, Date.parse('2026-03-01T12:00:00+08:00'))).toMatchObject({ age: 22 });
    expect(checkIdNumber(number, Date.parse('2028-02-29T12:00:00+08:00'))).toMatchObject({ age: 24 });
  });

  it('never throws, and what it accepts it accepts again unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 90 }), fc.stringMatching(/^[0-9xX ]{15,20}$/)), (text) => {
        const found = checkIdNumber(text, NOW);
        if (found.ok) expect(checkIdNumber(found.idNumber, NOW)).toEqual(found);
      }),
    );
  });
});

describe('makeIdNumber', () => {
  const person = fc.record({
    region: fc
      .tuple(fc.constantFrom(...Object.keys(PROVINCES)), fc.integer({ min: 0, max: 9999 }))
      .map(([province, rest]) => province + String(rest).padStart(4, '0')),
    birthDate: fc
      .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2026-06-15T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    sequence: fc.integer({ min: 0, max: 499 }),
    sex: fc.constantFrom('m' as const, 'f' as const),
  });

  it('makes numbers that say what went in', () => {
    fc.assert(
      fc.property(person, (of) => {
        const number = makeIdNumber(of);
        expect(number).toBe(withCheck(number.slice(0, 17)));
        expect(checkIdNumber(number, NOW)).toMatchObject({ ok: true, idNumber: number, region: of.region, birthDate: of.birthDate, sex: of.sex });
      }),
    );
  });

  it('makes numbers in which every single wrong digit and every swap of unlike neighbours is found', () => {
    fc.assert(
      fc.property(person, fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (of, at, shift) => {
        const number = makeIdNumber(of);
        const wrong = number.slice(0, at) + String((Number(number[at]) + shift) % 10) + number.slice(at + 1);
        expect(checkIdNumber(wrong, NOW).ok).toBe(false);
        if (at < 16 && number[at] !== number[at + 1]) {
          expect(checkIdNumber(number.slice(0, at) + number[at + 1]! + number[at]! + number.slice(at + 2), NOW).ok).toBe(false);
        }
      }),
    );
  });

  it.each([
    { region: '99', birthDate: '1990-01-01', sequence: 0 },
    { region: '990101', birthDate: '1990-01-01', sequence: 0 },
    { region: '110101', birthDate: '1990-1-1', sequence: 0 },
    { region: '110101', birthDate: '1990-02-30', sequence: 0 },
    { region: '110101', birthDate: '1990-01-01', sequence: 500 },
    { region: '110101', birthDate: '1990-01-01', sequence: 0.5 },
  ])('refuses to make nonsense: %j', (of) => {
    expect(() => makeIdNumber({ ...of, sex: 'm' })).toThrow();
  });
});

describe('the text forms', () => {
  it('turns full-width into ASCII and leaves the rest', () => {
    expect(halfWidth('ＡＢ１２（－）\u3000张三·é')).toBe('AB12(-) 张三·é');
    expect(normaliseIdNumber('1'.repeat(65))).toBe('');
  });

  it('knows provinces by their first two digits, and no inherited names', () => {
    expect(provinceOf('440301')).toEqual({ zh: '广东', en: 'Guangdong' });
    expect(provinceOf('99')).toBeNull();
    expect(provinceOf('')).toBeNull();
  });
});
