import { DataError } from './hmda.ts';

/** A whole number of an option. Throws DataError, naming the option, for anything else or less than `least`. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least)
    throw new DataError(`${option} takes whole numbers from ${least}, not ${text}`);
  return value;
}
