/** `npm start`: serves, in sandbox mode when nothing is configured, and says how to try it. */
import { banner } from './banner.ts';
import { describeFaults, readConfig, unknownVariables } from './config.ts';
import { startServer, type RunningServer } from './server.ts';

const config = readConfig(process.env);
if (Array.isArray(config)) {
  process.stderr.write(`Millrace cannot start; the configuration has faults:\n${describeFaults(config)}\n`);
  process.exit(78);
}
for (const name of unknownVariables(process.env)) process.stderr.write(`warning: nothing reads ${name}; is it misspelt?\n`);

let server: RunningServer;
try {
  server = await startServer(config);
} catch (error) {
  process.stderr.write(
    `Millrace cannot start: ${error instanceof Error ? error.message : 'unknown error'}\n"npm run doctor" explains what is wrong with a machine.\n`,
  );
  process.exit(1);
}
process.stdout.write(banner(server.url, server.keys, 'Millrace', server.links));

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(130);
    stopping = true;
    void server.close().then(() => process.exit(0));
  });
}
