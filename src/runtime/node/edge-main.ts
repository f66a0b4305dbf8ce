/** `npm run edge`: the whole service on local workerd, in sandbox mode, with the simulated funders outside it over HTTP. */
import { readGenerations } from '../cells/generations.ts';
import { banner } from './banner.ts';
import { startEdge } from './edge.ts';
import { closeWhenTold, configured } from './program.ts';

const config = configured();
if (config.mode === 'live') {
  process.stderr.write('This is the sandbox of the edge host. A live one is deployed: docs/scaling.md\n');
  process.exit(78);
}
const cells = process.env['MILLRACE_CELLS'] ?? '4';
if (readGenerations(cells) === null) {
  process.stderr.write('MILLRACE_CELLS must be rising numbers of cells with commas between, such as 4,16\n');
  process.exit(78);
}
const { port, dataDir, logLevel, sandboxPortBase, oidc } = config;
const importSecret = process.env['MILLRACE_IMPORT_SECRET'];
const waits = importSecret === undefined || importSecret === '' ? {} : { importSecret };
const edge = await startEdge({ port, dataDir, logLevel, cells, sandbox: sandboxPortBase, oidc, ...waits });
closeWhenTold(() => edge.close());
process.stdout.write(banner(edge.url, edge.keys, 'Millrace on workerd', edge.links));
