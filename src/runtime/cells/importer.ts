/**
 * An object's side of an import: takes the rows of an exported instance that are this part's into its own, empty database. In: requests that the front has
 * let through by the one-time secret. Every batch says where it begins and goes in together with how far it got; one that comes twice, or out of
 * turn, changes nothing and is told where to go on. Until the end nothing is served from here, and after it nothing more is taken.
 */
import { createHash } from 'node:crypto';
import { verifyAudit } from '../../flow/desk/append-audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Objects } from '../../ports/objects.ts';
import type { Vault } from '../../ports/vault.ts';
import type { Database } from '../../store/database.ts';
import type { Transact } from '../../store/group-commit.ts';
import { createStore } from '../../store/index.ts';
import { LineFault, lineOf, rowOf } from '../../store/transfer/lines.ts';
import { ExportManifest, misfit } from '../../store/transfer/manifest.ts';
import { readRows } from '../../store/transfer/read-rows.ts';
import { TRANSFER_TABLES, type RawRow, type TransferTable } from '../../store/transfer/tables.ts';
import {
  endImport,
  filledTables,
  importedFrom,
  laterWriter,
  noteImported,
  rowWriter,
  saveImport,
  unfinishedImport,
  type ImportState,
} from '../../store/transfer/write-rows.ts';
import { indexCheck } from '../vault.ts';
import type { Generations } from './generations.ts';
import { INTERNAL } from './internal.ts';
import { goesTo, MOVED_CELL, type MovedPart } from './moved-rows.ts';

export const IMPORT = `${INTERNAL}import/`;
/** Rows of one digest. */
export const DIGEST_ROWS = 1_000;
/** What a part has from having been started once, with nobody in it. */
const OF_ITSELF = new Set(['timers', 'consumers']);

export interface ImporterOptions {
  readonly part: MovedPart;
  /** Whether a secret is configured. Without one no import can begin, and none can go on. */
  readonly open: boolean;
  readonly generations: Generations;
  readonly migrations: readonly string[];
  readonly db: Database;
  readonly transact: Transact;
  readonly vault: Vault;
  readonly objects: Objects;
  readonly clock: Clock;
  /** Called once the import has ended: the part may start. */
  readonly onEnd: () => Promise<void>;
}

export interface Importer {
  /** True while this part must not serve: an import has begun and not ended, or one is waited for. */
  waits(): boolean;
  answer(request: Request): Promise<Response>;
}

/** Why not, as a sentence without any value of the data. */
class Refused extends Error {
  override name = 'Refused';
}

export function createImporter(options: ImporterOptions): Importer {
  const { db, open } = options;
  const steps = stepsOf(options);
  return {
    waits: () => unfinishedImport(db) !== null || (open && importedFrom(db) === null && isBlank(db)),
    async answer(request) {
      const { pathname, searchParams } = new URL(request.url);
      const name = pathname.slice(pathname.lastIndexOf('/') + 1);
      const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
      if (!open || step === undefined || request.method !== 'POST') return new Response(null, { status: 404 });
      try {
        return Response.json(await step(new Uint8Array(await request.arrayBuffer()), searchParams));
      } catch (error) {
        if (error instanceof Refused || error instanceof LineFault) return Response.json({ refused: error.message }, { status: 409 });
        throw error;
      }
    },
  };
}

type Step = (body: Uint8Array, query: URLSearchParams) => unknown;

function stepsOf(options: ImporterOptions): Readonly<Record<string, Step>> {
  const { part, db, transact, objects } = options;
  const decoder = new TextDecoder();
  const digests = createDigests(db);

  /** The import that is under way, which must be the one that is spoken of. */
  const stateOf = (query: URLSearchParams): ImportState => {
    const state = unfinishedImport(db);
    if (state === null) throw new Refused('no import is under way here');
    if (state.manifest !== query.get('manifest')) throw new Refused('the import of another export has begun here');
    return state;
  };
  const rowsIn = (table: TransferTable, body: Uint8Array, from: number): RawRow[] =>
    decoder
      .decode(body)
      .split('\n')
      .filter((line) => line !== '')
      .map((line, at) => rowOf(table, line, from + at + 1));

  return {
    begin: (body) => begin(options, decoder.decode(body), sha256(body)),
    rows(body, query) {
      const state = stateOf(query);
      const at = tableOf(part, query);
      const from = Number(query.get('from'));
      const follows = at === state.table ? from === state.rows : at > state.table && from === 0;
      if (!follows) return state;
      const rows = rowsIn(TRANSFER_TABLES[at]!, body, from);
      const next: ImportState = { ...state, table: at, rows: from + rows.length };
      transact(() => {
        rowWriter(db, TRANSFER_TABLES[at]!)(rows);
        saveImport(db, next);
      });
      return next;
    },
    later(body, query) {
      const state = stateOf(query);
      const table = TRANSFER_TABLES[tableOf(part, query)]!;
      transact(() => laterWriter(db, table)(rowsIn(table, body, 0)));
      return state;
    },
    async photo(body, query) {
      const state = stateOf(query);
      const at = Number(query.get('at'));
      if (part !== 'cell' || at !== (state.objects ?? 0)) return state;
      if (sha256(body) !== query.get('sha256')) throw new Refused('a photo was damaged on the way');
      await objects.put(String(query.get('key')), body);
      const now = stateOf(query);
      if ((now.objects ?? 0) !== at) return now;
      const next = { ...now, objects: at + 1 };
      transact(() => saveImport(db, next));
      return next;
    },
    async photos(body, query) {
      stateOf(query);
      const keys = JSON.parse(decoder.decode(body)) as readonly string[];
      const found = await Promise.all(keys.map((key) => objects.get(key)));
      return { digests: found.map((bytes) => (bytes === null ? null : sha256(bytes))) };
    },
    digest(_, query) {
      stateOf(query);
      return digests(TRANSFER_TABLES[tableOf(part, query)]!, Number(query.get('page')));
    },
    finish: (_, query) => finish(options, query.get('manifest')),
  };
}

/** Begins in an empty part, or goes on, or says that it is done already. */
function begin({ part, generations, migrations, db, transact, vault }: ImporterOptions, text: string, id: string): object {
  if (importedFrom(db) === id) return { done: true };
  const unfinished = unfinishedImport(db);
  if (unfinished !== null) {
    if (unfinished.manifest === id) return { done: false, ...unfinished };
    throw new Refused('the import of another export did not end here');
  }
  const read = ExportManifest.safeParse(jsonOf(text));
  if (!read.success) throw new Refused('the manifest is not one that this version reads');
  const unfit = misfit(read.data, migrations);
  if (unfit !== null) throw new Refused(unfit);
  if (read.data.index_root !== null && read.data.index_root !== indexCheck(vault))
    throw new Refused('the master keys configured here are not those of the exported instance');
  if ((read.data.cell ?? MOVED_CELL) !== MOVED_CELL || generations[0] !== 1)
    throw new Refused(
      `an instance of cell ${MOVED_CELL} goes into a service whose first generation is that one cell (MILLRACE_CELLS=1,…); this is of cell ${read.data.cell ?? MOVED_CELL} and for MILLRACE_CELLS=${generations.join(',')}`,
    );
  if (!isBlank(db)) throw new Refused(`the ${part} is not empty`);
  const state: ImportState = { manifest: id, table: 0, rows: 0, objects: 0 };
  transact(() => {
    for (const { name, raw } of TRANSFER_TABLES) if (OF_ITSELF.has(name)) db.delete(raw).run();
    saveImport(db, state);
  });
  return { done: false, ...state };
}

async function finish({ part, db, transact, vault, clock, onEnd }: ImporterOptions, manifest: string | null): Promise<object> {
  if (manifest === null || importedFrom(db) !== manifest) {
    if (unfinishedImport(db)?.manifest !== manifest) throw new Refused('the import of this export is not under way here');
    transact(() => {
      endImport(db);
      noteImported(db, manifest!);
    });
  }
  await onEnd();
  return { audit: part === 'cell' || verifyAudit({ clock, vault, store: createStore(db) }).verdict.ok ? 'sound' : 'broken' };
}

/** A page of a table as one hash, as it would stand in an export. Pages are asked for in order; another order only takes longer. */
function createDigests(db: Database): (table: TransferTable, page: number) => { readonly rows: number; readonly sha256: string } {
  let at: { readonly table: string; page: number; readonly pages: Generator<readonly RawRow[]> } | null = null;
  return (table, page) => {
    if (at === null || at.table !== table.name || at.page > page) at = { table: table.name, page: 0, pages: readRows(db, table, DIGEST_ROWS) };
    for (; at.page < page; at.page += 1) at.pages.next();
    const read = at.pages.next();
    at.page += 1;
    const rows = read.done === true ? [] : read.value;
    return { rows: rows.length, sha256: digestOf(rows.map((row) => lineOf(table, row))) };
  };
}

/** Of lines of an export. */
export function digestOf(lines: readonly string[]): string {
  return sha256(lines.map((line) => `${line}\n`).join(''));
}

/** Its place in `TRANSFER_TABLES`. */
function tableOf(part: MovedPart, query: URLSearchParams): number {
  const at = TRANSFER_TABLES.findIndex(({ name }) => name === query.get('table'));
  if (at === -1 || goesTo(part, TRANSFER_TABLES[at]!.name) === 'none') throw new Refused(`there is no such table at the ${part}`);
  return at;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isBlank(db: Database): boolean {
  return filledTables(db).every((name) => OF_ITSELF.has(name));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
