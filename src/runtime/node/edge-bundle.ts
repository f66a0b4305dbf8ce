/** The Worker as it is deployed: bundled by wrangler from `wrangler.toml` into dist/edge, once for each change of its sources. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stampOf } from '../../../scripts/stamp.mjs';

const ROOT = new URL('../../../', import.meta.url).pathname;
/** What workerd is told, apart from what a start of ours adds. */
export const WRANGLER_CONFIG = join(ROOT, 'wrangler.toml');
const BUILT = join(ROOT, 'dist', 'edge');
const ENTRY = 'worker.js';
const SOURCES = ['src', 'adapters', 'migrations', 'fixtures', 'wrangler.toml', 'package-lock.json'];
const TYPES: Readonly<Record<string, ModuleType>> = { '.js': 'ESModule', '.sql': 'Text', '.wasm': 'CompiledWasm' };

type ModuleType = 'ESModule' | 'Text' | 'CompiledWasm';
/** A module as workerd takes it, the entry first. */
export interface EdgeModule {
  readonly type: ModuleType;
  readonly path: string;
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

/** Bundles when there is no bundle of these sources. Rejects with what wrangler said. */
export async function bundleEdge(): Promise<readonly EdgeModule[]> {
  const folder = join(BUILT, stampOf(SOURCES));
  if (!existsSync(folder)) await build(folder);
  return readdirSync(folder)
    .filter((name) => extensionOf(name) in TYPES)
    .toSorted((a, b) => Number(b === ENTRY) - Number(a === ENTRY))
    .map((name) => {
      const type = TYPES[extensionOf(name)]!;
      const bytes = readFileSync(join(folder, name));
      return { type, path: name, contents: type === 'CompiledWasm' ? new Uint8Array(bytes) : bytes.toString() };
    });
}

/** Whole or not at all, whoever else is at it: it is made beside and then takes its place, unless another has been quicker. */
async function build(folder: string): Promise<void> {
  const making = `${folder}-${process.pid}`;
  const wrangler = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', NODE_OPTIONS: '' };
  const before = existsSync(BUILT) ? readdirSync(BUILT) : [];
  try {
    mkdirSync(making, { recursive: true });
    await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', making], { cwd: ROOT, env });
    if (!existsSync(folder)) renameSync(making, folder);
  } catch (error) {
    if (existsSync(folder)) return;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`the Worker cannot be bundled:\n${stderr}${stdout}`, { cause: error });
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  // Of other sources, and read by whoever wanted them.
  for (const name of before) if (!name.includes('-')) rmSync(join(BUILT, name), { recursive: true, force: true });
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.'));
}
