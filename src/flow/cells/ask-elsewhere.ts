/**
 * An ID number used with another phone lives in another cell. Before a submission the cell that the number's mark names is told of it and
 * says in which cells it was used, and those are asked: a second phone is no way around the duplicate window.
 */
import { openBody } from '../application-body.ts';
import type { Deps } from '../deps.ts';
import { Unreachable, type Elsewhere, type ElsewhereQuery } from './away.ts';

export const NOWHERE: Elsewhere = { duplicates: 0, idNumber: 0 };
const DAY_MS = 86_400_000;

/** A cell that does not answer counts as one that knows nothing: one that is down must not stop everybody's borrowers. */
export async function askElsewhere(deps: Deps, idNumber: string | undefined): Promise<Elsewhere> {
  const { away, vault } = deps;
  if (away === null || idNumber === undefined) return NOWHERE;
  const nowMs = deps.clock.nowMs();
  const { duplicate_window_days: days, velocity } = deps.desk.snapshot().policy.prescreen;
  const query: ElsewhereQuery = {
    idIndex: vault.blindIndex('id_number', idNumber),
    tombstone: vault.blindIndex('id_tombstone', idNumber),
    duplicateSinceMs: nowMs - days * DAY_MS,
    idNumberSinceMs: nowMs - velocity.id_number.window_s * 1_000,
  };
  const cells = await away.register(query.idIndex).catch((error: unknown) => silent<readonly number[]>(deps, error, []));
  const told = await Promise.all(cells.map((cell) => away.historyAt(cell, query).catch((error: unknown) => silent(deps, error, NOWHERE))));
  return told.reduce((sum, each) => ({ duplicates: sum.duplicates + each.duplicates, idNumber: sum.idNumber + each.idNumber }), NOWHERE);
}

/** The same for the ID number that a draft has so far. */
export async function askElsewhereOf(deps: Deps, applicationId: string): Promise<Elsewhere> {
  if (deps.away === null) return NOWHERE;
  const row = deps.store.applications.byId(applicationId);
  const borrower = row === undefined ? undefined : deps.store.applications.borrowerById(row.borrowerId);
  if (row === undefined || row.state !== 'draft' || borrower === undefined) return NOWHERE;
  return askElsewhere(deps, openBody(deps.keys.of(borrower), row)?.applicant.id_number);
}

/** What this cell answers to another. */
export function historyHere({ store }: Pick<Deps, 'store'>, query: ElsewhereQuery): Elsewhere {
  const { duplicates, id_number: idNumber } = store.applications.history({
    self: '',
    borrowerId: null,
    id_number: query.idIndex,
    device: null,
    ip: null,
    phoneSinceMs: 0,
    id_numberSinceMs: query.idNumberSinceMs,
    deviceSinceMs: 0,
    ipSinceMs: 0,
    duplicateSinceMs: query.duplicateSinceMs,
  });
  const erased = (store.applications.tombstoneAt(query.tombstone) ?? -1) >= query.duplicateSinceMs ? 1 : 0;
  return { duplicates: duplicates + erased, idNumber };
}

function silent<T>(deps: Deps, error: unknown, instead: T): T {
  if (!(error instanceof Unreachable)) throw error;
  deps.log.warn('cell.unreachable', { what: 'id number' });
  return instead;
}
