/**
 * `npm run new:funder`: asks, or takes flags, and writes a funder that passes the whole suite as it stands: manifest or functions, cases, the
 * funder's side, its identity, and the line that makes it known. It speaks an invented protocol; what is written is then set right by the
 * funder's document. Nothing that is there is ever written over.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cancel, intro, isCancel, outro, select, text } from '@clack/prompts';
import type { Choices, Shape } from './new-funder/choices.ts';
import { faultOf, SHAPES } from './new-funder/choices.ts';
import { filesOf, insertionsOf } from './new-funder/files.ts';

const ROOT = join(import.meta.dirname, '..');
const flag = { type: 'string' } as const;
const yes = { type: 'boolean' } as const;
const USAGE = `npm run new:funder -- [--id wren-json] [--title "Wren gateway"] [--shape ${SHAPES.join('|')}]
  [--legal-entity "…"] [--declared | --coded] [--yes]   (--yes asks nothing)`;

const choices = await choose();
const files = filesOf(choices);
const standing = files.filter(({ path }) => existsSync(join(ROOT, path))).map(({ path }) => path);
if (standing.length > 0) fail(`there already, and not written over: ${standing.slice(0, 3).join(', ')}`);
for (const { path, text: body } of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), body, { flag: 'wx' });
}
for (const { path, before, text: line } of insertionsOf(choices)) {
  const there = readFileSync(join(ROOT, path), 'utf8');
  const at = before === '' ? there.length : there.indexOf(before);
  if (at < 0) fail(`${path} has no place for ${line.trim()}`);
  writeFileSync(join(ROOT, path), there.slice(0, at) + line + there.slice(at));
}
format([...files.map(({ path }) => path), ...insertionsOf(choices).map(({ path }) => path)]);
process.stdout.write(`${files.map(({ path }) => `wrote  ${path}`).join('\n')}\n`);
process.stdout.write(`Next: npm test -- --project node test/adapters -t ${choices.id}, then docs/adding-a-funder.md\n`);

async function choose(): Promise<Choices> {
  const given = readFlags();
  const asks = given.yes !== true && process.stdin.isTTY;
  if (asks) intro('A new funder');
  const answer = async (name: 'id' | 'title' | 'legal-entity', message: string, initial: string): Promise<string> => {
    const value = given[name] ?? (asks ? await told(text({ message, initialValue: initial, validate: (typed) => faultOf(name, typed) })) : initial);
    const fault = faultOf(name, value);
    return fault === undefined ? value.trim() : fail(`--${name}: ${fault}`);
  };
  const id = await answer('id', 'Name of the protocol (its folder)', '');
  const title = await answer('title', 'What it is called', `${id} gateway`);
  const legalEntity = await answer('legal-entity', 'Registered name of the company that receives the data', `${title} Ltd (invented)`);
  const options = SHAPES.map((value) => ({ value, label: value }));
  const shape = given.shape ?? (asks ? await told(select({ message: 'Flow shape', options })) : 'direct');
  const fault = faultOf('shape', shape);
  if (fault !== undefined) fail(`--shape: ${fault}`);
  const ways = [
    { value: 'declared', label: 'declared: a manifest, no code' },
    { value: 'coded', label: 'coded: functions of its own' },
  ];
  const way = given.coded === true ? 'coded' : given.declared === true || !asks ? 'declared' : await told(select({ message: 'How', options: ways }));
  if (asks) outro(`adapters/${id}`);
  return { id, title, legalEntity, shape: shape as Shape, coded: way === 'coded' };
}

function readFlags() {
  try {
    const options = { id: flag, title: flag, shape: flag, 'legal-entity': flag, declared: yes, coded: yes, yes, help: yes } as const;
    const { values } = parseArgs({ options });
    if (values.help === true) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    return values.declared === true && values.coded === true ? fail('--declared or --coded, not both') : values;
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

async function told<T>(asked: Promise<T>): Promise<Exclude<T, symbol>> {
  const value = await asked;
  if (!isCancel(value)) return value as Exclude<T, symbol>;
  cancel('nothing was written');
  process.exit(130);
}

function format(paths: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules', '.bin', 'oxfmt'), ...paths], { cwd: ROOT, stdio: 'ignore' });
  if (status !== 0) process.stderr.write('oxfmt did not run; "npm run format" will\n');
}

function fail(why: string): never {
  process.stderr.write(`new:funder: ${why}\n`);
  process.exit(2);
}
