/** The Worker as it is deployed: bundled by wrangler from `wrangler.toml`, once for each change of its sources. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = new URL('../../../', import.meta.url).pathname;
/** What workerd is told, apart from what a start of ours adds. */
export const WRANGLER_CONFIG = join(ROOT, 'wrangler.toml');
const BUILT = join(ROOT, 'dist', 'edge');
const STAMP = '.stamp';
const SOURCES = ['src', 'adapters', 'migrations', 'fixtures', 'wrangler.toml', 'package-lock.json'];
const TYPES: Readonly<Record<string, ModuleType>> = { '.js': 'ESModule', '.sql': 'Text', '.wasm': 'CompiledWasm' };

type ModuleType = 'ESModule' | 'Text' | 'CompiledWasm';
/** A module as workerd takes it, the entry first. */
export interface EdgeModule {
  readonly type: ModuleType;
  readonly path: string;
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

/** Bundles when the sources are not those of the last bundle. Rejects with what wrangler said. */
export async function bundleEdge(): Promise<readonly EdgeModule[]> {
  const stamp = stampOfSources();
  if (stampOfBundle() !== stamp) await build(stamp);
  return readdirSync(BUILT)
    .filter((name) => extensionOf(name) in TYPES)
    .toSorted((a, b) => Number(b === 'worker.js') - Number(a === 'worker.js'))
    .map((name) => {
      const type = TYPES[extensionOf(name)]!;
      const bytes = readFileSync(join(BUILT, name));
      return { type, path: name, contents: type === 'CompiledWasm' ? new Uint8Array(bytes) : bytes.toString() };
    });
}

async function build(stamp: string): Promise<void> {
  // Two that start at once each make one; the later takes the other's place.
  const making = `${BUILT}-${process.pid}`;
  const wrangler = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', NODE_OPTIONS: '' };
  try {
    mkdirSync(making, { recursive: true });
    await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', making], { cwd: ROOT, env });
    writeFileSync(join(making, STAMP), stamp);
    rmSync(BUILT, { recursive: true, force: true });
    renameSync(making, BUILT);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (stampOfBundle() === stamp) return;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`the Worker cannot be bundled:\n${stderr}${stdout}`, { cause: error });
  }
}

function stampOfBundle(): string | null {
  try {
    return readFileSync(join(BUILT, STAMP), 'utf8');
  } catch {
    return null;
  }
}

function stampOfSources(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(ROOT, source);
    const names = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted() : [''];
    for (const name of names) {
      const file = join(path, name);
      if (statSync(file).isFile()) hash.update(`${source}/${name}`).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.'));
}
