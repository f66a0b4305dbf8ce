/** The commit seam over a real database of either host. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createGroupCommit, type GroupCommitOptions } from '../../src/store/group-commit.ts';
import type { Store } from '../../src/store/index.ts';
import { withStore, type Open } from './host.ts';

/** A real database with one table of words, and a count of the transactions begun on it. */
function make(open: Open, options: Partial<Omit<GroupCommitOptions, 'transact'>> & { readonly disk?: (transaction: number) => void } = {}) {
  const { disk, ...more } = options;
  const { db, transact } = open([{ name: '0001_words', sql: 'CREATE TABLE words (word TEXT PRIMARY KEY NOT NULL) STRICT' }]);
  const seen = { begun: 0, disk: [] as unknown[] };
  const commit = createGroupCommit({
    store: 'the store' as unknown as Store,
    transact: (work) => {
      seen.begun += 1;
      transact(() => {
        work();
        disk?.(seen.begun);
      });
    },
    defer: (run) => queueMicrotask(run),
    onDiskFailure: (error) => void seen.disk.push(error),
    ...more,
  });
  const write = (word: string) => () => {
    db.run(sql`INSERT INTO words (word) VALUES (${word})`);
    return word.toUpperCase();
  };
  return { db, commit, seen, write, words: () => db.all<{ word: string }>(sql`SELECT word FROM words ORDER BY rowid`).map(({ word }) => word) };
}
const diskError = (code: string): Error => Object.assign(new Error('disk'), { code });

describe('closures of one turn', () => {
  it('share one transaction, run in order, and each gets its own result', () =>
    withStore(async (open) => {
      const { commit, seen, write, words } = make(open);
      expect(await Promise.all(['a', 'b', 'c'].map((word) => commit(write(word))))).toEqual(['A', 'B', 'C']);
      expect([seen.begun, words()]).toEqual([1, ['a', 'b', 'c']]);
      await commit(write('d'));
      expect([seen.begun, words()]).toEqual([2, ['a', 'b', 'c', 'd']]);
    }));

  it('are handed the store, and see what those before them wrote', () =>
    withStore(async (open) => {
      const { commit, write, words } = make(open);
      const [, count, store] = await Promise.all([commit(write('a')), commit(() => words().length), commit((tx) => tx)]);
      expect([count, store]).toEqual([1, 'the store']);
    }));

  it('nothing has happened before the turn is over, and nothing is answered before the commit', () =>
    withStore(async (open) => {
      let flush = (): void => {};
      const { commit, write, words } = make(open, { defer: (run) => void (flush = run) });
      let answered = false;
      const done = commit(write('a')).then(() => (answered = true));
      await Promise.resolve();
      expect([words(), answered]).toEqual([[], false]);
      flush();
      await done;
      expect([words(), answered]).toEqual([['a'], true]);
    }));

  it('one that throws is the only one rejected; the others are committed, each alone', () =>
    withStore(async (open) => {
      const { commit, seen, write, words } = make(open);
      const bug = new Error('bug');
      const outcomes = await Promise.allSettled([
        commit(write('a')),
        commit(() => {
          write('half')();
          throw bug;
        }),
        commit(write('b')),
      ]);
      expect(outcomes).toEqual([
        { status: 'fulfilled', value: 'A' },
        { status: 'rejected', reason: bug },
        { status: 'fulfilled', value: 'B' },
      ]);
      expect([words(), seen.begun, seen.disk]).toEqual([['a', 'b'], 4, []]);
    }));

  it('a constraint one of them breaks is its own affair', () =>
    withStore(async (open) => {
      const { commit, write, words } = make(open);
      await commit(write('a'));
      const outcomes = await Promise.allSettled([commit(write('b')), commit(write('a')), commit(write('c'))]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(words()).toEqual(['a', 'b', 'c']);
    }));

  it('a lone one that throws is rolled back and is not run again', () =>
    withStore(async (open) => {
      const { commit, seen, write, words } = make(open);
      let runs = 0;
      await expect(
        commit(() => {
          runs += 1;
          write('half')();
          throw new Error('bug');
        }),
      ).rejects.toThrow('bug');
      expect([runs, seen.begun, words()]).toEqual([1, 1, []]);
    }));

  it('more than the group may hold go into the next transactions, in order', () =>
    withStore(async (open) => {
      const { commit, seen, write, words } = make(open, { maxGroup: 4 });
      const all = Array.from({ length: 10 }, (_, index) => `w${index}`);
      await Promise.all(all.map((word) => commit(write(word))));
      expect([seen.begun, words()]).toEqual([3, all]);
    }));

  it('what is asked for inside a closure’s turn waits for the next transaction', () =>
    withStore(async (open) => {
      const { commit, seen, write, words } = make(open);
      const inner: Promise<string>[] = [];
      await commit(() => {
        inner.push(commit(write('inner')));
        return write('outer')();
      });
      expect(await Promise.all(inner)).toEqual(['INNER']);
      expect([words(), seen.begun]).toEqual([['outer', 'inner'], 2]);
    }));
});

describe('a failed disk', () => {
  it.each(['SQLITE_IOERR', 'SQLITE_IOERR_FSYNC', 'SQLITE_FULL', 'SQLITE_CORRUPT', 'SQLITE_READONLY_DBMOVED'])(
    '%s at the commit rejects everybody and everybody after them',
    (code) =>
      withStore(async (open) => {
        const failure = diskError(code);
        const { commit, seen, write, words } = make(open, {
          disk: (transaction) => {
            if (transaction === 1) throw failure;
          },
        });
        const outcomes = await Promise.allSettled([commit(write('a')), commit(write('b'))]);
        expect(outcomes).toEqual([
          { status: 'rejected', reason: failure },
          { status: 'rejected', reason: failure },
        ]);
        expect(seen.disk).toEqual([failure]);
        await expect(commit(write('c'))).rejects.toBe(failure);
        expect([words(), seen.begun]).toEqual([[], 1]);
      }),
  );

  it('is seen through the wrapping that drizzle puts around it', () =>
    withStore(async (open) => {
      const failure = new Error('Failed to run the query', { cause: diskError('SQLITE_IOERR_WRITE') });
      const { commit, seen, write } = make(open);
      await expect(
        commit(() => {
          throw failure;
        }),
      ).rejects.toBe(failure);
      expect(seen.disk).toEqual([failure]);
      await expect(commit(write('a'))).rejects.toBe(failure);
    }));

  it('while each runs alone keeps what is on disk and rejects the rest, those still waiting included', () =>
    withStore(async (open) => {
      const { commit, seen, write, words } = make(open, {
        maxGroup: 3,
        disk: (transaction) => {
          if (transaction === 3) throw diskError('SQLITE_FULL');
        },
      });
      const outcomes = await Promise.allSettled([
        commit(write('a')),
        commit(write('b')),
        commit(() => {
          throw new Error('bug');
        }),
        commit(write('waiting')),
      ]);
      // The group, then `a` alone, then the disk fails under `b`: `a` is safe, nobody else is told that anything was done.
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
      expect([words(), seen.disk.length, seen.begun]).toEqual([['a'], 1, 3]);
    }));

  it('is not what a busy or constrained database is', () =>
    withStore(async (open) => {
      const { commit, seen, write } = make(open);
      await expect(
        commit(() => {
          throw diskError('SQLITE_BUSY');
        }),
      ).rejects.toThrow('disk');
      await commit(write('a'));
      const refused = await commit(write('a')).catch((error: unknown) => error as Error);
      // One driver's error comes wrapped, the other's bare.
      expect(String((refused as Error).cause ?? refused)).toContain('UNIQUE constraint failed: words.word');
      expect([await commit(write('b')), seen.disk]).toEqual(['B', []]);
    }));
});
