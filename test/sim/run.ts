/**
 * npm run sim -- --seeds 10000 [--seed 1] [--steps 500] [--jobs 2] [--twice] [--cold] [--trace] [--mix loans]
 * Runs seeds in processes of their own, prints what happened, and ends with 1 when an invariant was violated. One seed alone (`--seed S`)
 * is run here; with `--trace` every event, message and reply of it is printed.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MIXES, type Mix } from './setting.ts';
import { simulate, type SimOptions, type SimResult } from './simulate.ts';

interface Run {
  readonly first: number;
  readonly seeds: number;
  readonly steps: number;
  readonly jobs: number;
  /** Each seed a second time, with equal hashes or else. */
  readonly twice: boolean;
  readonly cold: boolean;
  readonly trace: boolean;
  /** Only worlds of this kind; null: as each seed draws it. */
  readonly mix: Mix | null;
}

/** What a worker reports of each seed. */
type Report = Omit<SimResult, 'lines'> & { readonly unequal: boolean };
/** Seeds handed to a worker at once. */
const BATCH = 20;
const SHOWN = 10;

const run = readRun(process.argv.slice(2));
if (process.send !== undefined && process.env['MILLRACE_SIM_WORKER'] === '1') serve(run);
else process.exitCode = await command(run);

function readRun(args: readonly string[]): Run {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      steps: { type: 'string', default: '500' },
      jobs: { type: 'string' },
      twice: { type: 'boolean', default: false },
      cold: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      mix: { type: 'string' },
    },
  });
  const whole = (name: string, text: string): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number`);
    return value;
  };
  return {
    first: whole('seed', values.seed ?? '1'),
    seeds: whole('seeds', values.seeds ?? (values.seed === undefined ? '200' : '1')),
    steps: whole('steps', values.steps),
    jobs: Math.max(1, whole('jobs', values.jobs ?? String(availableParallelism()))),
    twice: values.twice,
    cold: values.cold,
    trace: values.trace,
    mix: MIXES.find((mix) => mix === values.mix) ?? null,
  };
}

async function command(wanted: Run): Promise<number> {
  const startedMs = performance.now();
  const reports = wanted.seeds === 1 || wanted.trace ? await runHere(wanted) : await runInWorkers(wanted);
  return tell(wanted, reports, (performance.now() - startedMs) / 1_000);
}

async function runHere(wanted: Run): Promise<Report[]> {
  const reports: Report[] = [];
  for (let seed = wanted.first; seed < wanted.first + wanted.seeds; seed += 1) reports.push(await runSeed(wanted, seed));
  return reports;
}

async function runSeed({ steps, twice, cold, trace, mix }: Run, seed: number): Promise<Report> {
  const options: SimOptions = { seed, steps, keepTrace: trace, coldDisk: cold, mix };
  const { lines, ...result } = await simulate(options);
  for (const line of lines) process.stdout.write(`${line}\n`);
  const unequal = twice && (await simulate({ ...options, keepTrace: false })).hash !== result.hash;
  return { ...result, unequal };
}

/** Each process takes the next batch when it has done one. */
function runInWorkers(wanted: Run): Promise<Report[]> {
  return new Promise((resolve, reject) => {
    const reports: Report[] = [];
    const end = wanted.first + wanted.seeds;
    let next = wanted.first;
    let shownMs = performance.now();
    const workers = Array.from({ length: Math.min(wanted.jobs, Math.ceil(wanted.seeds / BATCH)) }, () =>
      fork(import.meta.filename, process.argv.slice(2), { env: { ...process.env, MILLRACE_SIM_WORKER: '1' } }),
    );
    for (const worker of workers) {
      const feed = (): void => {
        if (next >= end) return worker.disconnect();
        worker.send({ from: next, to: Math.min(end, next + BATCH) });
        next += BATCH;
      };
      worker.on('message', (batch: Report[]) => {
        reports.push(...batch);
        if (performance.now() - shownMs > 10_000) {
          shownMs = performance.now();
          process.stderr.write(
            `${reports.length} of ${wanted.seeds} seeds, ${reports.filter((report) => report.violation !== null).length} violated\n`,
          );
        }
        feed();
      });
      worker.on('exit', (code) => {
        if (code !== 0) reject(new Error(`a worker ended with ${code}`));
        else if (reports.length === wanted.seeds) resolve(reports.toSorted((left, right) => left.seed - right.seed));
      });
      feed();
    }
  });
}

function serve(wanted: Run): void {
  process.on('message', ({ from, to }: { from: number; to: number }) => {
    void (async () => {
      const reports: Report[] = [];
      for (let seed = from; seed < to; seed += 1) reports.push(await runSeed(wanted, seed));
      process.send!(reports);
    })();
  });
}

function tell(wanted: Run, reports: readonly Report[], seconds: number): number {
  const sum = (of: (report: Report) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const violated = reports.filter((report) => report.violation !== null);
  const unequal = reports.filter((report) => report.unequal);
  const counts = new Map<string, number>();
  for (const { events } of reports) for (const [type, count] of Object.entries(events)) counts.set(type, (counts.get(type) ?? 0) + count);
  const steps = sum((report) => report.steps);
  const traces = createHash('sha256')
    .update(reports.map((report) => report.hash).join('\n'))
    .digest('hex')
    .slice(0, 16);
  const lines = [
    `${reports.length} seeds from ${wanted.first}, ${steps} steps of trouble and ${sum((report) => report.peaceSteps)} of peace in ${seconds.toFixed(1)} s with ${wanted.jobs} processes`,
    `${sum((report) => report.applications)} applications, ${sum((report) => report.attempts)} attempts, ${sum((report) => report.deaths)} crashes; traces ${traces}${wanted.twice ? ', each run twice' : ''}`,
    ...[...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([type, count]) => `  ${type.padEnd(24)} ${count}`),
    ...violated
      .slice(0, SHOWN)
      .map(({ seed, violation }) => `VIOLATED seed ${seed}, step ${violation!.step}: ${violation!.invariant}: ${violation!.detail}`),
    ...unequal.slice(0, SHOWN).map(({ seed }) => `UNEQUAL TRACES of seed ${seed}`),
    violated.length + unequal.length === 0
      ? 'no invariant violated'
      : `${violated.length} seeds violated an invariant, ${unequal.length} gave unequal traces; see one with: npm run sim -- --seed ${(violated[0] ?? unequal[0])!.seed} --trace`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return violated.length + unequal.length === 0 ? 0 : 1;
}
