/** `npm run new:funder`: what it writes passes the suite as it stands, in a copy of the repository; nothing that is there is written over. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caseFiles } from '../../scripts/new-funder/case-files.ts';
import type { Choices } from '../../scripts/new-funder/choices.ts';
import { camel, faultOf, funderIdOf, SHAPES } from '../../scripts/new-funder/choices.ts';
import { filesOf, insertionsOf, jsonText } from '../../scripts/new-funder/files.ts';
import { protocolManifest } from '../../scripts/new-funder/manifest-file.ts';
import { loadManifests } from '../../adapters/declared/load.ts';
import { copyRepository, type Copy } from '../docs/repository-copy.ts';

const SLOW_MS = 120_000;
const choices = (more: Partial<Choices> = {}): Choices => ({
  id: 'wren-json',
  title: 'Wren',
  shape: 'direct',
  legalEntity: 'Wren Ltd',
  coded: false,
  ...more,
});

describe('what is written', () => {
  it.each(SHAPES)('%s: a manifest without fault, and code without a mark left in it', (shape) => {
    expect(loadManifests([{ file: 'x', json: protocolManifest(choices({ shape })) }]).adapters.get('wren-json')?.manifest.shape).toBe(shape);
    const code = filesOf(choices({ shape, coded: true })).filter(({ path }) => path.endsWith('.ts'));
    expect(code.map(({ path }) => path.split('/').at(-1))).toEqual(['double.ts', 'index.ts', 'read.ts', 'wire.ts']);
    for (const { text } of code) expect(text).not.toMatch(/__|\/\/@/);
  });
  it('is one line, of the declared or of the coded', () => {
    expect(insertionsOf(choices()).map(({ path }) => path)).toEqual(['adapters/manifests/all.ts']);
    expect(insertionsOf(choices({ coded: true }))).toEqual([
      { path: 'adapters/coded.ts', before: '', text: "export { wrenJson } from './wren-json/index.ts';\n" },
    ]);
  });
  it('holds cases of every word', () => {
    const names = Object.keys(caseFiles(choices()));
    for (const word of 'approved declined pending disbursed unknown-status malformed-body empty-body http-400 http-401 http-429 http-503 timeout forged duplicate late reordered'.split(
      ' ',
    ))
      expect(names.filter((name) => name.includes(word)).length, word).toBeGreaterThan(0);
  });
  it('is JSON that people can read', () => {
    const value = { a: [1, 2], b: { c: 'x'.repeat(120), d: [] }, e: {} };
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(jsonText(value).split('\n').slice(0, 3)).toEqual(['{', '  "a": [1, 2],', '  "b": {']);
  });
});

describe('answers', () => {
  it.each([
    ['id', 'wren-json', undefined],
    ['id', 'Wren', /lower-case/],
    ['id', '../kit', /lower-case/],
    ['id', 'kit', /folder of its own/],
    ['id', '', /lower-case/],
    ['title', "it's", /without quotes/],
    ['shape', 'full', /written by hand: read adapters\/maple-full/],
    ['shape', 'odd', /one of direct/],
    ['legal-entity', '', /registered name/],
  ] as const)('%s %j', (name, value, fault) => {
    const found = faultOf(name, value);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(fault);
  });
  it('give names', () => {
    expect([camel('wren-json-2'), funderIdOf('wren-json')]).toEqual(['wrenJson2', 'fnd_wren_json']);
  });
});

describe('in a copy of the repository', () => {
  let copy: Copy;
  beforeAll(() => {
    copy = copyRepository();
  });
  afterAll(() => copy.remove());
  const generate = (...flags: readonly string[]) => copy.run('node', 'scripts/new-funder.ts', ...flags, '--yes');

  it('one coded and one declared funder pass lint, format, types, cases, hostile bytes, registry and doubles', { timeout: SLOW_MS }, async () => {
    const made = [
      await generate('--id', 'gen-coded', '--shape', 'half_submit_link', '--coded', '--legal-entity', '百灵消费金融有限公司', '--title', 'Lark'),
      await generate('--id', 'gen-declared', '--shape', 'half_precheck_link', '--declared'),
    ];
    expect(made.map(({ code, said }) => [code, said.includes('wrote  adapters/gen-')])).toEqual([
      [0, true],
      [0, true],
    ]);
    expect(copy.read('adapters/manifests/fnd_gen_coded.json')).toContain('"legal_entity": "百灵消费金融有限公司"');
    const suite = ['cases', 'hostile', 'registry'].map((name) => `test/adapters/${name}.test.ts`);
    const [complaints, tests] = await Promise.all([
      copy.complaints('adapters/gen-coded', 'adapters/gen-declared'),
      copy.run('vitest', 'run', '--project', 'node', ...suite, 'test/sandbox/doubles.test.ts', '-t', 'gen-(coded|declared)'),
    ]);
    expect(complaints).toBe('');
    expect(tests.code, tests.said).toBe(0);
    expect(Number(/Tests\s+(\d+) passed/.exec(tests.said)?.[1])).toBeGreaterThan(100);
    const again = await generate('--id', 'gen-declared', '--declared');
    expect([again.code, again.said]).toEqual([2, expect.stringMatching(/there already, and not written over: adapters\/gen-declared\//) as unknown]);
  });
  it('says what is wrong with its flags, and writes nothing', { timeout: SLOW_MS }, async () => {
    const before = copy.read('adapters/coded.ts') + copy.read('adapters/manifests/all.ts');
    for (const [flags, told] of [
      [['--id', 'Bad'], /--id: lower-case words/],
      [['--id', 'x', '--shape', 'rate_table'], /rate_table is written by hand: read adapters\/heron-rates/],
      [['--id', 'x', '--coded', '--declared'], /not both/],
      [['--nope'], /Unknown option '--nope'/],
      [[], /--id: lower-case words/],
    ] as const) {
      const { code, said } = await generate(...flags);
      expect([code, said]).toEqual([2, expect.stringMatching(told) as unknown]);
    }
    expect(copy.read('adapters/coded.ts') + copy.read('adapters/manifests/all.ts')).toBe(before);
    expect(copy.has('adapters/x')).toBe(false);
  });
});
