/** Follows docs/adding-a-funder.md to the letter in a copy of the repository: runs its commands, applies its changes, writes its files. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DECLARED_SHAPES } from '../../adapters/declared/sources.ts';
import { Seal, Sign } from '../../adapters/declared/codec-schema.ts';
import { OPERATORS } from '../../adapters/declared/operators.ts';
import { FLOW_SHAPES } from '../../adapters/contract.ts';
import { copyRepository, type Copy } from './repository-copy.ts';

interface Block {
  readonly kind: string;
  readonly path: string;
  readonly text: string;
}

let copy: Copy;
let page: string;
beforeAll(() => {
  copy = copyRepository();
  page = copy.read('docs/adding-a-funder.md');
});
afterAll(() => copy.remove());

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, kind = '', path = '', body = '']) => ({ kind, path, text: body }));
}

/** The words of a line, as a shell parts them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

/** Runs `npm run x -- …` and `npm test -- …` as package.json has them, without installing anything in the copy. */
async function follow(line: string): Promise<void> {
  const [npm, verb, ...rest] = wordsOf(line);
  expect(npm, line).toBe('npm');
  const words = rest.filter((word) => word !== '--');
  const scripts = (JSON.parse(copy.read('package.json')) as { scripts: Record<string, string> }).scripts;
  const [script, ...args] = verb === 'test' ? ['test', ...words] : words;
  const command = scripts[script!];
  expect(command, `package.json has a script ${script}`).toBeDefined();
  const bare = command!.replace('exec node scripts/bootstrap.mjs ', '').split(' ');
  const ended = await (verb === 'test' ? copy.run('vitest', 'run', ...args) : copy.run('node', ...bare, ...args));
  expect(ended.code, `${line}\n${ended.said}`).toBe(0);
  if (verb === 'test') expect(Number(/Tests\s+(\d+) passed/.exec(ended.said)?.[1]), ended.said).toBeGreaterThan(30);
}

/** One file's changes; each hunk stands in the file exactly once. */
function apply(diff: string): void {
  const [head = '', ...hunks] = diff.split(/^@@.*\n/m);
  const path = /^--- \.\/(\S+)$/m.exec(head)![1]!;
  for (const hunk of hunks) {
    const lines = hunk.split('\n').slice(0, -1);
    const side = (other: string): string =>
      lines
        .filter((line) => !line.startsWith(other))
        .map((line) => `${line.slice(1)}\n`)
        .join('');
    const [before, after] = [side('+'), side('-')];
    const text = copy.read(path);
    expect(text.split(before).length - 1, `${path} has once:\n${before}`).toBe(1);
    copy.write(
      path,
      text.replace(before, () => after),
    );
  }
}

function write({ path, text }: Block): void {
  expect(copy.has(path), `${path} is new`).toBe(false);
  mkdirSync(dirname(join(copy.folder, path)), { recursive: true });
  copy.write(path, text);
}

describe('docs/adding-a-funder.md', () => {
  it('ends in two funders that pass their tests, lint, format and types', { timeout: 180_000 }, async () => {
    const followed: string[] = [];
    for (const block of blocksOf(page)) {
      if (block.kind === 'sh') for (const line of block.text.trim().split('\n')) await follow(line);
      else if (block.kind === 'diff') apply(block.text);
      else if (block.kind === 'json') write(block);
      followed.push(block.kind);
    }
    expect(followed).toEqual(['sh', 'diff', 'diff', 'json', 'sh', 'sh', 'diff', 'json', 'sh', 'console', 'console']);
    expect(await copy.complaints('adapters/wren-json', 'adapters/robin-link')).toBe('');
  });
  it('names every codec, operator and shape, and none that is not', () => {
    const ticked = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, text]) => text!.split(' ')));
    const codecs = [...Sign.options.map(({ shape }) => shape.codec.value), ...Seal.shape.codec.options];
    for (const word of [...codecs, ...Object.keys(OPERATORS), 'word', 'object', ...FLOW_SHAPES]) expect(ticked, word).toContain(word);
    const declared = /can be of the shapes ([^.]+)\./.exec(page)![1]!;
    expect([...declared.matchAll(/`(\w+)`/g)].map(([, shape]) => shape)).toEqual([...DECLARED_SHAPES]);
  });
});
