/**
 * Erasures as a list that is kept apart from backups, and carried out again on a restored copy: it still holds the keys of those who were erased
 * after it was made. A list names applications and times, nobody's data.
 */
import { sql } from 'drizzle-orm';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { adapters } from '../../../../adapters/registry.ts';
import { eraseBorrower } from '../../../flow/erase-borrower.ts';
import type { Vault } from '../../../ports/vault.ts';
import type { Database } from '../../../store/database.ts';
import type { Config } from '../config.ts';
import { createService } from '../../instance.ts';
import { fileObjects, jsonLog, nodeClock, nodeRandom } from '../host.ts';
import type { OpenDatabase } from '../sqlite.ts';

const ErasedApplication = z.strictObject({ application_id: z.string().max(40), erased_at: z.iso.datetime() });
export type ErasedApplication = z.infer<typeof ErasedApplication>;

/** What was erased at or after this time, from the feed, oldest first. */
export function erasuresSince(db: Database, sinceMs: number): ErasedApplication[] {
  return db
    .all<{ id: string; atMs: number }>(
      // By the borrower's time: an erasure that was carried out again keeps its first.
      sql`SELECT a.id AS id, b.erased_at_ms AS "atMs" FROM events e JOIN applications a ON a.id = e.application_id JOIN borrowers b ON b.id = a.borrower_id
        WHERE e.type = 'application.erased' AND b.erased_at_ms >= ${sinceMs} ORDER BY b.erased_at_ms, a.id`,
    )
    .map(({ id, atMs }) => ({ application_id: id, erased_at: new Date(atMs).toISOString() }));
}

/** Reads a list: a line of JSON for each application. Throws with the number of the line that is none. */
export function readErasures(file: string): ErasedApplication[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      const read = ErasedApplication.safeParse(jsonOf(line));
      if (!read.success) throw new Error(`line ${index + 1} of the list of erasures is not an erasure`);
      return [read.data];
    });
}

export interface Replayed {
  /** Borrowers who were erased again. */
  readonly borrowers: number;
  /** Applications of the list that this copy does not know, or that were erased in it already. */
  readonly nothingToDo: number;
}

/** Erases again. Nothing goes out: what is to be said to funders and receivers waits in the timer table for the first start. */
export async function replayErasures(
  place: { readonly data: OpenDatabase; readonly vault: Vault; readonly objectsDir: string; readonly config: Config },
  list: readonly ErasedApplication[],
): Promise<Replayed> {
  const { data, vault, objectsDir, config } = place;
  const { deps } = createService({
    cell: config.cell,
    mode: config.mode,
    publicUrl: config.publicUrl ?? 'http://127.0.0.1',
    clock: nodeClock,
    random: nodeRandom(),
    db: data.db,
    transact: data.transact,
    vault,
    objects: fileObjects(objectsDir),
    adapters,
    log: jsonLog('warn'),
    scrub: data.scrub,
    ...OFFLINE,
    onDiskFailure: (error) => {
      throw error;
    },
  });
  const offline = { ...deps, act: () => undefined, wakeAt: () => undefined };
  let borrowers = 0;
  for (const { application_id: id, erased_at: at } of list) {
    const row = deps.store.applications.byId(id);
    if (row === undefined || row.state === 'erased') continue;
    const erased = await eraseBorrower(offline, id, Date.parse(at));
    if ('problem' in erased) throw new Error(`an erasure could not be carried out again (${erased.problem})`);
    borrowers += 1;
  }
  return { borrowers, nothingToDo: list.length - borrowers };
}

const OFFLINE = {
  transport: { send: async () => ({ kind: 'refused' as const, why: 'connect' as const }) },
  images: { inspect: () => Promise.reject(new Error('no picture is looked at here')) },
  messages: { sendCode: async () => 'not_sent' as const },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
