/** The repository as the tidy rules see it: paths and texts. A test plants a violation by adding one entry. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface World {
  /** Repository path -> text, of everything that people wrote. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a rule found. `scanned` proves that it looked at something. */
export interface Finding {
  readonly scanned: number;
  readonly violations: readonly string[];
}

export type Rule = (world: World) => Finding;

const ROOT = join(import.meta.dirname, '..', '..');
const TOPS = ['src', 'adapters', 'test', 'bench', 'scripts', 'fixtures', 'migrations', 'docs', '.ci'];
const READ = /\.(?:ts|mjs|js|json|sql|md|css|html)$|CHECKSUMS$|\/run$/;

export function readWorld(): World {
  const files = new Map<string, string>();
  const tops = TOPS.filter((top) => existsSync(join(ROOT, top)));
  const nested = tops.flatMap((top) => readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true }));
  const paths = nested.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name).slice(ROOT.length + 1));
  const rootFiles = readdirSync(ROOT, { withFileTypes: true }).filter((one) => one.isFile());
  for (const path of [...rootFiles.map((one) => one.name), ...paths].toSorted()) {
    files.set(path, READ.test(path) ? readFileSync(join(ROOT, path), 'utf8') : '');
  }
  return { files };
}

/** The world with one file more, or with another text in its place. */
export function plant(world: World, path: string, text: string): World {
  return { files: new Map([...world.files, [path, text]]) };
}

/** Files that are code of ours, optionally below some folders. */
export function code(world: World, ...under: string[]): [path: string, text: string][] {
  return [...world.files].filter(([path]) => /\.(?:ts|mjs)$/.test(path) && (under.length === 0 || under.some((one) => path.startsWith(one))));
}
