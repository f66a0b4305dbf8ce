import { createJsonLog } from '../json-log.ts';

/** For what goes wrong below the service, which has a log of its own. Our own errors and SQLite's name variables, migrations and tables, and no value. */
export function complain(event: string, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error('unknown');
  createJsonLog('error', (line) => console.log(line)).error(event, { error: name, message });
}
