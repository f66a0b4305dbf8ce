import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { missingEntries } from '../../scripts/complete-lock.mjs';
import { mayImport, roomOf } from '../../scripts/rooms.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program by way of scripts/run.mjs, optionally signals that when it says "up", and tells how it ended. */
function run(text: string, args: readonly string[], signal?: NodeJS.Signals): Promise<{ code: number | null; output: string }> {
  const file = join(folder, `program-${Math.random().toString(36).slice(2)}.ts`);
  writeFileSync(file, text);
  const runner = pathToFileURL(join(import.meta.dirname, '..', '..', 'scripts', 'run.mjs')).href;
  const script = `const { runPinned } = await import(${JSON.stringify(runner)}); process.exit(await runPinned(${JSON.stringify([file, ...args])}));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (signal !== undefined && output.includes('up')) child.kill(signal);
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, output })));
}

describe('a program run on the pinned Node', () => {
  it('gets its arguments, and TypeScript is understood', async () => {
    const ran = await run("const n: number = 24; console.log(process.argv.slice(2).join(' '), process.version.startsWith(`v${n}.`));", [
      'a',
      '--b=c d',
    ]);
    expect(ran).toEqual({ code: 0, output: 'a --b=c d true\n' });
  });

  it('passes its exit code back', async () => {
    expect((await run('process.exit(42);', [])).code).toBe(42);
  });

  it('is sent the signals', async () => {
    const program = "process.on('SIGTERM', () => { console.log('down'); process.exit(7); }); setInterval(() => {}, 1000); console.log('up');";
    expect(await run(program, [], 'SIGTERM')).toEqual({ code: 7, output: 'up\ndown\n' });
  });

  it('killed by a signal, ends as a shell would say it', async () => {
    expect((await run("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);", [])).code).toBe(137);
  });
});

describe('the lock file is completed', () => {
  const lock = (optionalDependencies: Record<string, string>, have: Record<string, object> = {}) => ({
    packages: { 'node_modules/tool': { version: '1.2.3', dev: true, optionalDependencies }, ...have },
  });

  it('by the platforms it lacks, told by their names', () => {
    expect(missingEntries(lock({ '@tool/binding-linux-x64-musl': '1.2.3', '@tool/binding-darwin-arm64': '1.2.3' }))).toEqual({
      'node_modules/@tool/binding-linux-x64-musl': { version: '1.2.3', cpu: ['x64'], libc: ['musl'], os: ['linux'], dev: true, optional: true },
      'node_modules/@tool/binding-darwin-arm64': { version: '1.2.3', cpu: ['arm64'], os: ['darwin'], dev: true, optional: true },
    });
  });

  it('by nothing that is there already', () => {
    expect(missingEntries(lock({ 'a-linux-x64': '1.0.0' }, { 'node_modules/a-linux-x64': {} }))).toEqual({});
    expect(missingEntries(lock({ 'a-linux-x64': '1.0.0' }, { 'node_modules/tool/node_modules/a-linux-x64': {} }))).toEqual({});
  });

  it('not by a guess', () => {
    expect(() => missingEntries(lock({ fsevents: '2.3.3' }))).toThrow(/platform of fsevents/);
  });
});

describe('rooms', () => {
  it.each([
    ['src/flow/submit.ts', 'flow'],
    ['src/runtime/node/main.ts', 'runtime'],
    ['adapters/contract.ts', 'contract'],
    ['adapters/kit/seal.ts', 'kit'],
    ['adapters/harbor-json/read.ts', 'adapter'],
    ['fixtures/names.ts', 'fixtures'],
    ['test/flow/submit.test.ts', null],
    ['src/stray.ts', null],
  ])('%s is in %s', (path, room) => {
    expect(roomOf(path)).toBe(room);
  });

  it.each([
    ['src/flow/a.ts', 'src/routing/b.ts', true],
    ['src/routing/a.ts', 'src/flow/b.ts', false],
    ['src/routing/a.ts', 'src/routing/deep/b.ts', true],
    ['src/routing/a.ts', 'src/offers/b.ts', false],
    ['adapters/one/a.ts', 'adapters/one/b.ts', true],
    ['adapters/one/a.ts', 'adapters/two/b.ts', false],
    ['src/compliance/open-granted.ts', 'adapters/contract.ts', true],
    ['src/compliance/consent.ts', 'adapters/contract.ts', false],
    ['src/http/a.ts', 'src/store/b.ts', false],
    ['src/runtime/node/a.ts', 'src/store/b.ts', true],
    ['src/domain/a.ts', 'test/b.ts', false],
    ['test/a.ts', 'src/domain/b.ts', true],
  ])('%s -> %s: %s', (from, to, may) => {
    expect(mayImport(from, to, false)).toBe(may);
  });

  it('adapters take types alone from ports', () => {
    expect(mayImport('adapters/one/a.ts', 'src/ports/clock.ts', false)).toBe(false);
    expect(mayImport('adapters/one/a.ts', 'src/ports/clock.ts', true)).toBe(true);
  });
});
