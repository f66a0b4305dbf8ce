/** Installing never empties a folder that is only linked to. npm is a stand-in that leaves a mark. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'install.mjs');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-install-'));
  for (const name of ['scripts', 'bin', 'elsewhere']) mkdirSync(join(folder, name));
  copyFileSync(SCRIPT, join(folder, 'scripts', 'install.mjs'));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
  writeFileSync(join(folder, 'bin', 'npm'), `#!/bin/sh\ntouch '${join(folder, 'npm-was-run')}'\nexit 9\n`, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ensureInstalled(): { readonly status: number | null; readonly stderr: string; readonly npm: boolean } {
  const script = `(await import(${JSON.stringify(pathToFileURL(join(folder, 'scripts', 'install.mjs')).href)})).ensureInstalled()`;
  const env = { ...process.env, PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter) };
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
  return { status, stderr, npm: existsSync(join(folder, 'npm-was-run')) };
}

it.each([
  ['of another lock file', 'elsewhere'],
  ['that leads nowhere', 'gone'],
])('refuses a link to node_modules %s, and says why', (_, target) => {
  symlinkSync(join(folder, target), join(folder, 'node_modules'));
  const { status, stderr, npm } = ensureInstalled();
  expect([status, npm]).toEqual([1, false]);
  expect(stderr).toContain(`node_modules is a symbolic link to ${join(folder, target)}`);
  expect(stderr).toContain('remove the link');
});

it('runs npm where the folder is its own', () => {
  mkdirSync(join(folder, 'node_modules'));
  const { status, stderr, npm } = ensureInstalled();
  expect([status, npm]).toEqual([1, true]);
  expect(stderr).toContain('failed at: npm ci');
});
