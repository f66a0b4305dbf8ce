/**
 * npm run crash -- --cycles N [--seed S] [--jobs J] [--life L] [--json]
 * Kills the real server N times under load and looks whether anything that it had acknowledged is lost, or anything torn. Exit code 1 if so.
 */
import { SingleBar } from 'cli-progress';
import { parseArgs } from 'node:util';
import { UsageError, wholeNumber } from '../../src/cli/arguments.ts';
import { crash, type CrashReport } from './crash.ts';

const text = { type: 'string' } as const;
let stopped = false;
// The first asks for what has been found so far; the second leaves, in order, which takes the data folders away: the servers end by themselves.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stopped) process.exit(130);
    stopped = true;
    process.stderr.write('ends with the lives under way; once more ends it now\n');
  });

try {
  const { values } = parseArgs({
    options: {
      cycles: { ...text, default: '100' },
      seed: text,
      jobs: { ...text, default: '2' },
      life: { ...text, default: '50' },
      json: { type: 'boolean', default: false },
    },
  });
  const cycles = wholeNumber('--cycles', values.cycles, 1, 1_000_000);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber('--seed', values.seed, 0, 2 ** 31);
  const jobs = wholeNumber('--jobs', values.jobs, 1, 16);
  const cyclesPerLife = wholeNumber('--life', values.life, 1, 1_000);
  process.exitCode = await run({ cycles, seed, jobs, cyclesPerLife, json: values.json });
} catch (error) {
  const asked = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  process.stderr.write(`${asked ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = asked ? 2 : 1;
}

async function run(options: {
  readonly cycles: number;
  readonly seed: number;
  readonly jobs: number;
  readonly cyclesPerLife: number;
  readonly json: boolean;
}): Promise<number> {
  const bar = new SingleBar({
    stream: process.stderr,
    format: 'cycles {bar} {value}/{total}  {duration_formatted}  to go {eta_formatted}',
    hideCursor: true,
    clearOnComplete: true,
  });
  const startedMs = performance.now();
  process.stdout.write(`seed ${options.seed}\n`);
  bar.start(options.cycles, 0);
  let done = 0;
  const advance = (): void => {
    done += 1;
    bar.increment();
    // In a log file there is no bar.
    if (!process.stderr.isTTY && done % 100 === 0) process.stderr.write(`${done} of ${options.cycles}\n`);
  };
  try {
    const report = await crash({ ...options, onCycle: () => advance(), stopped: () => stopped });
    bar.stop();
    process.stdout.write(describe(report, (performance.now() - startedMs) / 1_000));
    if (options.json) process.stdout.write(`${JSON.stringify({ seed: options.seed, ...report })}\n`);
    return report.lost.length + report.torn.length + report.faults.length === 0 ? 0 : 1;
  } finally {
    bar.stop();
  }
}

function describe(report: CrashReport, seconds: number): string {
  const causes = Object.entries(report.deaths)
    .map(([cause, count]) => `${cause} ${count}`)
    .join(', ');
  const list = (what: string, texts: readonly string[]): string =>
    texts
      .slice(0, 20)
      .map((one) => `${what}: ${one}\n`)
      .join('');
  return `${list('lost', report.lost)}${list('torn', report.torn)}${list('fault', report.faults)}
${report.cycles} cycles on ${report.lives} data folders in ${seconds.toFixed(0)} s (${causes})
${report.requests} keyed requests, ${report.applications} applications, ${report.callbacks} callbacks and ${report.webhooks} webhooks acknowledged
${report.acknowledged} promises looked up in ${report.inspections} inspections, ${report.replays} replays compared
lost ${report.lost.length}, torn ${report.torn.length}, other faults ${report.faults.length}
`;
}
