/** Runs of made-up traffic past our monitor and the plain ones: quiet ones for false alarms, planted changes for delay, blame and split. */
import { ChangeWatch, type Change, type ChangeState } from '../../src/analytics/change-watch.ts';
import { PLAIN, type Plain } from './monitor-baselines.ts';
import { FUNDERS, Stream, type Attempt, type Turn } from './monitor-stream.ts';

/** Applications between two looks at what stands. */
const LOOK = 25;
/** Applications before a change is planted. */
const WARM = 12_000;
/** Applications at the funder within which a change is to be found, and after its alarm until the split is read. */
const HORIZON = 3_000;
const AFTER = 500;

export interface Quiet {
  applications: number;
  attempts: number;
  /** Ours, by kind. */
  readonly alarms: Record<string, number>;
  /** Of each plain monitor, by setting. */
  readonly plain: Record<string, number[]>;
}

export function emptyQuiet(): Quiet {
  return {
    applications: 0,
    attempts: 0,
    alarms: {},
    plain: Object.fromEntries(Object.entries(PLAIN).map(([name, { settings }]) => [name, settings.map(() => 0)])),
  };
}

/** Adds one quiet run to the sums. */
export function runQuiet(sums: Quiet, seed: number, applications: number): void {
  const stream = new Stream(seed);
  const watch = new ChangeWatch();
  const plain = Object.entries(PLAIN).map(([name, { settings, make }]) => ({
    name,
    charts: settings.map((setting) => perFunder(() => make(setting))),
  }));
  const known = new Set<string>();
  for (let at = 1; at <= applications; at += 1) {
    for (const attempt of stream.next()) {
      sums.attempts += 1;
      watch.take(attempt.events);
      for (const { name, charts } of plain) {
        for (const [index, chart] of charts.entries())
          if (chart[attempt.funder]!.take(attempt.approved, attempt.said)) sums.plain[name]![index]! += 1;
      }
    }
    if (at % LOOK > 0) continue;
    for (const change of watch.changes()) {
      const name = `${change.funderId} ${change.figure} ${change.segment} ${change.raisedMs}`;
      if (known.has(name)) continue;
      known.add(name);
      const kind = `${change.figure} ${change.direction}${change.segment === '' ? '' : ` ${change.segment.split('/')[0]}`}`;
      sums.alarms[kind] = (sums.alarms[kind] ?? 0) + 1;
    }
  }
  sums.applications += applications;
}

/** What one planted run came to. Delays are applications at the funder, null: not within the horizon. */
export interface Planted {
  readonly delay: number | null;
  /** Whether a funder was blamed that had not changed. */
  readonly wronged: boolean;
  readonly cause: Change['cause'] | null;
  /** Of approvals of the whole: our figures less the truth, points of the rate, when the alarm came and 500 applications later. */
  readonly split: readonly { readonly traffic: number; readonly funder: number }[];
  readonly plain: Readonly<Record<string, { readonly delay: number | null; readonly wronged: boolean }>>;
}

export interface Plan {
  readonly turn: Turn;
  /** The alarm that is right, at funder 0; a trailing `/` takes any segment of that sort. */
  readonly figure: Change['figure'];
  readonly segment: string;
  /** Whether funder 0 has changed at all, and whether all seem to. */
  readonly guilty: boolean;
}

/** A monitor that has seen the quiet start of a seed, as saved. */
export function warmUp(seed: number): string {
  const stream = new Stream(seed);
  const watch = new ChangeWatch();
  for (let at = 0; at < WARM; at += 1) for (const { events } of stream.next()) watch.take(events);
  return JSON.stringify(watch.state);
}

export function runPlanted(seed: number, plan: Plan, warm: string, settings: Readonly<Record<string, number>>): Planted {
  const stream = new Stream(seed);
  const plain = Object.entries(settings).map(([name, setting]) => ({
    name,
    charts: perFunder(() => PLAIN[name]!.make(setting)),
    delay: null as number | null,
    wronged: false,
  }));
  const past = new Truth();
  for (let at = 0; at < WARM; at += 1) {
    for (const attempt of stream.next()) {
      past.add(attempt);
      for (const { charts } of plain) charts[attempt.funder]!.take(attempt.approved, attempt.said);
    }
  }
  const watch = new ChangeWatch(JSON.parse(warm) as ChangeState);
  const stood = new Set(watch.changes().map(nameOf));
  stream.turn(plan.turn);
  const since = new Truth();
  let found: { readonly delay: number; readonly cause: Change['cause'] } | null = null;
  let wronged = false;
  const split: { traffic: number; funder: number }[] = [];
  const most = (): number =>
    found === null ? HORIZON : Math.max(found.delay + AFTER + LOOK, plain.every(({ delay }) => delay !== null) ? 0 : HORIZON);
  const done = (): boolean => found !== null && since.n >= found.delay + AFTER && split.length !== 1;
  for (let at = 1; since.n < most(); at += 1) {
    for (const attempt of stream.next()) {
      since.add(attempt);
      if (!done()) watch.take(attempt.events);
      for (const each of plain) {
        if (!each.charts[attempt.funder]!.take(attempt.approved, attempt.said)) continue;
        if (attempt.funder === 0 && plan.guilty) each.delay ??= since.n;
        else each.wronged = true;
      }
    }
    if (at % 3 > 0 || done()) continue;
    for (const change of watch.changes()) {
      if (stood.has(nameOf(change))) continue;
      const own = change.funderId === 'fnd_0';
      if (change.cause === 'funder' && !(own && plan.guilty)) wronged = true;
      if (!own || change.figure !== plan.figure || change.segment !== plan.segment) continue;
      if (found === null) {
        found = { delay: since.n, cause: change.cause };
        if (isOfRates(plan)) split.push(since.less(past, change));
      } else if (split.length === 1 && since.n >= found.delay + AFTER) split.push(since.less(past, change));
    }
  }
  return {
    delay: found?.delay ?? null,
    cause: found?.cause ?? null,
    wronged,
    split,
    plain: Object.fromEntries(plain.map(({ name, delay, wronged: w }) => [name, { delay, wronged: w }])),
  };
}

/** What really was, at funder 0. */
class Truth {
  n = 0;
  #calm = 0;
  #live = 0;

  add({ funder, calm, live }: Attempt): void {
    if (funder !== 0) return;
    this.n += 1;
    this.#calm += calm;
    this.#live += live;
  }

  less(past: Truth, { byTraffic, byFunder }: Change): { traffic: number; funder: number } {
    const traffic = this.#calm / this.n - past.#calm / past.n;
    const funder = (this.#live - this.#calm) / this.n;
    return { traffic: 100 * (byTraffic - traffic), funder: 100 * (byFunder - funder) };
  }
}

/** The truth is known of the rate of approvals, of all people. */
function isOfRates({ figure, segment, turn }: Plan): boolean {
  return (figure === 'approval' || figure === 'traffic') && segment === '' && turn.hidden === undefined;
}

function nameOf({ funderId, figure, segment }: Change): string {
  return `${funderId} ${figure} ${segment}`;
}

function perFunder(make: () => Plain): Plain[] {
  return Array.from({ length: FUNDERS }, make);
}
