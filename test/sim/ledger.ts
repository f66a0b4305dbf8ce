/** What the simulator knows to be on the disk, row by row, kept up with each commit; and what each commit changed. */
import { readReservation } from '../../src/dispatch/caps.ts';
import { WATCHED, type Note, type Rows, type Table } from './watched.ts';

export interface Change<T extends Table = Table> {
  readonly table: T;
  readonly key: string;
  readonly before: Rows[T] | null;
  /** Null: deleted. */
  after: Rows[T] | null;
}

export class Ledger {
  readonly #tables = new Map<Table, Map<string, Rows[Table]>>();
  readonly #byOwner = new Map<string, Set<string>>();
  /** Sum of what attempts hold of each cap window. */
  readonly reserved = new Map<string, number>();

  rows<T extends Table>(table: T): ReadonlyMap<string, Rows[T]> {
    return this.#of(table);
  }

  get<T extends Table>(table: T, key: string): Rows[T] | undefined {
    return this.#of(table).get(key);
  }

  hasTimer(kind: string, ref: string): boolean {
    return this.#of('timers').has(`${kind}/${ref}`);
  }

  /** Rows that belong to an application (attempts, consents, offers, loans, steps, repayments) or to an attempt (receipts). */
  of<T extends 'attempts' | 'consents' | 'offers' | 'loans' | 'receipts' | 'borrower_steps' | 'repayments'>(table: T, owner: string): Rows[T][] {
    const keys = this.#byOwner.get(`${table}/${owner}`);
    return keys === undefined ? [] : [...keys].map((key) => this.#of(table).get(key)!);
  }

  /** Takes up a commit; returns what it changed, one entry a row. */
  apply(notes: readonly Note[]): Change[] {
    const changes = new Map<string, Change>();
    for (const { table, key, gone, row } of notes) {
      const rows = this.#of(table);
      const before = rows.get(key) ?? null;
      const after = gone ? null : row;
      if (after === null) rows.delete(key);
      else rows.set(key, after);
      if (before === null && after !== null) this.#own(table, key, after);
      if (table === 'attempts') this.#reserve(before as Rows['attempts'] | null, after as Rows['attempts'] | null);
      const known = changes.get(`${table}/${key}`);
      if (known === undefined) changes.set(`${table}/${key}`, { table, key, before, after });
      else known.after = after;
    }
    // What came and went in one commit was never there.
    return [...changes.values()].filter(({ before, after }) => before !== null || after !== null);
  }

  /** Forgets everything and begins with what is on this disk. */
  reload(disk: { table<T extends Table>(name: T): Rows[T][] }): void {
    this.#tables.clear();
    this.#byOwner.clear();
    this.reserved.clear();
    for (const table of Object.keys(WATCHED) as Table[]) {
      const key = WATCHED[table].key as (row: unknown) => string;
      this.apply(disk.table(table).map((row) => ({ table, gone: false, key: key(row), row })));
    }
  }

  #of<T extends Table>(table: T): Map<string, Rows[T]> {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, (rows = new Map()));
    return rows as unknown as Map<string, Rows[T]>;
  }

  #own(table: Table, key: string, row: Rows[Table]): void {
    const owner = table === 'receipts' ? (row as Rows['receipts']).attemptId : (row as { applicationId?: string | null }).applicationId;
    if (owner === undefined || owner === null || table === 'events' || table === 'plans') return;
    const name = `${table}/${owner}`;
    const keys = this.#byOwner.get(name);
    if (keys === undefined) this.#byOwner.set(name, new Set([key]));
    else keys.add(key);
  }

  #reserve(before: Rows['attempts'] | null, after: Rows['attempts'] | null): void {
    if (before?.reserved === after?.reserved) return;
    for (const [row, sign] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (row === null || row.reserved === '[]') continue;
      for (const text of JSON.parse(row.reserved) as string[]) {
        const { key, amount } = readReservation(text);
        this.reserved.set(key, (this.reserved.get(key) ?? 0) + sign * amount);
      }
    }
  }
}
