// Builds the borrower's page, the console and the embed into dist/web, with compressed forms beside each file. Run through scripts/web.mjs, which
// knows when it is needed.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type InlineConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'web');
const SMALLEST = 512;

const usual: InlineConfig = { configFile: false, logLevel: 'warn', mode: 'production', define: { 'process.env.NODE_ENV': '"production"' } };
/** Libraries mark files for servers that render; of no meaning here, and hundreds of lines. */
const quiet: NonNullable<NonNullable<InlineConfig['build']>['rolldownOptions']> = {
  onLog: (level, log, print) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : print(level, log)),
};

/** A face of its own: one page and what it needs, under the path it is served at. */
function face(name: 'h5' | 'console'): InlineConfig {
  return {
    ...usual,
    root: join(root, 'src', 'web', name),
    base: `/${name}/`,
    publicDir: false,
    build: {
      rolldownOptions: quiet,
      outDir: join(out, name),
      emptyOutDir: true,
      target: name === 'h5' ? ['chrome80', 'safari13'] : 'es2023',
      // Inlined pictures would be `data:` in style sheets, and the preload helper for old browsers would be bytes for nothing.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2_000,
      reportCompressedSize: false,
    },
  };
}

/** One classic script that any landing page can take in. */
const embed: InlineConfig = {
  ...usual,
  root: join(root, 'src', 'web', 'sdk'),
  publicDir: false,
  build: {
    rolldownOptions: quiet,
    outDir: join(out, 'sdk'),
    emptyOutDir: true,
    target: ['chrome64', 'safari12'],
    lib: { entry: 'millrace.ts', formats: ['iife'], name: 'Millrace', fileName: () => 'millrace.js' },
    reportCompressedSize: false,
  },
};

rmSync(out, { recursive: true, force: true });
for (const config of [face('h5'), face('console'), embed]) await build(config);
compressAll(out);
// Cloudflare compresses by itself and would serve these as files of their own.
writeFileSync(join(out, '.assetsignore'), '*.br\n*.gz\n');

function compressAll(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:js|css|html|json|svg|webmanifest)$/.test(name)) continue;
    const path = join(folder, name);
    const bytes = readFileSync(path);
    if (bytes.length < SMALLEST) continue;
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
