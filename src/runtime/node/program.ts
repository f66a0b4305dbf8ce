/** What the programs that serve do alike: they end at once on a faulty configuration, and in order when they are told to. */
import { describeFaults, readConfig, type Config } from './config.ts';

/** The configuration of this process. Ends it with 78, saying what is wrong, when there are faults. */
export function configured(): Config {
  const config = readConfig(process.env);
  if (!Array.isArray(config)) return config;
  process.stderr.write(`Millrace cannot start; the configuration has faults:\n${describeFaults(config)}\n`);
  process.exit(78);
}

/** Closes and exits when asked to stop; when asked again, exits at once. */
export function closeWhenTold(close: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      void close().then(() => process.exit(0));
    });
  }
}
