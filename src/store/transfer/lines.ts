/** A row as one line of JSON: an array in the order of the table's columns, bytes in base64. */
import type { ColumnType, RawRow, RawValue, TransferTable } from './tables.ts';

/** A line that is no row of its table. Says where, and never what stood there. */
export class LineFault extends Error {
  override name = 'LineFault';
}

export function lineOf(table: TransferTable, row: RawRow): string {
  return JSON.stringify(
    table.columns.map(({ name }) => {
      const value = row[name] ?? null;
      if (typeof value === 'number' && !Number.isSafeInteger(value))
        throw new LineFault(`${table.name}.${name} holds a number too large to be moved`);
      return value instanceof Uint8Array ? base64(value) : value;
    }),
  );
}

/** `number` is the line's place in its table, from 1. Throws `LineFault`. */
export function rowOf(table: TransferTable, line: string, number: number): RawRow {
  const values = parsed(line);
  if (!Array.isArray(values) || values.length !== table.columns.length)
    throw new LineFault(`${table.name}, row ${number} is not a row of this table`);
  const row: Record<string, RawValue> = {};
  for (const [index, { name, type }] of table.columns.entries()) {
    const value = valueOf(type, values[index]);
    if (value === undefined) throw new LineFault(`${table.name}, row ${number}: ${name} is not ${type}`);
    row[name] = value;
  }
  return row;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

/** Undefined: not a value of this type. */
function valueOf(type: ColumnType, value: unknown): RawValue | undefined {
  if (value === null) return null;
  if (type === 'integer') return Number.isSafeInteger(value) ? (value as number) : undefined;
  if (typeof value !== 'string') return undefined;
  if (type === 'text') return value;
  const bytes = Buffer.from(value, 'base64');
  return base64(bytes) === value ? bytes : undefined;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
