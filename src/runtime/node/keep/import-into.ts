/**
 * Moves an export into a service of many cells: the rows that are the desk's to the desk, those that are the cell's to the first cell, photos to its object store.
 * Batches go in order and say where they begin; whatever was lost or came twice, the other side says where to go on. When all is in, every
 * table of either part is read back there and held against the export, page by page, and only then the parts may start.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backOffMs } from '../../../domain/back-off.ts';
import { lineOf, rowOf } from '../../../store/transfer/lines.ts';
import { ExportManifest, misfit } from '../../../store/transfer/manifest.ts';
import { TRANSFER_TABLES, type RawRow, type TransferTable } from '../../../store/transfer/tables.ts';
import { DIGEST_ROWS, digestOf, IMPORT } from '../../cells/importer.ts';
import { addedRows, goesTo, inKeyOrder, MOVED_PARTS, type MovedPart, type MovedWhole } from '../../cells/moved-rows.ts';
import { ownMigrations } from '../data-dir.ts';
import { openBundle, type Bundle } from './bundle.ts';
import { holdParts, tableLines } from './read-export.ts';
import { objectOf, objectsOf } from './snapshot.ts';

export interface ImportIntoOptions {
  readonly source: string;
  /** Origin of the service. */
  readonly url: string;
  readonly secret: string;
  /** In place of the network, for tests. */
  readonly fetch?: typeof fetch;
  /** Waits so long before it asks again; for tests. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly onProgress?: (said: ImportIntoProgress) => void;
}
export interface ImportIntoProgress {
  readonly step: 'photos' | 'rows' | 'compare' | 'finish';
  readonly part: MovedPart;
  /** Rows or photos of this part so far. */
  readonly done: number;
}
export interface ImportIntoDone {
  readonly manifest: ExportManifest;
  /** Rows by part; some are in both. */
  readonly rows: Readonly<Record<MovedPart, number>>;
  /** It went on where an earlier one had stopped. */
  readonly resumed: boolean;
  readonly audit: 'sound' | 'broken';
}

const BATCH_ROWS = 1_000;
const BATCH_CHARS = 1_000_000;
const PHOTOS_AT_ONCE = 8;
const TRIES = 6;
const AGAIN_MS = 500;

/** Where the other side stands. */
interface Position {
  readonly table: number;
  readonly rows: number;
  readonly objects: number;
}

export async function importInto(options: ImportIntoOptions): Promise<ImportIntoDone> {
  const { onProgress = () => undefined } = options;
  const bundle = await openBundle(options.source, ExportManifest);
  const { manifest } = bundle;
  const unfit = misfit(manifest, ownMigrations());
  if (unfit !== null) throw new Error(`the export cannot be taken in: ${unfit}`);
  await holdParts(bundle);
  const ask = asker(options, bundle.id);
  const text = await readFile(join(bundle.dir, 'manifest.json'));
  const whole = await lookOver(bundle);
  const from = new Map<MovedPart, Position | null>();
  for (const part of MOVED_PARTS) {
    const { done, ...position } = await ask<Position & { readonly done: boolean }>(part, 'begin', {}, text);
    from.set(part, done ? null : position);
  }
  const resumed = [...from.values()].some((at) => at === null || at.table + at.rows + at.objects > 0);
  const rows = { desk: 0, cell: 0 };
  for (const part of MOVED_PARTS) {
    const position = from.get(part)!;
    if (position !== null && part === 'cell') await sendPhotos(bundle, position, ask, onProgress);
    if (position !== null) await sendRows(bundle, whole, part, position, ask, onProgress);
  }
  for (const part of MOVED_PARTS) rows[part] = await compare(bundle, whole, part, from.get(part) === null ? null : ask, onProgress);
  let audit: 'sound' | 'broken' = 'sound';
  // The desk first: a cell that starts asks for it.
  for (const part of MOVED_PARTS) {
    onProgress({ step: 'finish', part, done: rows[part] });
    const ended = await ask<{ readonly audit: typeof audit }>(part, 'finish', {});
    if (ended.audit === 'broken') audit = 'broken';
  }
  return { manifest, rows, resumed, audit };
}

type Ask = <T>(part: MovedPart, step: string, query: Readonly<Record<string, string | number>>, body?: string | Uint8Array) => Promise<T>;

/** Asks until there is an answer; one that refuses is thrown with its reason, and so is one that never comes. */
function asker({ url, secret, fetch: send = fetch, sleep = waitMs }: ImportIntoOptions, manifest: string): Ask {
  return async (part, step, query, body) => {
    const said = new URLSearchParams({ manifest, ...Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])) });
    const target = `${url.replace(/\/$/, '')}${IMPORT}${part}/${step}?${said.toString()}`;
    for (let tries = 1; ; tries += 1) {
      const reply = await send(target, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        ...(body === undefined ? {} : { body: body as BodyInit }),
      }).catch(() => null);
      const text = reply === null ? null : await reply.text().catch(() => null);
      if (reply !== null && text !== null && reply.ok) return JSON.parse(text);
      if (reply?.status === 409 && text !== null) throw new Error(`${part}: ${(JSON.parse(text) as { refused: string }).refused}`);
      if (reply?.status === 401) throw new Error('the secret is not the one that is configured there (MILLRACE_IMPORT_SECRET)');
      if (reply?.status === 404) throw new Error('there is no way in for an import: no MILLRACE_IMPORT_SECRET is configured there');
      if (tries === TRIES)
        throw new Error(`${part} does not answer (${step}, ${reply === null ? 'no reply' : reply.status}); ask again, and it goes on`);
      await sleep(backOffMs(tries - 1, AGAIN_MS, 8_000));
    }
  };
}

function waitMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What both parts must know of the whole. */
async function lookOver({ dir, manifest }: Bundle<ExportManifest>): Promise<MovedWhole> {
  const [events, capLeases] = ['events', 'cap_leases'].map((name) => TRANSFER_TABLES.find((table) => table.name === name)!) as [
    TransferTable,
    TransferTable,
  ];
  let last: string | null = null;
  for await (const line of tableLines(dir, events)) last = line;
  const leases: RawRow[] = [];
  for await (const line of tableLines(dir, capLeases)) leases.push(rowOf(capLeases, line, leases.length + 1));
  const lastSeq = last === null ? 0 : Number(rowOf(events, last, 0)['seq']);
  return { lastSeq, leases, movedAtMs: Date.parse(manifest.made_at) };
}

/** The lines of a table that are this part's, as they are to stand there. */
async function* linesFor(dir: string, whole: MovedWhole, part: MovedPart, table: TransferTable): AsyncGenerator<string> {
  const which = goesTo(part, table.name);
  if (which === 'none') return;
  const added = addedRows(part, table.name, whole);
  const own: RawRow[] = [];
  let number = 0;
  for await (const line of tableLines(dir, table)) {
    number += 1;
    if (which === 'all' && added.length === 0) yield line;
    else {
      const row = rowOf(table, line, number);
      if (which === 'all' || which(row)) own.push(row);
    }
  }
  for (const row of inKeyOrder(table.name, [...own, ...added])) yield lineOf(table, row);
}

async function* batched(lines: AsyncIterable<string>, most: number, chars = Infinity): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  let size = 0;
  for await (const line of lines) {
    batch.push(line);
    size += line.length;
    if (batch.length < most && size < chars) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function* after(lines: AsyncIterable<string>, skip: number): AsyncGenerator<string> {
  let number = 0;
  for await (const line of lines) if ((number += 1) > skip) yield line;
}

async function sendRows(
  { dir }: Bundle<ExportManifest>,
  whole: MovedWhole,
  part: MovedPart,
  position: Position,
  ask: Ask,
  onProgress: (said: ImportIntoProgress) => void,
): Promise<void> {
  let sent = 0;
  for (const [at, table] of TRANSFER_TABLES.entries()) {
    if (at < position.table) continue;
    let from = at === position.table ? position.rows : 0;
    for await (const batch of batched(after(linesFor(dir, whole, part, table), from), BATCH_ROWS, BATCH_CHARS)) {
      const now = await ask<Position>(part, 'rows', { table: table.name, from }, batch.join('\n'));
      from += batch.length;
      if (now.table !== at || now.rows !== from) throw new Error(`${part} stands at another place than here: is a second import under way?`);
      sent += batch.length;
      onProgress({ step: 'rows', part, done: sent });
    }
  }
  for (const table of TRANSFER_TABLES.filter(({ name, later }) => later.length > 0 && goesTo(part, name) !== 'none')) {
    const filled = async function* (): AsyncGenerator<string> {
      let number = 0;
      for await (const line of linesFor(dir, whole, part, table)) {
        const row = rowOf(table, line, (number += 1));
        if (table.later.some((name) => row[name] !== null)) yield line;
      }
    };
    for await (const batch of batched(filled(), BATCH_ROWS, BATCH_CHARS)) await ask(part, 'later', { table: table.name }, batch.join('\n'));
  }
}

async function sendPhotos(
  bundle: Bundle<ExportManifest>,
  position: Position,
  ask: Ask,
  onProgress: (said: ImportIntoProgress) => void,
): Promise<void> {
  const objects = objectsOf(bundle.dir);
  let at = 0;
  for await (const { name, sha256 } of bundle.parts()) {
    const key = objectOf(name);
    if (key === null) continue;
    at += 1;
    if (at <= position.objects) continue;
    await ask('cell', 'photo', { key, at: at - 1, sha256 }, (await objects.get(key))!);
    onProgress({ step: 'photos', part: 'cell', done: at });
  }
}

/** Reads every page back. `ask` null: the part has started already, and was compared before. Returns the number of rows. */
async function compare(
  bundle: Bundle<ExportManifest>,
  whole: MovedWhole,
  part: MovedPart,
  ask: Ask | null,
  onProgress: (said: ImportIntoProgress) => void,
): Promise<number> {
  let rows = 0;
  for (const table of TRANSFER_TABLES.filter(({ name }) => goesTo(part, name) !== 'none')) {
    let [page, last] = [0, DIGEST_ROWS];
    const differs = async (lines: readonly string[]): Promise<void> => {
      const found = await ask?.<{ readonly rows: number; readonly sha256: string }>(part, 'digest', { table: table.name, page });
      if (found !== undefined && (found.rows !== lines.length || found.sha256 !== digestOf(lines)))
        throw new Error(`${part}: ${table.name} is not what was sent, in the rows from ${page * DIGEST_ROWS + 1}; nothing was started there`);
      [page, last] = [page + 1, lines.length];
      rows += lines.length;
      onProgress({ step: 'compare', part, done: rows });
    };
    for await (const lines of batched(linesFor(bundle.dir, whole, part, table), DIGEST_ROWS)) await differs(lines);
    // There must be no more of them than there should be.
    if (last === DIGEST_ROWS) await differs([]);
  }
  if (ask !== null && part === 'cell') await comparePhotos(bundle, ask);
  return rows;
}

async function comparePhotos(bundle: Bundle<ExportManifest>, ask: Ask): Promise<void> {
  const photos = async function* (): AsyncGenerator<string> {
    for await (const { name, sha256 } of bundle.parts()) if (objectOf(name) !== null) yield `${sha256} ${objectOf(name)!}`;
  };
  for await (const batch of batched(photos(), PHOTOS_AT_ONCE)) {
    const keys = batch.map((line) => line.slice(65));
    const { digests } = await ask<{ readonly digests: readonly (string | null)[] }>('cell', 'photos', {}, JSON.stringify(keys));
    const at = batch.findIndex((line, index) => digests[index] !== line.slice(0, 64));
    if (at !== -1) throw new Error(`cell: the photo ${keys[at]!} is not there as it was sent; nothing was started there`);
  }
}
