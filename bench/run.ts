/**
 * npm run bench -- [--json] [--seconds 5] [--rounds 5] [--in-flight 128] [--soak 60] [--targets bare,sealed,millrace] [--profile]
 *   [--data-root DIR] [--node-flags ='--single-threaded-gc --max-semi-space-size=64']
 * npm run bench -- --host edge [--cells 1,4,16] [--save]: the edge host instead; --save keeps the figures for `npm run bench:scaling`
 *
 * Measures every target in one run, in turns: each round gives each target the same time, so that a noisy machine harms all alike, and
 * the median of the rounds counts. Server on one core, load and doubles on the other. The last line is JSON.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { cellsTable, countsTable, frontTable } from './edge/figures.ts';
import { measureEdge } from './edge/run.ts';
import type { Outcome } from './load.ts';
import { median, memoryOf, round } from './measure.ts';
import { profileByRoom } from './profile.ts';
import { pinSelf, startRig } from './rig.ts';
import type { Rig } from './rig.ts';
import { TARGETS, targetNamed } from './targets.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    'in-flight': { type: 'string', default: '128' },
    soak: { type: 'string', default: '60' },
    targets: { type: 'string', default: Object.keys(TARGETS).join(',') },
    'data-root': { type: 'string', default: tmpdir() },
    'node-flags': { type: 'string', default: '--single-threaded-gc --max-semi-space-size=64' },
    profile: { type: 'boolean', default: false },
    host: { type: 'string', default: 'node' },
    cells: { type: 'string', default: '1,4,16' },
    save: { type: 'boolean', default: false },
  },
});
const forMs = Number(values.seconds) * 1_000;
const inFlight = Number(values['in-flight']);
const RAMP_MS = 1_000;
const EDGE_FIGURES = new URL('edge/figures.json', import.meta.url).pathname;
const names = values.targets.split(',');
const options = { nodeFlags: values['node-flags'].split(' ').filter((flag) => flag !== ''), dataRoot: values['data-root'] };
const say = (line: string): void => void (values.json || console.log(line));

interface Result {
  readonly rig: Rig;
  readonly rounds: Outcome[];
  /** Of its core, over the rounds; well below 1, something else holds the server up. */
  readonly serverCpu: number[];
  /** What others took of both cores, in cores. Should be next to nothing. */
  readonly foreignCpu: number[];
}

pinSelf();
if (values.host === 'edge') {
  const figures = await measureEdge({ cells: values.cells.split(',').map(Number), forMs, rounds: Number(values.rounds), inFlight, options, say });
  say(`\n${cellsTable(figures)}\n\n${frontTable(figures)}\n\n${countsTable(figures)}\n`);
  if (values.save) writeFileSync(EDGE_FIGURES, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(JSON.stringify(figures));
  process.exit(0);
}
const rigs: Rig[] = [];
for (const name of names) {
  const rig = await startRig(targetNamed(name), options);
  if (rig.cores.server === rig.cores.load) console.error(`${name} shares core ${rig.cores.load} with its load: the figures say little.`);
  rigs.push(rig);
}
const results = rigs.map((rig): Result => ({ rig, rounds: [], serverCpu: [], foreignCpu: [] }));
for (const { rig } of results) await rig.run({ kind: 'closed', inFlight, rampMs: RAMP_MS, forMs: Math.max(3_000, forMs / 2) });
for (let turn = 0; turn < Number(values.rounds); turn += 1) {
  // The order turns with the rounds, so that nobody always follows the same neighbour.
  for (let place = 0; place < results.length; place += 1) {
    const { rig, rounds, serverCpu, foreignCpu } = results[(turn + place) % results.length]!;
    const [from, before] = [performance.now(), rig.cpuS()];
    const outcome = await rig.run({ kind: 'closed', inFlight, rampMs: RAMP_MS, forMs });
    rounds.push(outcome);
    const [seconds, after] = [(performance.now() - from) / 1_000, rig.cpuS()];
    serverCpu.push((after.server - before.server) / seconds);
    foreignCpu.push(Math.max(0, after.others - before.others) / seconds);
    say(`round ${turn + 1}  ${rig.name.padEnd(9)} ${line(outcome)}`);
  }
}
const busiest = Math.max(...results.flatMap(({ foreignCpu }) => foreignCpu));
if (busiest > 0.15) console.error(`Others took up to ${round(busiest, 2)} of the two cores: not a quiet machine, measure again.`);
const figures: Record<string, unknown> = {};
for (const result of results) figures[result.rig.name] = await finish(result);
const main = results.find(({ rig }) => rig.name === 'millrace') ?? results.at(-1)!;
const soak = Number(values.soak) > 0 ? await soaked(main) : null;
for (const { rig } of results) await rig.close();
const profile = values.profile ? await profileByRoom(targetNamed(main.rig.name), options, { inFlight, forMs }) : null;
if (profile !== null) for (const { where, share } of profile) say(`${(share * 100).toFixed(1).padStart(6)} %  ${where}`);
console.log(JSON.stringify({ ...ratios(), targets: figures, soak, profile }));
process.exit(0);

/** The figures of one target: saturation from the rounds, then half of that as an even stream. */
async function finish({ rig, rounds, serverCpu, foreignCpu }: Result): Promise<Record<string, unknown>> {
  const perS = median(rounds.map((one) => one.perS));
  const typical = rounds.toSorted((left, right) => left.perS - right.perS)[Math.floor(rounds.length / 2)]!;
  const half = await rig.run({ kind: 'open', perS: perS / 2, rampMs: RAMP_MS, forMs });
  say(`half     ${rig.name.padEnd(9)} ${line(half)}`);
  return {
    per_s: round(perS, 1),
    rounds_per_s: rounds.map((one) => round(one.perS, 1)),
    post_at_saturation: typical.post,
    post_at_half: half.post,
    errors: rounds.reduce((sum, one) => sum + one.errors, half.errors),
    lost: rounds.reduce((sum, one) => sum + one.lost, half.lost),
    server_cpu: round(median(serverCpu), 2),
    foreign_cpu: round(Math.max(...foreignCpu), 2),
    load_cpu: round(Math.max(...rounds.map((one) => one.loadCpu)), 2),
    peak_rss_mib: memoryOf(rig.memory).peak_mib,
  };
}

/** A long run at saturation: does memory stay, and does speed? */
async function soaked({ rig }: Result): Promise<Record<string, unknown>> {
  rig.memory.length = 0;
  const outcome = await rig.run({ kind: 'closed', inFlight, rampMs: RAMP_MS, forMs: Number(values.soak) * 1_000 });
  const memory = memoryOf(rig.memory);
  say(
    `soak     ${rig.name.padEnd(9)} ${line(outcome)}, peak ${memory.peak_mib} MiB, ${memory.growth_mib_per_min} MiB/min, ${memory.flat ? 'flat' : 'GROWING'}`,
  );
  return { target: rig.name, seconds: Number(values.soak), per_s: round(outcome.perS, 1), ...memory };
}

function ratios(): Record<string, number | null> {
  const perS = (name: string): number | null => {
    const found = results.find(({ rig }) => rig.name === name);
    return found === undefined ? null : round(median(found.rounds.map((one) => one.perS)), 1);
  };
  const [pipeline, bare, sealed] = [perS('millrace'), perS('bare'), perS('sealed')];
  const share = (whole: number | null): number | null => (pipeline === null || whole === null ? null : round(pipeline / whole, 3));
  return { pipeline_per_s: pipeline, bare_per_s: bare, sealed_per_s: sealed, ratio: share(bare), ratio_sealed: share(sealed) };
}

function line({ perS, post, errors, lost, loadCpu }: Outcome): string {
  const troubles = errors + lost > 0 ? `, ${errors} errors, ${lost} lost` : '';
  return `${perS.toFixed(0).padStart(5)}/s  POST p50 ${post.p50_ms} p95 ${post.p95_ms} p99 ${post.p99_ms} ms, load core ${(loadCpu * 100).toFixed(0)} %${troubles}`;
}
