/** The edge host as a child process that can be killed with all that is its own. Its order comes in the environment. */
import { startEdge } from '../../src/runtime/node/edge.ts';

const { PORT, MILLRACE_DATA_DIR, FUNDERS } = process.env;
const edge = await startEdge({
  port: Number(PORT),
  dataDir: MILLRACE_DATA_DIR!,
  logLevel: 'error',
  sandbox: JSON.parse(FUNDERS!) as Record<string, string>,
});
process.stdout.write(`${JSON.stringify(edge.keys)}\n`);
