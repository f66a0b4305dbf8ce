/** Writes everything of an instance in a form that knows no host: a file of JSON lines for each table, the sealed photos, a manifest. May run beside the server. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Database } from '../../../store/database.ts';
import { lineOf } from '../../../store/transfer/lines.ts';
import { columnNames, EXPORT_VERSION, misfit, type ExportManifest } from '../../../store/transfer/manifest.ts';
import { readRows } from '../../../store/transfer/read-rows.ts';
import { countOrphans } from '../../../store/transfer/references.ts';
import { TRANSFER_TABLES, type TransferTable } from '../../../store/transfer/tables.ts';
import { unfinishedImport } from '../../../store/transfer/write-rows.ts';
import { ownMigrations } from '../data-dir.ts';
import { sumOf, writeBundle } from './bundle.ts';
import { cellIn, copyObjects, indexRootIn, migrationsIn, openSnapshot, type CopiedObjects } from './snapshot.ts';

export interface ExportDone extends CopiedObjects {
  readonly manifest: ExportManifest;
}

/** Name of a table's part. */
export const tablePart = (table: TransferTable): string => `tables/${table.name}.ndjson.gz`;

/** `target` is a folder that is not there yet. Throws, and leaves nothing, when the database is of another program than this. */
export async function exportInstance({
  dataDir,
  target,
  nowMs,
}: {
  readonly dataDir: string;
  readonly target: string;
  readonly nowMs: number;
}): Promise<ExportDone> {
  const snapshot = openSnapshot(dataDir);
  try {
    const { db } = snapshot;
    if (unfinishedImport(db) !== null) throw new Error('an import into this data directory did not end; there is no whole instance to export');
    const head = headOf(db, nowMs);
    const unfit = misfit({ ...head, objects: 0, lost: [], parts: 0 }, ownMigrations());
    if (unfit !== null) throw new Error(`this data directory cannot be exported by this program (start it once, so that it is migrated): ${unfit}`);
    const bundle = await writeBundle(target);
    try {
      await mkdir(join(bundle.dir, 'tables'), { mode: 0o700 });
      const tables: ExportManifest['tables'] = [];
      for (const table of TRANSFER_TABLES) {
        const path = join(bundle.dir, tablePart(table));
        const rows = await writeTable(db, table, path);
        await bundle.add(tablePart(table), (await sumOf(path))!);
        tables.push({ name: table.name, columns: columnNames(table), rows });
      }
      const objects = await copyObjects(db, dataDir, bundle);
      let manifest: ExportManifest | null = null;
      await bundle.finish((parts) => (manifest = { ...head, tables, objects: objects.count, lost: [...objects.lost], parts }));
      return { ...objects, manifest: manifest! };
    } catch (error) {
      await bundle.drop();
      throw error;
    }
  } finally {
    snapshot.close();
  }
}

function headOf(db: Database, nowMs: number): Omit<ExportManifest, 'objects' | 'lost' | 'parts'> {
  return {
    format: 'millrace-export',
    version: EXPORT_VERSION,
    made_at: new Date(nowMs).toISOString(),
    cell: cellIn(db),
    index_root: indexRootIn(db),
    migrations: migrationsIn(db),
    tables: TRANSFER_TABLES.map((table) => ({ name: table.name, columns: columnNames(table), rows: 0 })),
    orphans: countOrphans(db),
  };
}

/** Returns the number of rows. */
async function writeTable(db: Database, table: TransferTable, path: string): Promise<number> {
  let rows = 0;
  function* pages(): Generator<string> {
    for (const page of readRows(db, table)) {
      rows += page.length;
      yield `${page.map((row) => lineOf(table, row)).join('\n')}\n`;
    }
  }
  await pipeline(Readable.from(pages()), createGzip({ level: 6 }), createWriteStream(path, { mode: 0o600, flush: true }));
  return rows;
}
