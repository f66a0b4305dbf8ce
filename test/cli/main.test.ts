/** The command line as it is typed, on a server that it starts itself. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError, wholeNumber } from '../../src/cli/arguments.ts';
import { createClient } from '../../src/cli/demo/client.ts';
import { startOwnServer, type OwnServer } from '../../src/cli/own-server.ts';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const SLOW_MS = 60_000;
let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer();
}, SLOW_MS);
afterAll(() => server.stop());

function run(...words: string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('millrace', () => {
  it('demo: sends a crowd through a running server and ends with the funnel, as a table and as JSON', { timeout: SLOW_MS }, async () => {
    const { code, out } = await run('demo', '--url', server.url, '--applications', '24', '--seed', '3', '--json');
    expect(code).toBe(0);
    const funnel = JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, number> & { funders: { attempts: number }[] };
    expect(funnel).toMatchObject({ seed: 3, applicants: 24, unsettled: 0 });
    expect(funnel['submitted']! + funnel['incomplete']! + Object.values(funnel['invalid']!).reduce((sum: number, n) => sum + Number(n), 0)).toBe(24);
    expect(funnel['passed_prescreen']).toBeGreaterThan(3);
    expect(funnel.funders).toHaveLength(6);
    expect(out).toMatch(/^submitted +\d+/m);
  });

  it('listen: receives what happens, checks it and ends after --count', { timeout: SLOW_MS }, async () => {
    const listening = run('listen', '--url', server.url, '--events', 'application.drafted', '--count', '1', '--json');
    const { secret } = (await (await fetch(`${server.url}/v1/sandbox/keys`)).json()) as { secret: string };
    const client = createClient(server.url, secret);
    const drafts = setInterval(() => {
      void client.call(
        'POST',
        '/v1/applications',
        { draft: true, applicant: { phone: '13911112222', phone_verification_id: 'pv_sandbox' } },
        { 'idempotency-key': crypto.randomUUID() },
      );
    }, 500);
    const { code, out } = await listening;
    clearInterval(drafts);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'ok', type: 'application.drafted' });
  });

  it('keys: prints the test keys', { timeout: SLOW_MS }, async () => {
    expect((await run('keys', '--url', server.url)).out).toMatch(/^secret +sk_test_/m);
  });

  it.each([
    [['nosuch'], 2, /Unknown command/],
    [['demo', '--aplications', '3'], 2, /there is no flag --aplications/],
    [['demo', '--applications', 'many'], 2, /--applications must be a whole number from 1 to 100000/],
    [['listen', '--events', 'Everything!'], 2, /--events takes types/],
    [['keys', '--url', 'http://127.0.0.1:1'], 1, /nothing answers at http:\/\/127.0.0.1:1; start a server/],
  ])('%j is told what is wrong, without a stack', { timeout: SLOW_MS }, async (words, code, message) => {
    const ended = await run(...words);
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toMatch(/^\s+at /m);
  });

  it('--help lists the commands', { timeout: SLOW_MS }, async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of ['serve', 'demo', 'keys', 'listen', 'doctor']) expect(out).toContain(command);
  });
});

describe('whole numbers', () => {
  it.each(['1', '10'])('takes %s', (text) => {
    expect(wholeNumber('--n', text, 1, 10)).toBe(Number(text));
  });

  it.each(['0', '11', '-1', '1.5', '1e1', '', ' 1', '0x1'])('refuses %j', (text) => {
    expect(() => wholeNumber('--n', text, 1, 10)).toThrow(UsageError);
  });
});
