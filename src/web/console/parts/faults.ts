/** A refusal as a form shows it: one sentence on top, and each field's own words under it. */
import { problemOf } from '../api.ts';

export interface Faults {
  /** Null: the fields say it all. */
  readonly title: string | null;
  /** By the JSON pointer of the field. */
  readonly fields: Readonly<Record<string, string>>;
}

const NONE: Faults = { title: null, fields: {} };

/** `shown`: pointers of the fields that are on the page. */
export function faultsOf(error: unknown, shown: readonly string[]): Faults {
  if (error === null || error === undefined) return NONE;
  const { title, errors = [] } = problemOf(error);
  const fields = Object.fromEntries(errors.filter(({ pointer }) => shown.includes(pointer)).map(({ pointer, message }) => [pointer, message]));
  const elsewhere = errors.find(({ pointer }) => !shown.includes(pointer));
  if (Object.keys(fields).length > 0 && elsewhere === undefined) return { title: null, fields };
  return { title: elsewhere === undefined ? title : `${title}: ${elsewhere.message}`, fields };
}
