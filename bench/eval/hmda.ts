/** Reads a loan application register (HMDA): the columns that were known when the lender decided, and the decision. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { UsageError } from '../../src/cli/arguments.ts';

/** Known at the decision. `null` where the register has nothing. */
export interface Row {
  readonly year: number;
  readonly lender: string;
  readonly agency: string;
  readonly approved: boolean;
  readonly amount: number;
  readonly income: number | null;
  /** Amount over yearly income. */
  readonly burden: number | null;
  readonly tract: number | null;
  readonly area: number | null;
  readonly state: string | null;
  readonly loanType: string;
  readonly propertyType: string;
  readonly purpose: string;
  readonly occupancy: string;
  readonly preapproval: string;
  readonly lien: string;
  readonly coapplicant: string;
}

/**
 * What is read. Not `denial_reason_1`, `purchaser_type` and `rate_spread`: they are filled in after the decision and give it away
 * (a reason means denied; a rate spread or a purchaser, originated).
 */
export const COLUMNS = [
  'as_of_year',
  'respondent_id',
  'agency_abbr',
  'loan_type',
  'property_type',
  'loan_purpose',
  'owner_occupancy',
  'loan_amount_000s',
  'preapproval',
  'action_taken',
  'state_abbr',
  'applicant_income_000s',
  'lien_status',
  'tract_to_msamd_income',
  'hud_median_family_income',
  'has_coapplicant',
] as const;
type Column = (typeof COLUMNS)[number];

/** What the lender did; an application that was not decided (withdrawn, incomplete) is passed over. */
const DECIDED: Readonly<Record<string, boolean>> = {
  'Loan originated': true,
  'Application approved but not accepted': true,
  'Application denied by financial institution': false,
};

/** The input cannot be used; the message says why, for whoever called the command. */
export class DataError extends UsageError {
  override readonly name = 'DataError';
}

/** The decided applications of a CSV file, plain or gzipped. Throws DataError for a file or column that is missing. */
export function readRows(file: string): readonly Row[] {
  if (!existsSync(file)) throw new DataError(`no such file: ${file}`);
  const bytes = readFileSync(file);
  return parseRows((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8'));
}

/** The same from text. */
export function parseRows(text: string): readonly Row[] {
  const [header = [], ...records] = parseCsv(text);
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new DataError(`missing column${missing.length > 1 ? 's' : ''}: ${missing.join(', ')}`);
  const at = Object.fromEntries(COLUMNS.map((column) => [column, header.indexOf(column)])) as Record<Column, number>;
  return records.flatMap((record, index) => {
    const of = (column: Column): string => record[at[column]] ?? '';
    const approved = DECIDED[of('action_taken')];
    return approved === undefined ? [] : [rowOf(of, approved, index + 2)];
  });
}

function rowOf(of: (column: Column) => string, approved: boolean, line: number): Row {
  const [year, amount, income] = [Number(of('as_of_year')), Number(of('loan_amount_000s')), numberOf(of('applicant_income_000s'))];
  if (!Number.isInteger(year) || !Number.isFinite(amount)) throw new DataError(`row ${line}: as_of_year or loan_amount_000s is not a number`);
  return {
    year,
    lender: `${of('respondent_id')}|${of('agency_abbr')}`,
    agency: of('agency_abbr'),
    approved,
    amount,
    income,
    burden: income === null || income <= 0 ? null : amount / income,
    tract: numberOf(of('tract_to_msamd_income')),
    area: numberOf(of('hud_median_family_income')),
    state: of('state_abbr') === '' ? null : of('state_abbr'),
    loanType: of('loan_type'),
    propertyType: of('property_type'),
    purpose: of('loan_purpose'),
    occupancy: of('owner_occupancy'),
    preapproval: of('preapproval'),
    lien: of('lien_status'),
    coapplicant: of('has_coapplicant'),
  };
}

function numberOf(text: string): number | null {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** RFC 4180: fields may be quoted, a doubled quote is a quote, lines end with or without a carriage return. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy)) {
    if (records.length === 0) records.push([]);
    records.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '') break;
    if (end !== ',') records.push([]);
  }
  return records.filter((record) => record.length > 1 || record[0] !== '');
}
