/** The edge host of the benchmark, in workerd: `node bench/edge/serve.ts`. Writes its address into BENCH_DATA_DIR once it answers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unstable_startWorker } from 'wrangler';
import { SANDBOX_FUNDER_IDS } from '../../src/sandbox/personalities.ts';
import { ceilingEnvironment } from '../environment.ts';

const { port, dataDir, funder } = ceilingEnvironment();
const text = (value: string) => ({ type: 'plain_text' as const, value });
const worker = await unstable_startWorker({
  config: new URL('../../wrangler.toml', import.meta.url).pathname,
  entrypoint: new URL('worker.ts', import.meta.url).pathname,
  bindings: {
    MILLRACE_PUBLIC_URL: text(`http://127.0.0.1:${port}`),
    // A key of the benchmark alone: what it seals is gone with it.
    MILLRACE_MASTER_KEY: text(Buffer.alloc(32, 7).toString('base64')),
    MILLRACE_CELLS: text(process.env['MILLRACE_CELLS'] ?? '1'),
    MILLRACE_LOG_LEVEL: text('warn'),
    MILLRACE_MAX_IN_FLIGHT: text('10000'),
    MILLRACE_SANDBOX_FUNDERS: text(JSON.stringify(Object.fromEntries(SANDBOX_FUNDER_IDS.map((id) => [id, funder])))),
    BENCH_COUNT: text(process.env['BENCH_COUNT'] ?? '0'),
  },
  dev: { server: { hostname: '127.0.0.1', port }, persist: join(dataDir, 'edge'), logLevel: 'error', watch: false, inspector: false },
});
process.on('SIGTERM', () => void worker.dispose().then(() => process.exit(0)));
worker.raw.on('reloadComplete', ({ proxyData: { userWorkerUrl } }: { proxyData: { userWorkerUrl: { hostname: string; port: string } } }) => {
  // Wrangler's own proxy stands in front of it otherwise, in another workerd, and takes half of the time.
  writeFileSync(join(dataDir, 'address'), `http://${userWorkerUrl.hostname}:${userWorkerUrl.port}`);
});
