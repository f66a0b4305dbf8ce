/** What many cells rest on: every change of a copied row has a new revision, a copy made of the changes is the desk's, and statements of quota count up. */
import { describe, expect, it } from 'vitest';
import { createStore, type Store } from '../../src/store/index.ts';
import { apiKeys, blacklist, deskRecords, deskSecrets } from '../../src/store/schema/index.ts';
import type { Database } from '../../src/store/database.ts';
import { withStore, type Open } from './host.ts';

const make = (open: Open) => {
  const { db } = open();
  return { db, store: createStore(db) };
};
const MARK = Buffer.alloc(16, 5).toString('base64url');

/** Every kind of change that an operator can make of what cells copy. */
const CHANGES: Readonly<Record<string, (tx: Store) => void>> = {
  'a record': ({ desk }) =>
    desk.insertRecord({ kind: 'funder', id: 'fnd_1', version: 1, body: '{}', retired: false, createdAtMs: 1, author: 'a', approver: null }),
  'its next version': ({ desk }) =>
    desk.insertRecord({ kind: 'funder', id: 'fnd_1', version: 2, body: '{"x":1}', retired: true, createdAtMs: 2, author: 'a', approver: 'b' }),
  'a key': ({ desk }) =>
    void desk.insertKey({ id: 'key_1', hash: 'h', kind: 'secret', channelId: 'c', role: null, name: 'n', createdAtMs: 1, revokedAtMs: null }),
  'a secret': ({ desk }) => desk.setSecret({ owner: 'fnd_1', slot: 's', sealed: Buffer.from([1]), createdAtMs: 1, expiresAtMs: null }),
  'the secret again': ({ desk }) => desk.setSecret({ owner: 'fnd_1', slot: 's', sealed: Buffer.from([2]), createdAtMs: 2, expiresAtMs: 9 }),
  'an entry of the blacklist': ({ desk }) => void desk.insertBlacklist({ kind: 'phone', mark: MARK, reason: 'r', author: 'a', createdAtMs: 1 }),
  'its end': ({ desk }) => void desk.dropBlacklist('phone', MARK),
  'the key revoked': ({ desk }) => void desk.revokeKey('key_1', 7),
};
const copied = (db: Database): unknown[] => [deskRecords, apiKeys, deskSecrets, blacklist].map((table) => db.select().from(table).all());

describe('a copy of the desk', () => {
  it('made of each change after the last is the desk’s at every step, and so is one made of all at once', () =>
    withStore((open) => {
      // One database at a time: the desk's changes are taken down first, then played into a cell's.
      const desk = make(open);
      const steps = Object.entries(CHANGES).map(([name, change]) => {
        const before = desk.store.cells.revision();
        change(desk.store);
        const { rows, upTo } = desk.store.cells.changedAfter(before, 10);
        expect([name, rows.length, upTo, upTo > before]).toEqual([name, 1, desk.store.cells.revision(), true]);
        return { name, rows, state: copied(desk.db) };
      });
      const { rows: all } = desk.store.cells.changedAfter(0, 100);
      expect(all.map(({ source, row }) => [source, row === null])).toEqual([
        ['desk_records', false],
        ['desk_records', false],
        ['desk_secrets', false],
        ['blacklist', true],
        ['api_keys', false],
      ]);
      const cell = make(open);
      for (const { name, rows, state } of steps) {
        for (const row of rows) cell.store.cells.putCopy(row);
        expect([name, copied(cell.db)]).toEqual([name, state]);
      }
      cell.store.cells.dropCopy();
      for (const row of all) cell.store.cells.putCopy(row);
      expect(copied(cell.db)).toEqual(steps.at(-1)!.state);
    }));
});

describe('quota between desk and cell', () => {
  it('is stated under a number of its own each time, and keeps what is used', () =>
    withStore((open) => {
      const { cells, dispatch } = make(open).store;
      expect(cells.nextTurn('fnd_1/daily/0', false)).toEqual({ turn: 1, held: 0 });
      dispatch.addLease('fnd_1/daily/0', 'fnd_1', 5);
      expect(dispatch.takeLease('fnd_1/daily/0', 2)).toBe(true);
      expect([cells.nextTurn('fnd_1/daily/0', false), cells.nextTurn('fnd_1/daily/0', true)]).toEqual([
        { turn: 2, held: 5 },
        { turn: 3, held: 2 },
      ]);
      // An older answer does not settle a newer statement.
      cells.told('fnd_1/daily/0', 2);
      expect(cells.openLeases().map(({ key, untold }) => [key, untold])).toEqual([['fnd_1/daily/0', true]]);
      cells.told('fnd_1/daily/0', 3);
      expect(cells.openLeases()).toEqual([]);
      cells.raiseTurn('fnd_1/daily/0', 9);
      expect(cells.nextTurn('fnd_1/daily/0', false).turn).toBe(10);
    }));

  it('is one loan for each cell and window', () =>
    withStore((open) => {
      const { cells } = make(open).store;
      cells.saveLoan({ cell: 1, key: 'k', turn: 1, lent: 5 });
      cells.saveLoan({ cell: 2, key: 'k', turn: 1, lent: 7 });
      cells.saveLoan({ cell: 1, key: 'k', turn: 2, lent: 3 });
      expect([cells.loan(1, 'k'), cells.loan(2, 'k'), cells.loan(3, 'k')]).toMatchObject([{ turn: 2, lent: 3 }, { lent: 7 }, undefined]);
    }));
});
