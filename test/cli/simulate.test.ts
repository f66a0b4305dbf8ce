/** `millrace simulate` on the database of an instance whose server has gone: table, JSON, and what is wrong with a policy. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDatabase } from '../../bench/whatif-traffic.ts';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const SLOW_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'millrace-simulate-'));
let key = '';

beforeAll(() => {
  const { masterKeys } = fillDatabase(join(folder, 'millrace.db'), 300, 5, 3, () => undefined);
  key = Buffer.from(masterKeys[0]!.key).toString('base64');
}, SLOW_MS);
afterAll(() => rmSync(folder, { recursive: true }));

function simulate(...words: string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], MILLRACE_DATA_DIR: folder, MILLRACE_MASTER_KEY: key };
    const child = spawn(process.execPath, [MAIN, 'simulate', ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('millrace simulate', () => {
  it('shows what a policy of a file would change, as a table and as JSON', { timeout: SLOW_MS }, async () => {
    const file = join(folder, 'policy.json');
    writeFileSync(file, JSON.stringify({ id: 'pol_bench', name: 'Try', strategy: 'waterfall', max_attempts: 1 }));
    const { code, out } = await simulate('--policy', file, '--replicates', '40', '--json');
    expect(code).toBe(0);
    expect(out).toMatch(/^attempts 尝试次数/m);
    expect(out).toContain('300 applications');
    const report = JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, Record<string, { value: number; high: number }>>;
    expect(report['applications']).toBe(300);
    expect(report['candidate']!['attempts']!.value).toBe(1);
    expect(report['difference']!['approvals']!.high).toBeLessThan(0);
    expect((report['actual'] as unknown as { approvals: number }).approvals).toBeCloseTo(report['active']!['approvals']!.value, 9);
  });

  it('knows a policy by its id, and a window', { timeout: SLOW_MS }, async () => {
    const { code, out } = await simulate('--policy', 'pol_bench', '--from', '2026-09-01T01:00:00Z', '--to', '2026-09-01T02:00:00Z', '--json');
    const report = JSON.parse(out.trim().split('\n').at(-1)!) as { applications: number; difference: { approvals: unknown } };
    expect([code, report.applications, report.difference.approvals]).toEqual([0, 60, { value: 0, low: 0, high: 0 }]);
  });

  it('says what is wrong', { timeout: SLOW_MS }, async () => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, JSON.stringify({ id: 'pol_bench', name: 'Try', strategy: 'waterfall', patience: 3 }));
    const wrong = await simulate('--policy', file);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('/patience')]);
    const none = await simulate('--policy', 'nowhere.json');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('there is no file nowhere.json')]);
    const empty = await simulate('--policy', 'pol_bench', '--to', '2020-01-01');
    expect([empty.code, empty.err]).toEqual([1, expect.stringContaining('no application of this window can be used')]);
    expect(empty.err).not.toMatch(/^\s+at /m);
  });
});
