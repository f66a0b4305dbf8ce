/** Built pages from a folder, each file read once it is asked for. Compressed forms lie beside the files, made when they were built. */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { PageFile, Pages } from '../../ports/pages.ts';

/** Where `scripts/build-web.ts` puts them. */
export const PAGES_FOLDER = new URL('../../../dist/web', import.meta.url).pathname;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const FORMS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

export function folderPages(folder: string = PAGES_FOLDER): Pages {
  const kept = new Map<string, Uint8Array<ArrayBuffer> | null>();
  const bytesOf = (file: string): Uint8Array<ArrayBuffer> | null => {
    let bytes = kept.get(file);
    if (bytes === undefined && (bytes = readOrNull(join(folder, file))) !== null) kept.set(file, bytes);
    return bytes;
  };
  return {
    async read(file, accepts) {
      const contentType = TYPES[extname(file)];
      if (contentType === undefined || file.split('/').includes('..')) return null;
      for (const [encoding, suffix] of FORMS) {
        const body = accepts.includes(encoding) ? bytesOf(file + suffix) : null;
        if (body !== null) return { body, contentType, encoding } satisfies PageFile;
      }
      const body = bytesOf(file);
      return body === null ? null : { body, contentType, encoding: null };
    },
  };
}

function readOrNull(path: string): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    return null;
  }
}
