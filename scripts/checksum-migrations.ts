/**
 * Adds the SHA-256 of every new numbered migration to migrations/CHECKSUMS. A migration that is listed there has been applied somewhere:
 * when its text has changed or it has gone, this refuses, and so does test/tidy.test.ts. The way back is a further migration.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines `<sha256>  <file>`, as sha256sum writes them. */
export function parseChecksums(text: string): Map<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
}

export function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', 'migrations');
  const list = join(folder, 'CHECKSUMS');
  const known = parseChecksums(existsSync(list) ? readFileSync(list, 'utf8') : '');
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted();
  const sums = new Map(files.map((file) => [file, checksum(readFileSync(join(folder, file), 'utf8'))]));
  const altered = [...known].filter(([file, sum]) => sums.get(file) !== sum).map(([file]) => file);
  if (altered.length > 0) {
    console.error(`already listed and now different or gone: ${altered.join(', ')}; write a further migration instead`);
    process.exit(1);
  }
  writeFileSync(list, [...sums].map(([file, sum]) => `${sum}  ${file}\n`).join(''));
  console.log(`${sums.size - known.size} added, ${sums.size} listed`);
}
