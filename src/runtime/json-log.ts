import type { Log, LogFields } from '../ports/log.ts';

const LEVELS = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const;
export type LogLevel = keyof typeof LEVELS;

/** One line of JSON an event, handed to `write`. Fields are what `ports/log` allows: there is nothing here that could be redacted because nothing personal gets here. */
export function createJsonLog(level: LogLevel, write: (line: string) => void): Log {
  const emit = (at: 'info' | 'warn' | 'error', event: string, fields: LogFields = {}): void => {
    if (LEVELS[at] >= LEVELS[level]) write(JSON.stringify({ at: new Date().toISOString(), level: at, event, ...fields }));
  };
  return {
    info: (event, fields) => emit('info', event, fields),
    warn: (event, fields) => emit('warn', event, fields),
    error: (event, fields) => emit('error', event, fields),
  };
}
