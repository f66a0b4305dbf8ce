/** The real server in this process, for a measurement or a picture: sandbox mode on free ports, and a word only when something is wrong. */
import { readConfig } from '../src/runtime/node/config.ts';
import { startServer, type RunningServer } from '../src/runtime/node/server.ts';

export function startQuiet(dataDir: string, given: Parameters<typeof startServer>[1] = {}): Promise<RunningServer> {
  const config = readConfig({
    PORT: '0',
    MILLRACE_SANDBOX_PORT_BASE: '0',
    MILLRACE_LOG_LEVEL: 'error',
    MILLRACE_SHUTDOWN_MS: '500',
    MILLRACE_DATA_DIR: dataDir,
  });
  if (Array.isArray(config)) throw new Error(JSON.stringify(config));
  return startServer(config, given);
}
