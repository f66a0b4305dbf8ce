/** What the benchmark of the edge host finds, and how it reads as tables. Pure. */
import { round, type Latency } from '../measure.ts';
import type { Counted } from './counts.ts';

export interface CellsFigure {
  readonly cells: number;
  /** Whole applications a second. */
  readonly per_s: number;
  /** CPU of the whole host for one application, milliseconds: does not move with what else the machine does. */
  readonly cpu_ms: number;
  readonly post_at_saturation: Latency;
  /** At half of `per_s`, sent evenly. */
  readonly post_at_half: Latency;
}

/** One cell through the Worker's front and past it, in turns. */
export interface FrontFigure {
  readonly front: WayFigure;
  readonly direct: WayFigure;
  /** What the front adds to a request, of the CPU of an application without it. */
  readonly added_cpu_share: number;
}
export interface WayFigure {
  readonly per_s: number;
  readonly cpu_ms: number;
  /** Of a request that the object refuses at once: the difference of the two ways is the front's own, without the noise of an application. */
  readonly refused_cpu_ms: number;
  readonly post_p50_ms: number;
}

/** Sums over objects of one kind, for one application or for one second. */
export interface Load {
  /** From the Worker in front. */
  readonly requests: number;
  /** From other objects. */
  readonly internal: number;
  readonly alarms: number;
  readonly alarms_set: number;
  readonly rows_read: number;
  readonly rows_written: number;
  /** Left in its tables. */
  readonly rows: number;
  readonly bytes: number;
}

export interface EdgeFigures {
  readonly measured_on: string;
  readonly machine: string;
  /** What others took of the two cores meanwhile, in cores; the median of the turns. Next to nothing on a machine of its own. */
  readonly foreign_cpu: number;
  readonly cells: readonly CellsFigure[];
  readonly front: FrontFigure;
  /** Of how many cells the counts are. */
  readonly counted_cells: number;
  /** At this many a second: what goes in batches is cheaper the more there is of it. */
  readonly counted_per_s: number;
  readonly per_application: { readonly cell: Load; readonly desk: Load };
  /** With nothing to do, one object of each kind, a second. */
  readonly idle: { readonly cell: Load; readonly desk: Load };
  readonly events_per_application: number;
  /** Events a second that one desk takes, batch after batch. */
  readonly desk_events_per_s: number;
}

/** Sums of objects. */
export function loadOf(counted: readonly Counted[]): Load {
  const sum = (of: (one: Counted) => number): number => counted.reduce((total, one) => total + of(one), 0);
  const requests = (one: Counted, internal: boolean): number =>
    Object.entries(one.requests).reduce((total, [path, count]) => (path.startsWith('internal/') === internal ? total + count : total), 0);
  return {
    requests: sum((one) => requests(one, false)),
    internal: sum((one) => requests(one, true)),
    alarms: sum((one) => one.alarms),
    alarms_set: sum((one) => one.alarmsSet),
    rows_read: sum((one) => one.rowsRead),
    rows_written: sum((one) => one.rowsWritten),
    rows: sum((one) => Object.values(one.rows).reduce((total, count) => total + count, 0)),
    bytes: sum((one) => one.bytes),
  };
}

/** What came between two looks, for each of `by`. */
export function between(before: Load, after: Load, by: number): Load {
  const names = Object.keys(before) as (keyof Load)[];
  return Object.fromEntries(names.map((name) => [name, round((after[name] - before[name]) / by, 4)])) as unknown as Load;
}

/** Where the figures are from. */
export function measuredLine(figures: EdgeFigures): string {
  const { measured_on: on, machine, foreign_cpu: foreign, counted_cells: cells, counted_per_s: perS } = figures;
  const { events_per_application: events, desk_events_per_s: taken } = figures;
  const beside = foreign > 0.15 ? `, ${foreign} of them taken by other work: figures of speed are too low` : '';
  return `Measured on ${on}, ${machine}${beside}. Counted with ${cells} cells at ${perS} applications a second: ${events} events each. One desk takes ${taken.toLocaleString('en')} events a second.`;
}

export function cellsTable({ cells }: Pick<EdgeFigures, 'cells'>): string {
  const [first] = cells;
  return table(
    ['Cells', 'Applications/s', 'Growth', 'CPU each', 'POST p50 / p95 / p99 at saturation', 'at half of it'],
    cells.map(({ cells: count, per_s: perS, cpu_ms: cpuMs, post_at_saturation: full, post_at_half: half }) => [
      String(count),
      perS.toFixed(0),
      `${(perS / first!.per_s).toFixed(2)}x`,
      `${cpuMs.toFixed(1)} ms`,
      latency(full),
      latency(half),
    ]),
  );
}

export function frontTable({ front: { front, direct, added_cpu_share: added } }: Pick<EdgeFigures, 'front'>): string {
  const line = (words: string, { per_s: perS, cpu_ms: cpuMs, refused_cpu_ms: refusedMs, post_p50_ms: p50 }: WayFigure): string[] => [
    words,
    perS.toFixed(0),
    `${cpuMs.toFixed(2)} ms`,
    `${p50.toFixed(1)} ms`,
    `${refusedMs.toFixed(3)} ms`,
  ];
  return table(
    ['One cell', 'Applications/s', 'CPU each', 'POST p50 at half load', 'CPU of a refused request'],
    [
      line('through the front', front),
      line('called directly', direct),
      ['the front adds', '', `**${(added * 100).toFixed(1)} %**`, '', `${(front.refused_cpu_ms - direct.refused_cpu_ms).toFixed(3)} ms`],
    ],
  );
}

export function countsTable({ per_application: { cell, desk }, idle }: Pick<EdgeFigures, 'per_application' | 'idle'>): string {
  const lines: readonly (readonly [string, keyof Load])[] = [
    ['requests from the Worker', 'requests'],
    ['requests from other objects', 'internal'],
    ['alarms that went off', 'alarms'],
    ['alarms set', 'alarms_set'],
    ['rows read', 'rows_read'],
    ['rows written, with those of indexes', 'rows_written'],
    ['rows left in tables', 'rows'],
    ['bytes left', 'bytes'],
  ];
  const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
  return table(
    ['An application', 'in its cell', 'at the desk', 'an idle cell, a second', 'an idle desk, a second'],
    lines.map(([words, name]) => {
      // A row that is written again takes room too, so that bytes of an idle object say nothing of a second.
      const atRest = name === 'rows' || name === 'bytes' ? ['', ''] : [shown(idle.cell[name]), shown(idle.desk[name])];
      return [words, shown(cell[name]), shown(desk[name]), ...atRest];
    }),
  );
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function latency({ p50_ms, p95_ms, p99_ms }: Latency): string {
  return `${p50_ms.toFixed(0)} / ${p95_ms.toFixed(0)} / ${p99_ms.toFixed(0)} ms`;
}
