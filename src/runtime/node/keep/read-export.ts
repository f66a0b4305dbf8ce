/** What both kinds of import do with an export before a row of it is written anywhere, and how its tables are read. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ExportManifest } from '../../../store/transfer/manifest.ts';
import { TRANSFER_TABLES, type TransferTable } from '../../../store/transfer/tables.ts';
import { damaged, sumOf, type Bundle } from './bundle.ts';
import { tablePart } from './export.ts';
import { objectOf } from './snapshot.ts';

/** Holds every part against its sum. Throws with the name of what is damaged, missing or unknown. */
export async function holdParts({ dir, manifest, parts }: Bundle<ExportManifest>): Promise<void> {
  const tables = new Set(TRANSFER_TABLES.map(tablePart));
  let objects = 0;
  for await (const { name, sha256 } of parts()) {
    if (!tables.delete(name)) {
      if (objectOf(name) === null) throw new Error(`the export has a part that this program does not know: ${name}`);
      objects += 1;
    }
    if ((await sumOf(join(dir, name))) !== sha256) throw damaged(name);
  }
  for (const name of tables) throw damaged(name);
  if (objects !== manifest.objects) throw new Error(`the export has ${objects} photos and says ${manifest.objects}`);
}

/** A table's lines, in order. */
export function tableLines(dir: string, table: TransferTable): AsyncGenerator<string> {
  return linesOf(join(dir, tablePart(table)));
}

/** Split at line feeds alone: a name may hold any other character that ends a line somewhere. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const unzipped = createGunzip();
  const fed = pipeline(createReadStream(path), unzipped);
  // Whoever reads is told of its failure; whoever stops reading makes it fail, and need not be told.
  fed.catch(() => undefined);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of unzipped) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
