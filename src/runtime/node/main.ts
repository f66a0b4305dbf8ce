/** `npm start`: serves, in sandbox mode when nothing is configured, and says how to try it. */
import { banner } from './banner.ts';
import { unknownVariables } from './config.ts';
import { closeWhenTold, configured } from './program.ts';
import { startServer, type RunningServer } from './server.ts';

const config = configured();
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
closeWhenTold(() => server.close());
process.stdout.write(banner(server.url, server.keys, 'Millrace', server.links));
