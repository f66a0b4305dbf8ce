// A mark of source files: what was built of them is stale when it differs. Plain JavaScript: it is needed before anything is installed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';

/** Of every file that `sources` name, or hold when they are folders: its path and its bytes. Paths are of the repository. */
export function stampOf(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(root, source);
    const names = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted() : [''];
    for (const name of names) {
      const file = join(path, name);
      if (statSync(file).isFile()) hash.update(`${source}/${name}`).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}
