/** SQLite on Node: one file, write-ahead log, every commit on disk before it is answered. */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../../domain/failures.ts';
import type { Database } from '../../store/database.ts';
import type { Transact } from '../../store/group-commit.ts';
import { migrate, type Migration } from '../../store/migrate.ts';

export interface OpenDatabase {
  readonly db: Database;
  readonly transact: Transact;
  /** Names of the migrations that were applied now. */
  readonly migrated: readonly string[];
  readonly log: WriteAheadLog;
  /**
   * Moves the log into the file and empties it, so that overwritten bytes are gone from both. While somebody reads an older state of the file (a backup,
   * a replicator) that cannot be; then it is owed, and tried again with later commits.
   */
  scrub(): void;
  close(): void;
}

/** The write-ahead log, which SQLite by itself moves into the file within the commit that makes it too long. */
export interface WriteAheadLog {
  /** Pages that are in the log and not yet in the file. */
  behind(): number;
  /** Moves them here and now. Once none is left, the next commit starts the log over. */
  move(): void;
  /** From now on SQLite leaves the log alone, and `onCommit` is told of every commit; null gives it back. */
  handOver(onCommit: (() => void) | null): void;
}

/** Pages in the log at which SQLite moves them. Indexes of keyed hashes touch pages all over the file; a longer log lets many changes of one page become one write. */
const MOVE_AT_PAGES = 4_000;
/** How long scrubbing waits for a move under way in another thread. */
const SCRUB_WAIT_MS = 5_000;
/** How long for somebody who reads. Everybody waits meanwhile, and a replicator never stops reading. */
const READER_WAIT_MS = 200;
/** Commits after which an owed scrub is tried again. */
const SCRUB_AGAIN_COMMITS = 32;

/** Opens (or makes) the database at `path` (`:memory:` for none, or the bytes of one, which stays in memory) and migrates it. Throws on a damaged file or a failed migration. */
export function openDatabase(path: string | Buffer, migrations: readonly Migration[], nowMs: number): OpenDatabase {
  const client = new BetterSqlite3(path);
  client.pragma('journal_mode = WAL');
  client.pragma('synchronous = FULL');
  client.pragma('foreign_keys = ON');
  client.pragma('secure_delete = ON');
  client.pragma('cache_size = -65536');
  client.pragma('mmap_size = 268435456');
  client.pragma('temp_store = MEMORY');
  client.pragma(`wal_autocheckpoint = ${MOVE_AT_PAGES}`);
  const db = drizzle(client) as unknown as Database;
  const migrated = migrate(db, (script) => void client.exec(script), migrations, nowMs);
  // better-sqlite3 lowers this to NORMAL at the first transaction of a write-ahead log; then set it again and look.
  client.pragma('synchronous = FULL');
  client.exec('BEGIN IMMEDIATE; COMMIT');
  invariant(client.pragma('synchronous', { simple: true }) === 2, 'synchronous is not FULL after the first transaction');
  const begin = client.prepare('BEGIN IMMEDIATE');
  const commit = client.prepare('COMMIT');
  const rollback = client.prepare('ROLLBACK');
  const look = client.prepare<[], Checkpoint>('PRAGMA wal_checkpoint(NOOP)');
  let onCommit: (() => void) | null = null;
  const scrubber = createScrubber(client);

  return {
    db,
    migrated,
    transact(work) {
      begin.run();
      try {
        work();
        commit.run();
      } catch (error) {
        if (client.inTransaction) rollback.run();
        throw error;
      }
      onCommit?.();
      scrubber.committed();
    },
    log: {
      behind() {
        const { log, checkpointed } = look.get()!;
        return log - checkpointed;
      },
      move: () => void client.pragma('wal_checkpoint(PASSIVE)'),
      handOver(next) {
        onCommit = next;
        client.pragma(`wal_autocheckpoint = ${next === null ? MOVE_AT_PAGES : 0}`);
      },
    },
    scrub: () => scrubber.scrub(),
    close: () => void client.close(),
  };
}

/** Empties the log, now or with a later commit. */
function createScrubber(client: BetterSqlite3.Database): { scrub(): void; committed(): void } {
  let owed = false;
  let commits = 0;

  function once(): 'done' | 'moved elsewhere' | 'read' {
    // SQLite would wait by itself, without telling for whom.
    const waitMs = client.pragma('busy_timeout', { simple: true }) as number;
    client.pragma('busy_timeout = 0');
    const [told] = client.pragma('wal_checkpoint(TRUNCATE)') as Checkpoint[];
    client.pragma(`busy_timeout = ${waitMs}`);
    if (told?.busy !== 1) return 'done';
    return told.log === -1 ? 'moved elsewhere' : 'read';
  }

  return {
    scrub() {
      const fromMs = performance.now();
      for (let outcome = once(); ; outcome = once()) {
        owed = outcome !== 'done';
        if (!owed || performance.now() - fromMs >= (outcome === 'read' ? READER_WAIT_MS : SCRUB_WAIT_MS)) return;
        Atomics.wait(NEVER, 0, 0, 2);
      }
    },
    committed() {
      if (!owed || (commits += 1) % SCRUB_AGAIN_COMMITS !== 0) return;
      owed = once() !== 'done';
    },
  };
}

/** `log`: pages in the log, -1 while somebody else moves it; `checkpointed`: how many of them are in the file. */
interface Checkpoint {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** Nobody ever notifies it: waiting on it is sleeping. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** The migrations of a folder, by name. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => ({ name: file.slice(0, -4), sql: readFileSync(join(folder, file), 'utf8') }));
}
