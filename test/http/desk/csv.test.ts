import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/http/desk/csv.ts';

const parse = (text: string) => parseCsv(new TextEncoder().encode(text));

describe('CSV', () => {
  it('reads plain and quoted fields, either line end, and says where each row begins', () => {
    expect(parse('a,b\r\n"x, y","he said ""no""", z \n\n"two\nlines",1')).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['x, y', 'he said "no"', 'z'] },
      { line: 4, fields: ['two\nlines', '1'] },
    ]);
  });

  it('drops a byte order mark and keeps empty fields', () => {
    expect(parse('\ufeffa,,b,')).toEqual([{ line: 1, fields: ['a', '', 'b', ''] }]);
    expect(parse('')).toEqual([]);
  });

  it('says on which line a quote is wrong, and that bytes are not UTF-8', () => {
    expect(parse('a,b\nc,"d')).toEqual({ line: 2, code: 'quote' });
    expect(parse('a,b"c')).toEqual({ line: 1, code: 'quote' });
    expect(parseCsv(Uint8Array.of(0x61, 0xff))).toEqual({ line: 1, code: 'encoding' });
  });

  it('reads back whatever was written with quotes', () => {
    const field = fc.string({ unit: 'grapheme' }).map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        const read = parse(text);
        expect(Array.isArray(read) && read.map((row) => row.fields)).toEqual(rows);
      }),
    );
  });

  it('takes hostile input in time that grows with its length', () => {
    for (const hostile of [' '.repeat(300_000) + '"', '"' + '""'.repeat(150_000), '"'.repeat(300_001), ','.repeat(300_000)]) {
      const begun = performance.now();
      parse(hostile);
      expect(performance.now() - begun).toBeLessThan(1_000);
    }
  });
});
