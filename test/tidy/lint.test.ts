/** The linter's configuration is generated; this shows, in a world of its own, that each of its rules bites and that good code passes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const OXLINT = join(ROOT, 'node_modules', '.bin', 'oxlint');

/** Path, text, and the rule that must speak there; null: nothing may. */
const CASES: readonly (readonly [path: string, text: string, rule: string | null])[] = [
  ['src/prescreen/sibling.ts', "import { x } from '../routing/good.ts';\nexport const y = x;", 'no-restricted-imports'],
  ['src/prescreen/deep/sibling.ts', "import { x } from '../../routing/good.ts';\nexport const y = x;", 'no-restricted-imports'],
  ['src/domain/upwards.ts', "import type { X } from '../flow/good.ts';\nexport type Y = X;", 'no-restricted-imports'],
  ['src/routing/adapter.ts', "import { x } from '../../adapters/contract.ts';\nexport const y = x;", 'no-restricted-imports'],
  ['src/compliance/other.ts', "import { x } from '../../adapters/contract.ts';\nexport const y = x;", 'no-restricted-imports'],
  ['src/compliance/open-granted.ts', "import { x } from '../../adapters/contract.ts';\nexport const y = x;", null],
  ['src/dispatch/calls.ts', "import { x } from '../../adapters/contract.ts';\nexport const y = x;", null],
  ['src/dispatch/adapter.ts', "import { x } from '../../adapters/one/index.ts';\nexport const y = x;", 'no-restricted-imports'],
  ['src/flow/node.ts', "import { join } from 'node:path';\nexport const y = join('a', 'b');", 'no-restricted-imports'],
  ['src/flow/crypto.ts', "import { randomBytes } from 'node:crypto';\nexport const y = randomBytes(1);", 'no-restricted-imports'],
  ['adapters/one/crypto.ts', "import { createHash } from 'node:crypto';\nexport const y = createHash;", null],
  ['adapters/one/files.ts', "import { readFileSync } from 'node:fs';\nexport const y = readFileSync;", 'no-restricted-imports'],
  ['src/flow/driver.ts', "import { request } from 'undici';\nexport const y = request;", 'no-restricted-imports'],
  ['src/routing/sql.ts', "import { sql } from 'drizzle-orm';\nexport const y = sql;", 'no-restricted-imports'],
  ['src/store/sql.ts', "import { sql } from 'drizzle-orm';\nexport const y = sql;", null],
  ['src/flow/clock.ts', 'export const y = () => Date.now();', 'no-restricted-properties'],
  ['src/flow/dice.ts', 'export const y = () => Math.random();', 'no-restricted-properties'],
  ['src/flow/fetches.ts', "export const y = () => fetch('http://x');", 'no-restricted-globals'],
  ['src/flow/timer.ts', 'export const y = () => setTimeout(() => {}, 1);', 'no-restricted-globals'],
  ['src/flow/env.ts', 'export const y = () => process.env;', 'no-restricted-globals'],
  ['src/runtime/host.ts', "import { join } from 'node:path';\nexport const y = () => join(String(Date.now()), process.env.A ?? '');", null],
  ['src/flow/floating.ts', 'const f = async () => 1;\nexport const y = () => {\n  f();\n};', 'no-floating-promises'],
  ['src/flow/loose.ts', 'export const y = (x: any) => x;', 'no-explicit-any'],
  [
    'src/flow/partial.ts',
    "export function y(x: 'a' | 'b') {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}",
    'switch-exhaustiveness-check',
  ],
  ['src/flow/round.ts', "import { y } from './trip.ts';\nexport const x = () => y;", 'no-cycle'],
  ['src/flow/trip.ts', "import { x } from './round.ts';\nexport const y = () => x;", 'no-cycle'],
  ['src/flow/long-file.ts', 'export {};\n'.repeat(301), 'max-lines'],
  ['src/flow/long-function.ts', `export function y() {\n${'  y();\n'.repeat(71)}}`, 'max-lines-per-function'],
  ['src/flow/good.ts', "import { x } from '../routing/good.ts';\nexport type X = typeof x;\nexport const y = x;", null],
  ['src/routing/good.ts', 'export const x = 1;', null],
  ['adapters/contract.ts', 'export const x = 1;', null],
  ['adapters/one/index.ts', "import { x as y } from '../contract.ts';\nexport const x = y;", null],
];

let folder = '';
const spoken = new Map<string, string[]>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-lint-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const file of ['oxlint.config.ts', 'tsconfig.json', 'package.json', 'scripts/rooms.ts']) cpSync(join(ROOT, file), join(folder, file));
  for (const [path, text] of CASES) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  }
  const { stdout } = spawnSync(process.execPath, [OXLINT, '--type-aware', '--format=json', 'src', 'adapters'], { cwd: folder, encoding: 'utf8' });
  const report = JSON.parse(stdout) as { readonly diagnostics: readonly { readonly filename: string; readonly code: string }[] };
  for (const { filename, code } of report.diagnostics) spoken.set(filename, [...(spoken.get(filename) ?? []), code]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(CASES)('%s', (path, _, rule) => {
  const heard = spoken.get(path) ?? [];
  if (rule === null) expect(heard).toEqual([]);
  else expect(heard.join(' ')).toContain(`(${rule})`);
});

it('the formatter agrees with the width and quotes of the house', () => {
  const formatted = execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules', '.bin', 'oxfmt'), '-c', join(ROOT, '.oxfmtrc.json'), '--stdin-filepath=x.ts'],
    {
      input: 'const a = "b"',
      encoding: 'utf8',
    },
  );
  expect(formatted).toBe("const a = 'b';\n");
});
