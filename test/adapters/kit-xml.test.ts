/** XML of others: the same values as JSON gives, or nothing; and what is written is read again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../adapters/kit/read-json.ts';
import { at, textAt } from '../../adapters/kit/read-json.ts';
import { readXml, writeXml } from '../../adapters/kit/xml.ts';
import { InvariantError } from '../../src/domain/failures.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): Json | undefined => readXml(bytes(text));

describe('reading XML', () => {
  it('gives values that are read as those of JSON are', () => {
    const body = read(`<?xml version="1.0" encoding="UTF-8"?>
      <!-- a reply -->
      <reply code="0">
        <order id="7"> A-1 </order><amount>0010.00</amount><empty/><name>&#x5f20;&#19977;&amp;&lt;&quot;</name>
        <item>1</item><item><![CDATA[<2>&amp;]]></item><item><x>3</x></item>
      </reply>`);
    expect(body).toEqual({
      reply: {
        '@code': '0',
        order: { '@id': '7', '#text': 'A-1' },
        amount: '0010.00',
        empty: '',
        name: '张三&<"',
        item: ['1', '<2>&amp;', { x: '3' }],
      },
    });
    expect([textAt(body, 'reply', 'amount'), textAt(body, 'reply', 'order', '#text'), at(body, 'reply', 'constructor')]).toEqual([
      '0010.00',
      'A-1',
      undefined,
    ]);
  });
  it.each([
    ['<a/>', { a: '' }],
    ['\ufeff<a>1</a>\n', { a: '1' }],
    ['<a>t<b>u</b></a>', { a: { b: 'u', '#text': 't' } }],
    ['<n:a xmlns:n="u"><n:b>1</n:b></n:a>', { 'n:a': { '@xmlns:n': 'u', 'n:b': '1' } }],
    ['<a>&amp;lt;</a>', { a: '&lt;' }],
    ['<a b="&#10;&gt;"/>', { a: { '@b': '\n>' } }],
    ['<a><toString>1</toString><hasOwnProperty>2</hasOwnProperty></a>', { a: { toString: '1', hasOwnProperty: '2' } }],
    ['<a><?php echo ?></a>', { a: '' }],
    ['<a/> <!-- c --> <?p x?> <!-- d -->\n', { a: '' }],
  ])('takes %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });
  it.each([
    '',
    'text',
    '{}',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>tail',
    'head<a/>',
    '<a/>tail<!-- c -->',
    '<!-- c -->head<a/>',
    '<a/><![CDATA[x]]>',
    '<a x=1/>',
    '<a x="1" x="2"/>',
    '<a>&</a>',
    '<a>&nbsp;</a>',
    '<a>&unknown;</a>',
    '<a>&#0;</a>',
    '<a>&#xd800;</a>',
    '<a>&#x110000;</a>',
    '<a>&#9999999;</a>',
    '<a>\u0000</a>',
    '<!DOCTYPE a><a/>',
    '<!doctype a><a/>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '<!DOCTYPE a [<!ENTITY x "1"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>',
    '<__proto__><x>1</x></__proto__>',
    '<a><__proto__>1</__proto__></a>',
    '<a><constructor><prototype>1</prototype></constructor></a>',
    '<a><prototype/></a>',
  ])('refuses %j', (text) => {
    expect(read(text)).toBeUndefined();
  });
  it('refuses what is too long, too deep, of too many parts, or not UTF-8', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect([read(nested(32)) === undefined, read(nested(33)), read(nested(5_000))]).toEqual([false, undefined, undefined]);
    expect(read(`<a>${'x'.repeat(262_144)}</a>`)).toBeUndefined();
    expect([read(`<a>${'<b/>'.repeat(19_000)}</a>`) === undefined, read(`<a>${'<b/>'.repeat(21_000)}</a>`)]).toEqual([false, undefined]);
    expect(readXml(new Uint8Array([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toBeUndefined();
  });
  it('changes no prototype', () => {
    read('<a __proto__="1" constructor="2"><b __proto__="x">1</b></a>');
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
    expect(Object.getPrototypeOf(at(read('<a __proto__="1"/>'), 'a') ?? {})).toBe(Object.prototype);
  });
  it('never throws, on any text and on its own cut off or changed', () => {
    const whole = '<?xml version="1.0"?><r a="1"><![CDATA[x]]><b>&amp;</b><!-- c --><b/></r>';
    for (let length = 0; length < whole.length; length += 1) expect(read(whole.slice(0, length))).toBeUndefined();
    const soup = fc.array(
      fc.constantFrom(
        '<',
        '>',
        '/',
        'a',
        '&',
        ';',
        '#',
        '"',
        '=',
        '!',
        '[',
        ']',
        '-',
        '?',
        ' ',
        '<a>',
        '</a>',
        '<![CDATA[',
        ']]>',
        '<!--',
        '-->',
        '&#x',
      ),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(soup, (parts) => void read(`<a>${parts.join('')}</a>`)),
      { numRuns: 500 },
    );
  });
});

describe('writing XML', () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,8}$/).filter((text) => !['constructor', 'prototype'].includes(text));
  const leaf = fc.string({ unit: 'grapheme' }).map((text) =>
    [...text]
      .filter((char) => !/[\p{Cc}\ufffe\uffff]/u.test(char))
      .join('')
      .trim(),
  );
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.dictionary(name, fc.oneof(tie('tree'), fc.array(leaf, { minLength: 2, maxLength: 3 })), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    ),
  }));

  it('is read again as what was written', () => {
    fc.assert(
      fc.property(name, tree, (root, value) => {
        expect(read(writeXml(root, value))).toEqual({ [root]: value });
      }),
    );
  });
  it('escapes, sets attributes, and keeps the places of a list', () => {
    expect(writeXml('req', { '@v': 'a"<&', name: `<&>"'`, list: [1, null, { x: true }], none: null })).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><req v="a&quot;&lt;&amp;"><name>&lt;&amp;&gt;&quot;&apos;</name><list>1</list><list></list><list><x>true</x></list><none></none></req>`,
    );
  });
  it('refuses names and characters that XML has not, repeating none of them', () => {
    for (const bad of ['', '1a', 'a b', 'a>', '__proto__', 'constructor', '@'])
      expect(() => writeXml(bad, 'x')).toThrow(new InvariantError('XML name cannot be written'));
    for (const bad of ['\u0000', '\ud800', { a: '\u0001' }] as Json[])
      expect(() => writeXml('a', bad)).toThrow(new InvariantError('XML text cannot be written'));
    for (const bad of [['a'], { '@a': { b: 1 } }, { '#text': { b: 1 } }] as Json[]) expect(() => writeXml('a', bad)).toThrow(InvariantError);
  });
});
