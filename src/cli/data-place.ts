/** Which data folder a command is about, and the configuration it is opened with. */
import { resolve } from 'node:path';
import { describeFaults, readConfig, type Config } from '../runtime/node/config.ts';

export const DATA_DIR_FLAG = { type: 'string', description: 'The data folder; without it MILLRACE_DATA_DIR, else ./data' } as const;

/** For what needs no key: reading a folder as it is. Nothing else of the environment is looked at. */
export function dataDirOf(flag: string | undefined): string {
  return resolve(flag ?? (process.env['MILLRACE_DATA_DIR'] || './data'));
}

/** For what opens the data. Throws with everything that is wrong with the environment. */
export function configOf(flag: string | undefined): Config {
  const config = readConfig(flag === undefined ? process.env : { ...process.env, MILLRACE_DATA_DIR: flag });
  if (Array.isArray(config)) throw new Error(`the configuration has faults:\n${describeFaults(config)}`);
  return config;
}

/** As people read it, MiB with one decimal. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** What went wrong with photos on the way, as lines to print; empty when nothing did. */
export function photoLines({ goneMeanwhile, lost }: { readonly goneMeanwhile: number; readonly lost: readonly string[] }): string {
  return [
    ...(goneMeanwhile > 0 ? [`${goneMeanwhile} photos were erased while we copied, and are rightly not in it\n`] : []),
    ...(lost.length > 0
      ? [`warning: ${lost.length} photos are named by the database and are not in the data folder: ${lost.slice(0, 5).join(', ')}\n`]
      : []),
  ].join('');
}
