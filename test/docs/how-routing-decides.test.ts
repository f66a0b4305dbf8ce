/** The page for operators says what is: its pictures are drawn from the figures kept beside them, and every knob, command and number it names is real. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Figures } from '../../bench/draw/figures.ts';
import { GatherError, gather } from '../../bench/draw/gather.ts';
import { drawAll } from '../../bench/draw/pictures.ts';
import { sweepPatience } from '../../bench/eval/patience-sweep.ts';
import { Funder } from '../../src/domain/funder.ts';
import { EXCLUSION_CODES } from '../../src/domain/plan.ts';
import { Policy } from '../../src/domain/policy.ts';
import { afterDeclines, latentAfterDeclines } from '../../src/routing/latent.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'docs', 'pictures');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const figures = Figures.parse(JSON.parse(read('docs/pictures/figures.json')));
const PAGES = ['docs/how-routing-decides.md', 'docs/how-routing-decides.zh-CN.md'];

describe('the pictures', () => {
  it('are what the kept figures draw to, whatever was drawn before', () => {
    const drawn = drawAll(figures);
    for (const [name, svg] of drawn) expect(read(`docs/pictures/${name}`), `${name}: not drawn from these figures (npm run draw)`).toBe(svg);
    expect([...drawAll(figures)]).toEqual([...drawn]);
    expect(
      readdirSync(FOLDER)
        .filter((name) => !name.endsWith('.png'))
        .toSorted(),
    ).toEqual([...drawn.keys(), 'figures.json'].toSorted());
  });

  it('change with their figures', () => {
    const { likelihood, drift, latent, pacing, monitor, order } = structuredClone(figures);
    likelihood.reliability[4]!.seen += 0.2;
    drift.delays[0]!.regret_per_1000['ours']!.mean += 5;
    latent.results[0]!.strategies['planner']!.share_of_oracle.mean -= 0.2;
    pacing.course.targets[0]!.used[40]! += 0.2;
    monitor.planted['20 to 5'].delays[3]! += 100;
    order.patience.sweeps[0]!.points[60]!.paying_fen += 2_000;
    const before = drawAll(figures);
    for (const [name, svg] of drawAll({ likelihood, drift, latent, pacing, monitor, order })) expect(svg, name).not.toBe(before.get(name));
  });

  it('hold nothing but shapes and words', () => {
    for (const [name, svg] of drawAll(figures)) {
      expect(svg.startsWith('<svg width="720" '), name).toBe(true);
      expect(svg, name).not.toMatch(/<(?:script|style|image|foreignObject)|NaN|undefined|zr\d|\bclass=|href="http/);
    }
  });

  it('show the patience at which makePlan turns the order', () => {
    expect(figures.order.patience).toEqual(sweepPatience());
    const [free, dear] = sweepPatience().sweeps;
    expect(free!.points.at(-1)).toEqual({ patience: 1, first: 'fnd_paying', likely_fen: 6_000, paying_fen: 24_000 });
    for (const page of PAGES) for (const sweep of [free!, dear!]) expect(read(page)).toContain(sweep.turns_at!.toFixed(2));
  });
});

it.each([
  ['order', '--instances 2 --sizes 10 --rounds 3'],
  ['pacing', '--applications 100 --days 1 --seeds 1 --bound-steps 1'],
  ['latent', '--seeds 2 --past 5 --applicants 5'],
  ['monitor', '--runs 1 --quiet-runs 1 --quiet-applications 100'],
] as const)('eval:%s prints what is drawn', (name, args) => {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'bench', 'eval', `${name}.ts`), ...args.split(' '), '--json'], { encoding: 'utf8' });
  expect(Figures.shape[name].safeParse(JSON.parse(stdout.trim().split('\n').at(-1)!)).error).toBeUndefined();
});

it('a command that fails is said in a line', async () => {
  const said: string[] = [];
  await expect(gather(join(FOLDER, 'nowhere.csv'), (line) => said.push(line), { drift: ['--data'] })).rejects.toThrow(
    new GatherError(`eval:drift: no such file: ${join(FOLDER, 'nowhere.csv')}`),
  );
  expect(said).toEqual(['1 of 1: eval:drift ...']);
});

describe.each(PAGES)('%s', (page) => {
  const text = read(page);
  const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, inside]) => inside!);

  it('shows every picture once, and they exist', () => {
    const shown = [...text.matchAll(/!\[[^\]]+\]\(pictures\/([^)]+)\)/g)].map(([, name]) => name!);
    expect(shown.toSorted()).toEqual([...drawAll(figures).keys()].toSorted());
    for (const name of shown) expect(existsSync(join(FOLDER, name)), name).toBe(true);
  });

  it('names knobs of the schemas alone, each in the table where it belongs', () => {
    const [policy, funder] = knobsOf(text);
    expect(policy!.length + funder!.length).toBeGreaterThanOrEqual(14);
    expect(policy!.filter((knob) => !(knob in Policy.shape))).toEqual([]);
    expect(funder!.filter((knob) => !(knob in Funder.shape))).toEqual([]);
    const known = new Set([...wordsOf(Policy), ...wordsOf(Funder), ...EXCLUSION_CODES]);
    expect(code.filter((one) => /^[a-z]+(?:_[a-z]+)+$/.test(one) && !known.has(one))).toEqual([]);
    expect(known.has('planted_knob')).toBe(false);
  });

  it('names commands and routes that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const commands = code.flatMap((one) => /^(?:npm run (\S+)|(eval:\S+))/.exec(one)?.slice(1).find(Boolean) ?? []);
    expect(commands.length).toBeGreaterThanOrEqual(8);
    expect(commands.filter((one) => !(one in scripts))).toEqual([]);
    const routes = code.flatMap((one) => /^GET (\S+)$/.exec(one)?.[1] ?? []);
    const folder = 'src/http/openapi';
    const described = readdirSync(join(ROOT, folder))
      .map((file) => read(`${folder}/${file}`))
      .join('\n');
    expect(routes.length).toBeGreaterThanOrEqual(3);
    for (const route of routes) expect(described, route).toContain(`'${route.replaceAll(/\{(\w+)\}/g, ':$1')}'`);
  });

  it('tells what a decline teaches as the planner has it', () => {
    const percent = (likelihood: number): string => `${Math.round(100 * likelihood)}%`;
    const after = (asked: number, other: number): string => `${percent(other)} | ${percent(afterDeclines(other, latentAfterDeclines([asked])))} |`;
    expect(text).toContain(after(0.15, 0.6));
    expect(text).toContain(after(0.6, 0.15));
  });
});

/** First cells of the two tables of knobs. */
function knobsOf(text: string): string[][] {
  const tables = text.split(/\n\n/).filter((part) => /^\| (?:Knob|旋钮) \|/.test(part));
  return tables.map((table) =>
    table
      .split('\n')
      .slice(2)
      .flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, knob]) => knob!)),
  );
}

/** Every property's name and every word of an enumeration, at any depth. */
function wordsOf(schema: z.ZodType): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') found.push(...Object.keys(value as object));
      if (key === 'enum') found.push(...(value as string[]));
      visit(value);
    }
  };
  visit(z.toJSONSchema(schema, { io: 'input' }));
  return found;
}
