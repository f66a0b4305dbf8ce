/**
 * Takes an export into an instance that is empty otherwise. Everything is held against its sum before the first row is written; rows go in by batches,
 * each with how far it got, so that an import that was interrupted goes on when it is asked for again; until it has ended nothing starts on the data.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAudit } from '../../../flow/desk/append-audit.ts';
import type { Database } from '../../../store/database.ts';
import { createStore } from '../../../store/index.ts';
import { rowOf } from '../../../store/transfer/lines.ts';
import { ExportManifest, misfit } from '../../../store/transfer/manifest.ts';
import { countOrphans } from '../../../store/transfer/references.ts';
import { TRANSFER_TABLES, type RawRow, type TransferTable } from '../../../store/transfer/tables.ts';
import {
  countMoved,
  endImport,
  filledTables,
  laterWriter,
  rowWriter,
  saveImport,
  unfinishedImport,
  type ImportState,
} from '../../../store/transfer/write-rows.ts';
import { indexCheck } from '../../vault.ts';
import type { Config } from '../config.ts';
import { openUnfinished, openVault, ownMigrations } from '../data-dir.ts';
import { fileObjects, nodeClock } from '../host.ts';
import type { OpenDatabase } from '../sqlite.ts';
import { openBundle, type Bundle } from './bundle.ts';
import { tablePart } from './export.ts';
import { holdParts, tableLines } from './read-export.ts';
import { objectOf, objectsOf } from './snapshot.ts';

export interface ImportOptions {
  readonly config: Config;
  readonly source: string;
  readonly nowMs: number;
  /** Called after every batch; one that throws interrupts as a crash would. */
  readonly onBatch?: (state: ImportState) => void;
}

export interface ImportDone {
  readonly manifest: ExportManifest;
  /** It went on where an earlier one had stopped. */
  readonly resumed: boolean;
  readonly audit: 'sound' | 'broken';
}

const BATCH_ROWS = 1_000;

export async function importInstance({ config, source, nowMs, onBatch = () => undefined }: ImportOptions): Promise<ImportDone> {
  const bundle = await openBundle(source, ExportManifest);
  holdFit(bundle.manifest, config);
  await holdParts(bundle);
  const { vault, data } = openUnfinished(config, nowMs);
  try {
    const state = begin(data, bundle.id);
    await takeObjects(bundle, join(config.dataDir, 'objects'));
    await takeTables(data, bundle, state, onBatch);
    await takeLater(data, bundle);
    holdComplete(data.db, bundle.manifest);
    data.transact(() => endImport(data.db));
    const { verdict } = verifyAudit({ clock: nodeClock, vault, store: createStore(data.db) });
    return { manifest: bundle.manifest, resumed: state.table + state.rows > 0, audit: verdict.ok ? 'sound' : 'broken' };
  } finally {
    data.close();
  }
}

/** What can be told from the head alone: versions, keys, cell. */
function holdFit(manifest: ExportManifest, config: Config): void {
  const unfit = misfit(manifest, ownMigrations());
  if (unfit !== null) throw new Error(`the export cannot be taken in: ${unfit}`);
  if (config.masterKeys === null && !existsSync(join(config.dataDir, 'sandbox-master.key')))
    throw new Error(
      "the master keys of the exported instance are needed: MILLRACE_MASTER_KEY (a sandbox's own stands in sandbox-master.key beside its data)",
    );
  if (manifest.index_root !== null && manifest.index_root !== indexCheck(openVault(config)))
    throw new Error('the master keys are not those of the exported instance');
  if (manifest.cell !== null && manifest.cell !== config.cell) throw new Error(`the export is of cell ${manifest.cell}; set MILLRACE_CELL to it`);
}

/** Goes on with this very export, or begins in an empty instance, or throws. */
function begin(data: OpenDatabase, manifest: string): ImportState {
  const unfinished = unfinishedImport(data.db);
  if (unfinished !== null) {
    if (unfinished.manifest === manifest) return unfinished;
    throw new Error('the import of another export did not end in this data directory; take an empty one');
  }
  const filled = filledTables(data.db);
  if (filled.length > 0) throw new Error(`the data directory is not empty: it has ${filled.slice(0, 3).join(', ')}${filled.length > 3 ? ', …' : ''}`);
  const state = { manifest, table: 0, rows: 0 };
  data.transact(() => saveImport(data.db, state));
  return state;
}

async function takeObjects({ dir, parts }: Bundle<ExportManifest>, folder: string): Promise<void> {
  const [from, into] = [objectsOf(dir), fileObjects(folder)];
  for await (const { name } of parts()) {
    const key = objectOf(name);
    const bytes = key === null ? null : await from.get(key);
    if (key !== null && bytes !== null) await into.put(key, bytes);
  }
}

async function takeTables(
  data: OpenDatabase,
  { dir, manifest, id }: Bundle<ExportManifest>,
  from: ImportState,
  onBatch: (state: ImportState) => void,
): Promise<void> {
  for (const [table, each] of TRANSFER_TABLES.entries()) {
    if (table < from.table) continue;
    const write = rowWriter(data.db, each);
    let rows = table === from.table ? from.rows : 0;
    for await (const batch of batchesOf(dir, each, rows)) {
      rows += batch.length;
      const state = { manifest: id, table, rows };
      data.transact(() => {
        write(batch);
        saveImport(data.db, state);
      });
      onBatch(state);
    }
    const said = manifest.tables.find(({ name }) => name === each.name)!.rows;
    if (rows !== said) throw new Error(`${tablePart(each)} has ${rows} rows and the manifest says ${said}`);
  }
}

/** After all tables. Doing it twice does nothing more. */
async function takeLater(data: OpenDatabase, { dir }: Bundle<ExportManifest>): Promise<void> {
  for (const table of TRANSFER_TABLES.filter(({ later }) => later.length > 0)) {
    const write = laterWriter(data.db, table);
    for await (const batch of batchesOf(dir, table, 0)) data.transact(() => write(batch));
  }
}

/** What is in must be what was out: row for row, and no reference that led somewhere leads nowhere now. */
function holdComplete(db: Database, manifest: ExportManifest): void {
  for (const table of TRANSFER_TABLES) {
    const [found, said] = [countMoved(db, table), manifest.tables.find(({ name }) => name === table.name)!.rows];
    if (found !== said) throw new Error(`the table ${table.name} has ${found} rows after the import and should have ${said}`);
  }
  const orphans = countOrphans(db);
  for (const [reference, found] of Object.entries(orphans)) {
    if (found !== (manifest.orphans[reference] ?? 0))
      throw new Error(`${found} rows name something that is not there by ${reference}; ${manifest.orphans[reference] ?? 0} did before`);
  }
}

async function* batchesOf(dir: string, table: TransferTable, skip: number): AsyncGenerator<readonly RawRow[]> {
  let number = 0;
  let batch: RawRow[] = [];
  for await (const line of tableLines(dir, table)) {
    number += 1;
    if (number <= skip) continue;
    batch.push(rowOf(table, line, number));
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
