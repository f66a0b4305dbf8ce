/** Backup, restore, export, import and the list of erasures, as they are typed. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folder, livedInstance, removeFolders, tablesOf, WORLD_KEY, type LivedInstance } from '../runtime/keep/instance.ts';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const SLOW_MS = 60_000;
let lived: LivedInstance;
let home: string;

beforeAll(async () => {
  lived = await livedInstance(4);
  home = folder();
});
afterAll(async () => {
  await lived.world.close();
  removeFolders();
});

function run(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

const KEY = { MILLRACE_MASTER_KEY: WORLD_KEY };

it('a backup needs no key, says that it holds none, and comes back with it and with the erasures since', { timeout: SLOW_MS }, async () => {
  const [backup, restored, list] = [join(home, 'backup'), join(home, 'restored'), join(home, 'erasures')];
  const made = await run(['backup', backup], { MILLRACE_DATA_DIR: lived.dataDir, MILLRACE_MODE: 'live' });
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toMatch(/6 applications, database [\d.]+ MiB, 3 photos/);
  expect(made.out).toContain('The master key is not in it, on purpose');
  const madeAt = (JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8')) as { made_at: string }).made_at;

  // The world's clock is its own, and some way from the machine's.
  const since = new Date(lived.world.clock.nowMs()).toISOString();
  await lived.world.call('POST', '/v1/erasures', { key: lived.world.keys.secret, json: { application_id: lived.erasable[0] } });
  const told = await run(['erasures', '--since', since, '--data-dir', lived.dataDir]);
  expect(
    told.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { application_id: string }).application_id),
  ).toEqual([lived.erasable[0]]);
  writeFileSync(list, told.out);

  const keyless = await run(['restore', backup, '--data-dir', restored]);
  expect([keyless.code, keyless.err]).toEqual([1, expect.stringContaining('MILLRACE_MASTER_KEY')]);
  expect(existsSync(restored)).toBe(false);
  const back = await run(['restore', backup, '--data-dir', restored, '--erasures', list], KEY);
  expect([back.code, back.err]).toEqual([0, '']);
  expect(back.out).toContain(`as it was at ${madeAt}, 6 applications, 3 photos; audit trail sound`);
  expect(back.out).toContain('1 borrowers were erased again; 0 applications');
});

it('an export needs no key, and is taken in where the key is', { timeout: SLOW_MS }, async () => {
  const [moved, imported] = [join(home, 'export'), join(home, 'imported')];
  const out = await run(['export', moved, '--data-dir', lived.dataDir]);
  expect([out.code, out.out]).toEqual([0, expect.stringMatching(/rows of \d+ tables/)]);
  const taken = await run(['import', moved, '--data-dir', imported], KEY);
  expect([taken.code, taken.out]).toEqual([0, expect.stringMatching(/has \d+ rows of \d+ tables, \d photos; audit trail sound/)]);
  expect(tablesOf(imported)).toEqual(tablesOf(lived.dataDir));
  const again = await run(['import', moved, '--data-dir', imported], KEY);
  expect([again.code, again.err]).toEqual([1, expect.stringMatching(/^millrace: the data directory is not empty/)]);
});

it.each([
  [['backup'], 2, /FOLDER/i],
  [['erasures', '--since', 'yesterday'], 2, /--since takes a time/],
  [['restore', 'x', '--datadir', 'y'], 2, /there is no flag --datadir/],
  [['import', 'x', '--to', 'http://loans.example'], 2, /--to takes the origin of the service, with https/],
  [['import', 'x', '--to', 'https://loans.example'], 2, /MILLRACE_IMPORT_SECRET is needed/],
])('%j is told what is wrong', { timeout: SLOW_MS }, async (words, code, message) => {
  const ended = await run(words);
  expect([ended.code, ended.err]).toEqual([code, expect.stringMatching(message)]);
});
