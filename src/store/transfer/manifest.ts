/** What stands at the head of an export, whatever host it was written on. */
import { z } from 'zod';
import type { TransferTable } from './tables.ts';
import { TRANSFER_TABLES } from './tables.ts';

export const EXPORT_VERSION = 1;

export const ExportManifest = z.strictObject({
  format: z.literal('millrace-export'),
  version: z.literal(EXPORT_VERSION),
  made_at: z.string(),
  /** Number in every id; null when there is no id yet. */
  cell: z.int().min(0).nullable(),
  /** Mark of the root its blind indexes derive from. */
  index_root: z.string().nullable(),
  migrations: z.array(z.string()),
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()), rows: z.int().min(0) })),
  /** Rows that name something that is not there, by reference; the same after as before. */
  orphans: z.record(z.string(), z.int().min(0)),
  objects: z.int().min(0),
  /** Objects the database names and the object store had no more. */
  lost: z.array(z.string()),
  /** Entries of SHA256SUMS, the manifest's own left out. */
  parts: z.int().min(0),
});
export type ExportManifest = z.infer<typeof ExportManifest>;

/** What keeps this program from taking the export in, as a sentence; null: nothing. */
export function misfit(manifest: ExportManifest, migrations: readonly string[]): string | null {
  const missing = manifest.migrations.filter((name) => !migrations.includes(name));
  if (missing.length > 0) return `it was written by a newer program: this one lacks the migration ${missing.join(', ')}`;
  const extra = migrations.filter((name) => !manifest.migrations.includes(name));
  if (extra.length > 0) return `it was written by an older program, without the migration ${extra.join(', ')}; export again from one of this version`;
  const same = (table: TransferTable): boolean =>
    manifest.tables.some((one) => one.name === table.name && `${one.columns}` === `${columnNames(table)}`);
  const odd = TRANSFER_TABLES.find((table) => !same(table));
  if (odd !== undefined) return `its table ${odd.name} has other columns than here, or is not in it`;
  return manifest.tables.length === TRANSFER_TABLES.length ? null : 'it has tables that this program does not know';
}

export function columnNames(table: TransferTable): string[] {
  return table.columns.map(({ name }) => name);
}
