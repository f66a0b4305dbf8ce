/** A copy of what adapters need of the repository, to be changed freely: the libraries are a link, the copy goes when the test is over. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const PARTS = ['adapters', 'src', 'scripts', 'fixtures', 'migrations', 'test', 'docs'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts', 'oxlint.config.ts', '.oxfmtrc.json'];

export interface Ended {
  readonly code: number | null;
  readonly said: string;
}
export interface Copy {
  readonly folder: string;
  run(command: string, ...words: readonly string[]): Promise<Ended>;
  read(path: string): string;
  write(path: string, text: string): void;
  has(path: string): boolean;
  /** Lint, format and types of these folders; resolves with what is said against them, the empty text when all is well. */
  complaints(...folders: readonly string[]): Promise<string>;
  remove(): void;
}

export function copyRepository(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-copy-'));
  for (const part of [...PARTS, ...FILES]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const bin = join(folder, 'node_modules', '.bin');

  const run = (command: string, ...words: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { ...environment(folder), PATH: [bin, process.env['PATH']].join(delimiter), NO_COLOR: '1', CI: '1' };
      const child = spawn(command, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.once('error', (error) => resolve({ code: null, said: error.message }));
      child.once('close', (code) => resolve({ code, said }));
    });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);

  return {
    folder,
    run,
    write,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    has: (path) => existsSync(join(folder, path)),
    async complaints(...folders) {
      write('tsconfig.part.json', JSON.stringify({ extends: './tsconfig.json', include: [...folders, 'adapters/coded.ts', 'adapters/registry.ts'] }));
      const checked = await Promise.all([
        run('oxlint', '--type-aware', '--deny-warnings', ...folders, 'adapters/coded.ts', 'adapters/registry.ts'),
        run('oxfmt', '--check', ...folders, 'adapters/coded.ts', 'adapters/registry.ts', 'adapters/manifests'),
        run('tsc', '--noEmit', '-p', 'tsconfig.part.json'),
      ]);
      return checked.flatMap(({ code, said }) => (code === 0 ? [] : [said])).join('\n');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * The tests of the copy are no part of ours; Node starts there as quickly. Its cache knows files by where they stand from it, so that every
 * copy has through its link what others have compiled.
 */
export function environment(folder: string): NodeJS.ProcessEnv {
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_OPTIONS|NODE_COMPILE_CACHE$|FC_|MILLRACE_|PORT$)/.test(name)),
  );
  return {
    ...own,
    NODE_OPTIONS: `--import ${new URL('../quick-start.ts', import.meta.url).href}`,
    NODE_COMPILE_CACHE: join(folder, 'node_modules', '.cache', 'compile'),
    NODE_COMPILE_CACHE_PORTABLE: '1',
  };
}
