// Makes sure that the pages in dist/web are those of the sources. `node scripts/web.mjs` builds when they are not; bootstrap.mjs calls it before a
// server starts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.mjs';
import { runPinned } from './run.mjs';
import { stampOf } from './stamp.mjs';

const built = join(root, 'dist', 'web');
const stampFile = join(built, '.stamp');
/** What goes into the pages. */
const SOURCES = ['src/web', 'src/domain', 'scripts/build-web.ts', 'package-lock.json'];

/** Builds the pages when their sources are not those of the last build. Exits when that fails. */
export async function ensureWeb() {
  const stamp = stampOf(SOURCES);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  process.stderr.write('Building the pages (a few seconds, once for each change of them) ...\n');
  // Tests and tools set another NODE_ENV, with which the pages would be built for development.
  const code = await runPinned([join(root, 'scripts', 'build-web.ts')], { NODE_ENV: 'production' });
  if (code !== 0) {
    process.stderr.write('The pages cannot be built; see above.\n');
    process.exit(1);
  }
  writeFileSync(stampFile, stamp);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureWeb();
