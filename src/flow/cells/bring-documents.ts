/** A photo is uploaded before it is known whose it is, to any cell. The borrower's cell takes it over when an application names it: its row with its key; the bytes lie where all cells reach them. */
import { cellOf, isId } from '../../domain/ids.ts';
import type { Deps } from '../deps.ts';
import { Unreachable } from './away.ts';

export async function bringDocuments(deps: Deps, ids: readonly string[], channelId: string): Promise<void> {
  const { away } = deps;
  if (away === null) return;
  for (const id of ids) {
    const cell = isId('doc', id) ? cellOf(id) : null;
    if (cell === null || cell === deps.cell || !away.hasCell(cell) || deps.store.intake.document(id) !== undefined) continue;
    const given = await away.giveDocument(cell, id, channelId);
    if (given === null) continue;
    await deps.commit((tx) => void tx.cells.takeDocument({ ...given, applicationId: null }));
    await away.documentTaken(cell, id).catch(forgottenLater);
  }
}

/** The other cell then forgets its copy of the key at its next housekeeping. */
function forgottenLater(error: unknown): void {
  if (!(error instanceof Unreachable)) throw error;
}
