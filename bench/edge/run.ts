/**
 * The benchmark against the edge host: whole applications a second with so many cells each, what the front adds to one cell, and what an application
 * leaves behind. All cells are objects of one workerd here, which has one thread for them, pinned to one core: docs/scaling.md says what follows from that.
 */
import { cpus } from 'node:os';
import type { Outcome } from '../load.ts';
import { median, round } from '../measure.ts';
import { startRig, type Rig, type RigOptions } from '../rig.ts';
import { targetNamed } from '../targets.ts';
import type { Counted } from './counts.ts';
import { cpuMsOf, refuse, type Refused } from './refused.ts';
import { between, loadOf, type CellsFigure, type EdgeFigures, type FrontFigure } from './figures.ts';

export interface EdgePlan {
  /** Numbers of cells, ascending. */
  readonly cells: readonly number[];
  readonly forMs: number;
  readonly rounds: number;
  readonly inFlight: number;
  readonly options: RigOptions;
  readonly say: (line: string) => void;
}

const RAMP_MS = 1_000;
const COUNTED_CELLS = 4;
/** So many that what is written again and again (a copied model, a page that is not full) is little of it. */
const COUNTED = 600;
/** Long enough for what goes to the desk in batches to have gone, and for an idle second to be one of many. */
const SHIPPED_MS = 8_000;
const IDLE_MS = 20_000;
const REPLAYS = 20;
const DIRECT = '/direct';

interface Turn {
  readonly outcome: Outcome;
  readonly cpuMs: number;
  /** What others took of both cores meanwhile, in cores. */
  readonly foreignCpu: number;
}

export async function measureEdge(plan: EdgePlan): Promise<EdgeFigures> {
  const speed = await measureSpeed(plan);
  return {
    measured_on: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    ...speed,
    ...(await measureCounts(plan, speed.cells[0]!.per_s)),
  };
}

/** All numbers of cells in turns: every target gets the same time in every round. Then the front of one cell. */
async function measureSpeed(plan: EdgePlan) {
  const { cells, forMs, rounds, inFlight, options } = plan;
  const rigs: { readonly count: number; readonly rig: Rig; readonly turns: Turn[] }[] = [];
  for (const count of new Set([1, ...cells])) {
    const rig = await startRig(targetNamed(`edge-${count}`), options);
    rigs.push({ count, rig, turns: [] });
    await rig.run({ kind: 'closed', inFlight, rampMs: RAMP_MS, forMs: Math.max(3_000, forMs / 2) });
  }
  for (let turn = 0; turn < rounds; turn += 1) {
    for (let place = 0; place < rigs.length; place += 1) {
      const { count, rig, turns } = rigs[(turn + place) % rigs.length]!;
      const made = await oneTurn(rig, { inFlight, forMs, rampMs: RAMP_MS, way: '' });
      turns.push(made);
      plan.say(`round ${turn + 1}  ${String(count).padStart(3)} cells  ${line(made)}`);
    }
  }
  const found: CellsFigure[] = [];
  for (const { count, rig, turns } of rigs.filter((each) => cells.includes(each.count))) {
    const perS = middle(turns).outcome.perS / 2;
    found.push(cellsFigure(count, turns, await rig.run({ kind: 'open', perS, rampMs: RAMP_MS, forMs })));
  }
  const front = await measureFront(plan, rigs[0]!.rig);
  for (const { rig } of rigs) await rig.close();
  const foreign = rigs.flatMap(({ turns }) => turns.map(({ foreignCpu }) => foreignCpu));
  return { cells: found, front, foreign_cpu: round(median(foreign), 2) };
}

/**
 * In short turns, now this way first and now that: what else the machine does changes more slowly, and harms both alike. What the front adds is read off
 * requests that the object refuses at once: its own work is the same for them, and the unsteady work of an application is not in the difference.
 */
async function measureFront({ forMs, rounds, inFlight, say }: EdgePlan, rig: Rig): Promise<FrontFigure> {
  const ways = { front: '', direct: DIRECT };
  const turns: Record<keyof typeof ways, Turn[]> = { front: [], direct: [] };
  const refused: Record<keyof typeof ways, Refused[]> = { front: [], direct: [] };
  for (let pair = 0; pair < rounds * 4; pair += 1) {
    for (const name of pair % 2 === 0 ? (['front', 'direct'] as const) : (['direct', 'front'] as const)) {
      turns[name].push(await oneTurn(rig, { inFlight, forMs: forMs / 4, rampMs: RAMP_MS / 4, way: ways[name] }));
      refused[name].push(await refuse(rig, ways[name], forMs / 4));
    }
  }
  const sums = async (name: keyof typeof ways) => {
    const sum = (of: (turn: Turn) => number): number => turns[name].reduce((total, turn) => total + of(turn), 0);
    const perS = sum(({ outcome }) => outcome.perS) / turns[name].length;
    const half = await rig.run({ kind: 'open', perS: perS / 2, rampMs: RAMP_MS, forMs, way: ways[name] });
    const cpuMs = sum(({ cpuMs: each, outcome }) => each * outcome.all) / sum(({ outcome }) => outcome.all);
    return { per_s: round(perS, 1), cpu_ms: round(cpuMs, 3), refused_cpu_ms: round(cpuMsOf(refused[name]), 3), post_p50_ms: half.post.p50_ms };
  };
  const [front, direct] = [await sums('front'), await sums('direct')];
  const added = round((front.refused_cpu_ms - direct.refused_cpu_ms) / direct.cpu_ms, 4);
  say(`front    adds ${(added * 100).toFixed(1)} % CPU to an application`);
  return { front, direct, added_cpu_share: added };
}

function line({ cpuMs, outcome: { perS, post, errors, lost } }: Turn): string {
  return `${perS.toFixed(0).padStart(5)}/s  ${cpuMs.toFixed(2)} ms CPU each, POST p50 ${post.p50_ms} p95 ${post.p95_ms} p99 ${post.p99_ms} ms${errors + lost > 0 ? `, ${errors} errors, ${lost} lost` : ''}`;
}

type ClosedTurn = { readonly inFlight: number; readonly rampMs: number; readonly forMs: number; readonly way: string };

async function oneTurn(rig: Rig, turn: ClosedTurn): Promise<Turn> {
  const [from, before] = [performance.now(), rig.cpuS()];
  const outcome = await rig.run({ kind: 'closed', ...turn });
  const [seconds, after] = [(performance.now() - from) / 1_000, rig.cpuS()];
  return {
    outcome,
    cpuMs: ((after.server - before.server) * 1_000) / outcome.all,
    foreignCpu: Math.max(0, after.others - before.others) / seconds,
  };
}

function cellsFigure(cells: number, turns: readonly Turn[], half: Outcome): CellsFigure {
  return {
    cells,
    per_s: round(median(turns.map(({ outcome }) => outcome.perS)), 1),
    cpu_ms: round(median(turns.map(({ cpuMs }) => cpuMs)), 3),
    post_at_saturation: middle(turns).outcome.post,
    post_at_half: half.post,
  };
}

function middle(turns: readonly Turn[]): Turn {
  return turns.toSorted((left, right) => left.outcome.perS - right.outcome.perS)[Math.floor(turns.length / 2)]!;
}

/** Objects that count, at a pace at which nothing queues; then with nothing to do; then the desk alone. */
async function measureCounts({ forMs, options, say }: EdgePlan, perS: number) {
  const rig = await startRig(targetNamed(`edge-${COUNTED_CELLS}-counted`), options);
  const pace = Math.max(5, perS / 4);
  await rig.run({ kind: 'open', perS: pace, rampMs: RAMP_MS, forMs: 3_000 });
  await sleep(SHIPPED_MS);
  const before = await countsOf(rig);
  await rig.run({ kind: 'open', perS: pace, rampMs: 0, forMs: Math.max(forMs, (COUNTED / pace) * 1_000) });
  await sleep(SHIPPED_MS);
  const after = await countsOf(rig);
  await sleep(IDLE_MS);
  const later = await countsOf(rig);
  const applications = rowsOf(after.cells, 'applications') - rowsOf(before.cells, 'applications');
  const events = rowsOf(after.cells, 'events') - rowsOf(before.cells, 'events');
  const seconds = (later.atMs - after.atMs) / 1_000;
  const taken = await replay(rig);
  await rig.close();
  say(`counted  ${applications} applications, ${events} events; the desk takes ${taken.toFixed(0)} events/s`);
  return {
    counted_cells: COUNTED_CELLS,
    counted_per_s: round(pace, 1),
    per_application: {
      cell: between(loadOf(before.cells), loadOf(after.cells), applications),
      desk: between(loadOf(before.desk), loadOf(after.desk), applications),
    },
    idle: {
      cell: between(loadOf(after.cells), loadOf(later.cells), seconds * COUNTED_CELLS),
      desk: between(loadOf(after.desk), loadOf(later.desk), seconds),
    },
    events_per_application: round(events / applications, 2),
    desk_events_per_s: round(taken, 0),
  };
}

async function countsOf({ server }: Rig): Promise<{ readonly cells: Counted[]; readonly desk: Counted[]; readonly atMs: number }> {
  const all = (await (await fetch(`${server}/bench/counts`)).json()) as Counted[];
  return { cells: all.slice(0, -1), desk: all.slice(-1), atMs: performance.now() };
}

function rowsOf(counted: readonly Counted[], table: string): number {
  return counted.reduce((sum, { rows }) => sum + (rows[table] ?? 0), 0);
}

/** Events a second that the desk takes in batches as cells send them, one after another. */
async function replay({ server }: Rig): Promise<number> {
  const from = performance.now();
  const reply = await fetch(`${server}/bench/replay`, { method: 'POST', body: JSON.stringify({ cell: 4_000, batches: REPLAYS }) });
  if (!reply.ok) throw new Error(`the replay was answered ${reply.status}`);
  const { events } = (await reply.json()) as { readonly events: number };
  return events / ((performance.now() - from) / 1_000);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
