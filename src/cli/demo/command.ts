/** `millrace demo`: a crowd of applicants through a running server, or through one of our own, and the funnel that comes of it. */
import { SingleBar } from 'cli-progress';
import { defineCommand } from 'citty';
import { knownFlagsOnly, UsageError, wholeNumber } from '../arguments.ts';
import { startOwnServer } from '../own-server.ts';
import { renderFunnel } from './report.ts';
import { runDemo } from './run.ts';

export const demo = defineCommand({
  meta: { name: 'demo', description: 'Send made-up applicants through a server and show the funnel' },
  args: {
    applications: { type: 'string', default: '500', description: 'How many applicants (1 to 100000)' },
    url: { type: 'string', description: 'A running sandbox server; without it one is started and stopped again' },
    seed: { type: 'string', default: '1', description: 'Equal seeds give equal applicants' },
    concurrency: { type: 'string', default: '32', description: 'Applicants on their way at once' },
    routing: {
      type: 'string',
      default: 'ladder',
      description: 'ladder: every funder, the strict first, so that equal seeds give equal funnels; learnt: as in the real service',
    },
    json: { type: 'boolean', default: false, description: 'End with the funnel as one line of JSON' },
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const applications = wholeNumber('--applications', args.applications, 1, 100_000);
    const seed = wholeNumber('--seed', args.seed, 0, 2 ** 32 - 1);
    const concurrency = wholeNumber('--concurrency', args.concurrency, 1, 512);
    if (args.routing !== 'ladder' && args.routing !== 'learnt') throw new UsageError('--routing must be ladder or learnt');
    const own = args.url === undefined ? await startOwnServer() : null;
    const url = own?.url ?? args.url!.replace(/\/+$/, '');
    const bar = new SingleBar({
      stream: process.stderr,
      format: 'applicants {bar} {value}/{total}  {duration_formatted}  to go {eta_formatted}',
      hideCursor: true,
      clearOnComplete: true,
    });
    const startedMs = performance.now();
    try {
      bar.start(applications, 0);
      const funnel = await runDemo({
        url,
        applications,
        seed,
        concurrency,
        routing: args.routing,
        partnerSecret: own?.partnerSecret ?? null,
        onDone: (done) => bar.update(done),
      });
      bar.stop();
      const seconds = (performance.now() - startedMs) / 1_000;
      process.stdout.write(`${renderFunnel(funnel)}\n${applications} applicants, seed ${seed}, ${seconds.toFixed(1)} s\n`);
      if (args.json) process.stdout.write(`${JSON.stringify({ seed, seconds: Number(seconds.toFixed(1)), ...funnel })}\n`);
    } finally {
      bar.stop();
      await own?.stop();
    }
  },
});
