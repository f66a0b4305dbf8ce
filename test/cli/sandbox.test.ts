/** `millrace sandbox` as it is typed. */
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const SLOW_MS = 60_000;

it('prints where the funder is and how it is set up, and ends with Ctrl-C', { timeout: SLOW_MS }, async () => {
  const child = spawn(process.execPath, [MAIN, 'sandbox', '--adapter', 'lotus-md5'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  // It says so once it waits for the signal.
  await new Promise((resolve) => child.stderr.once('data', resolve));
  const url = /^base_url +(http:\S+)$/m.exec(out)?.[1] ?? '';
  expect(out).toMatch(/^secret sign_key +adapters\/lotus-md5\/cases\/world\.json$/m);
  expect(out).toMatch(/^param merchant_no +M10001$/m);
  expect(out).not.toContain('canary');
  expect((await fetch(`${url}/gateway/query`, { method: 'POST', body: '{"sign":"x"}' })).status).toBe(401);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

it.each([
  [['sandbox'], 2, /--adapter/],
  [['sandbox', '--adapter', 'nowhere'], 1, /there is no adapter nowhere/],
  [['sandbox', '--adapter', 'lotus-md5', '--port', 'x'], 2, /--port must be a whole number/],
])('%j says what is wrong', { timeout: SLOW_MS }, async (words, code, said) => {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(code);
  expect(err).toMatch(said);
});
