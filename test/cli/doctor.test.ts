import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkClock, checkNode, doctor, examine, judgeFsync } from '../../src/cli/doctor.ts';

let folder = '';
const free = (): Record<string, string> => ({ PORT: '0', MILLRACE_SANDBOX_PORT_BASE: '0', MILLRACE_DATA_DIR: folder });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function lineOf(what: string, env: Record<string, string>) {
  return (await examine(env)).find((line) => line.what === what)!;
}

describe('on a sound machine', () => {
  it('every check is well and the exit code is 0', async () => {
    const printed: string[] = [];
    expect(await doctor(free(), (line) => printed.push(line))).toBe(0);
    expect(printed.filter((line) => line.startsWith('fail'))).toEqual([]);
    expect(printed.at(-1)).toMatch(/^10 checks/);
  });

  it('leaves nothing behind', async () => {
    await examine(free());
    expect(readdirSync(folder)).toEqual([]);
    await examine({ ...free(), MILLRACE_DATA_DIR: join(folder, 'not', 'yet') });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what is wrong is named, with a remedy', () => {
  it('a taken port', async () => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    const line = await lineOf('port', { ...free(), PORT: String(port) });
    expect(line).toMatchObject({ state: 'fail', finding: `127.0.0.1:${port} is taken` });
    expect(line.remedy).toMatch(/PORT/);
    expect(await doctor({ ...free(), PORT: String(port) }, () => undefined)).toBe(1);
    server.close();
  });

  it('a configuration full of faults, without its values', async () => {
    const line = await lineOf('configuration', { ...free(), MILLRACE_MODE: 'live', MILLRACE_MASTER_KEY: 'hunter2-hunter2' });
    expect(line.state).toBe('fail');
    expect(line.finding).toMatch(/MILLRACE_MASTER_KEY .*MILLRACE_PUBLIC_URL/);
    expect(line.finding).not.toContain('hunter2');
  });

  it('a live instance that can send nobody a code', async () => {
    const live = {
      ...free(),
      MILLRACE_MODE: 'live',
      MILLRACE_PUBLIC_URL: 'https://loans.example',
      MILLRACE_MASTER_KEY: randomBytes(32).toString('base64'),
    };
    expect(await lineOf('text messages', live)).toMatchObject({ state: 'warn', finding: 'nobody sends them, so no phone can be verified' });
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const own = { MILLRACE_SMS: 'http', MILLRACE_SMS_URL: 'https://sms.example/send', MILLRACE_SMS_KEY_SECRET: secret };
    expect(await lineOf('text messages', { ...live, ...own })).toMatchObject({ state: 'ok', finding: 'http' });
    expect(await lineOf('text messages', free())).toBeUndefined();
  });

  it('a misspelt variable', async () => {
    expect(await lineOf('configuration', { ...free(), MILLRACE_MODUS: 'live' })).toMatchObject({
      state: 'warn',
      finding: 'nothing reads MILLRACE_MODUS',
    });
  });

  it('a data directory that is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const line = await lineOf('fsync', { ...free(), MILLRACE_DATA_DIR: file });
    expect(line).toMatchObject({ state: 'fail', finding: 'ENOTDIR' });
  });

  it('a sandbox key that others can read', async () => {
    writeFileSync(join(folder, 'sandbox-master.key'), 'x', { mode: 0o644 });
    expect(await lineOf('data directory', free())).toMatchObject({ state: 'warn', finding: 'the sandbox key can be read by others' });
  });

  it.each([
    ['20.20.2', 'fail'],
    ['22.18.0', 'fail'],
    ['22.19.0', 'warn'],
    ['23.0.0', 'warn'],
    ['24.21.0', 'ok'],
    ['26.0.0', 'ok'],
  ])('Node %s: %s', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });

  it.each([
    [0.001, 'warn'],
    [0.4, 'ok'],
    [35, 'warn'],
  ])('fsync of %d ms: %s', (medianMs, state) => {
    expect(judgeFsync(medianMs, medianMs).state).toBe(state);
  });

  it.each([
    ['1970-01-01', 'fail'],
    ['2026-02-01', 'fail'],
    ['2026-06-01', 'ok'],
    ['2126-01-01', 'fail'],
  ])('a clock at %s: %s', (date, state) => {
    expect(checkClock(Date.parse(date), Date.parse('2026-05-31')).state).toBe(state);
  });
});

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
