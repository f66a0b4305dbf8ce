/** Group commit as small as it can be: what arrives in one turn is one durable transaction. */
import type { Database } from 'better-sqlite3';

/** Resolves when the transaction that `work` was part of is on disk. */
export function groupCommit(database: Database): (work: () => void) => Promise<void> {
  const run = database.transaction((group: readonly (() => void)[]) => {
    for (const work of group) work();
  });
  let waiting: { work: () => void; done: () => void; lost: (error: unknown) => void }[] = [];
  const flush = (): void => {
    const group = waiting;
    waiting = [];
    try {
      run.immediate(group.map(({ work }) => work));
    } catch (error) {
      for (const { lost } of group) lost(error);
      return;
    }
    for (const { done } of group) done();
  };
  return (work) =>
    new Promise((done, lost) => {
      waiting.push({ work, done, lost });
      if (waiting.length === 1) setImmediate(flush);
    });
}
