/** What stays on this device: who is visiting (at random), the language, where the application is. Never a name, a number or a photo. */
import type { PageStep } from '../../domain/page-variant.ts';
import { token } from '../shared/random.ts';

export interface KeptApplication {
  readonly id: string;
  readonly token: string;
  readonly done: readonly PageStep[];
}
/** Answers that say nothing of who it is, to be shown again. */
export type KeptAnswers = Readonly<Record<string, unknown>>;

const PREFIX = 'millrace.';
/** For where storage is shut off: lives as long as the page. */
const memory = new Map<string, string>();

export function read<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(PREFIX + name) ?? memory.get(name) ?? null;
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    const text = memory.get(name);
    return text === undefined ? null : (JSON.parse(text) as T);
  }
}

export function keep(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    // Storage is full or shut off; the page works without.
  }
}

export function forget(name: string): void {
  memory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // As above.
  }
}

/** Everything kept under names that begin so. */
export function forgetAll(start: string): void {
  const names = [...memory.keys()];
  try {
    names.push(...Object.keys(localStorage).flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : [])));
  } catch {
    // As above.
  }
  for (const name of names) if (name.startsWith(start)) forget(name);
}

/** Random and nothing but random: one for each browser, until its storage is cleared. */
export function visitor(): string {
  const known = read<string>('visitor');
  if (known !== null) return known;
  const fresh = token(16);
  keep('visitor', fresh);
  return fresh;
}
