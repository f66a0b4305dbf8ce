/**
 * Follows one figure of one funder: as a whole, by channel and by band. In: outcomes in their order. It keeps the funder's calm past, charts over
 * it, and the changes that stand. The past is learnt late (an outcome counts for it only some five hundred outcomes later) and not at all while
 * a change stands, so that a change is not mistaken for the past while it is being found.
 */
import { newChart, step, stepStanding, type Chart, type Limits, type Standing } from './change-chart.ts';
import type { Seen } from './change-detector.ts';
import { addCells, countIn, isIn, keyOf, referenceOf, sizeOf, type Cells, type Levels, type Reference } from './change-reference.ts';

/** How one figure is followed. */
export interface Manner {
  /** At most one false alarm in so many outcomes: of the funder as a whole, and of each segment. */
  readonly whole: Limits;
  readonly segment: Limits;
  /** The same of the traffic: of the rate that is expected of those who come. */
  readonly traffic: Limits;
  /** Log-odds by which the figure moves without anybody calling it a change. */
  readonly slack: number;
}

/** As it is saved. */
export interface Followed {
  cells: Cells;
  /** Not yet past, oldest first. */
  blocks: Cells[];
  open: Cells;
  openN: number;
  charts: Record<string, Chart>;
  traffic: Chart;
}

/** The segment of a chart of the traffic. */
export const TRAFFIC = 'traffic';

const BLOCK = 125;
const BLOCKS = 4;
/** Outcomes of the past below which a funder, or one of its segments, is not judged. */
const LEAST = 500;
const LEAST_SEGMENT = 300;
/** Outcomes after which one counts half in the past. */
const HALF_LIFE = 10_000;
/** A segment's rate moves more than the whole's when traffic does: what is left of it over the reference's cells. */
const SEGMENT_SLACK = 0.05;
/** Campaigns come and go: what is expected of those who come may move by this share of it. */
const TRAFFIC_SLACK = 0.05;
const MOST_CHANNELS = 12;
const OTHER = 'other';
/** After so long what has changed is how it is now. */
export const WINDOW_MS = 72 * 3_600_000;

export function nothingFollowed(): Followed {
  return { cells: {}, blocks: [], open: {}, openN: 0, charts: {}, traffic: newChart() };
}

/** Changes that stand, by segment; that of the traffic under `TRAFFIC`. */
export function standingOf({ charts, traffic }: Followed): readonly (readonly [segment: string, Standing])[] {
  const all = [...Object.entries(charts), [TRAFFIC, traffic] as const];
  return all.flatMap(([segment, { standing }]) => (standing === null ? [] : [[segment, standing] as const]));
}

/** Works on `state`, which it changes in place. */
export class Follower {
  readonly state: Followed;
  readonly #manner: Manner;
  #reference: Reference;
  #channels: Set<string>;

  constructor(manner: Manner, state: Followed) {
    this.state = state;
    this.#manner = manner;
    this.#reference = referenceOf(state.cells);
    this.#channels = channelsOf(state);
  }

  /** Takes in one outcome in [0, 1] of a case with these levels. */
  take(levels: Levels, x: number, atMs: number): void {
    const { state } = this;
    const key = keyOf([levels[0], this.#channel(levels[1]), levels[2]]);
    if (this.#reference.n < LEAST) return this.#learn(key, x);
    const e = this.#reference.expect(key);
    const seen: Seen = { x, e, outcome: x, likely: e, atMs };
    this.#watchTraffic(seen);
    const segments = this.#segmentsOf(key);
    const affected = segments.find((segment) => state.charts[segment]?.standing);
    if (affected !== undefined) return this.#goOn(affected, state.charts[affected]!, key, seen);
    for (const segment of segments) {
      const limits = segment === '' ? this.#manner.whole : this.#manner.segment;
      const chart = (state.charts[segment] ??= newChart());
      if (!step(chart, seen, this.#slackOf(segment), limits, () => this.#reference.of(segment))) continue;
      countIn(chart.standing!.fresh, key, 1, x);
      return this.#setApart(segment);
    }
    this.#learn(key, x);
  }

  #segmentsOf(key: string): string[] {
    const [band, channel] = key.split('|');
    const parts = [...(channel === '' ? [] : [`channel/${channel}`]), ...(band === '' ? [] : [`band/${band}`])];
    // A change of the whole takes its segments along: they are not charted until it is over.
    if (this.state.charts['']?.standing) return [''];
    return ['', ...parts.filter((segment) => this.state.charts[segment] !== undefined || this.#reference.of(segment).n >= LEAST_SEGMENT)];
  }

  /** What the past itself does not know for sure is no change: one standard error of its rate. */
  #slackOf(segment: string): number {
    const { n, rate } = this.#reference.of(segment);
    const slack = this.#manner.slack + (segment === '' ? 0 : SEGMENT_SLACK);
    return slack + 1 / Math.sqrt(Math.max(1, n) * Math.max(0.001, rate * (1 - rate)));
  }

  #watchTraffic(seen: Seen): void {
    const { traffic } = this.state;
    const { expected, highest, rate, n } = this.#reference;
    // As a share of the highest: what a bet can win grows with how much of its range a figure fills.
    const mix: Seen = { ...seen, x: Math.min(1, seen.likely / highest), e: Math.min(0.98, expected / highest) };
    if (traffic.standing === null) step(traffic, mix, TRAFFIC_SLACK / (1 - mix.e), this.#manner.traffic, () => ({ n, rate }));
    else if (!stepStanding(traffic, traffic.standing, mix) && seen.atMs - traffic.standing.raisedMs >= WINDOW_MS) traffic.standing = null;
  }

  #goOn(segment: string, chart: Chart, key: string, seen: Seen): void {
    const { fresh, raisedMs } = chart.standing!;
    countIn(fresh, key, 1, seen.x);
    if (stepStanding(chart, chart.standing!, seen)) {
      this.#channels = channelsOf(this.state);
      return;
    }
    const enough = sizeOf(fresh) >= (segment === '' ? LEAST : LEAST_SEGMENT);
    if (seen.atMs - raisedMs < WINDOW_MS || !enough) return;
    this.state.cells = without(this.state.cells, segment);
    addCells(this.state.cells, fresh);
    this.state.charts = {};
    this.state.traffic = newChart();
    this.#refer();
  }

  /** What is not yet past and may already be of the change is not learnt; what was seen of the parts is of no use either, once the whole has changed. */
  #setApart(segment: string): void {
    const { state } = this;
    state.blocks = state.blocks.map((block) => without(block, segment));
    state.open = without(state.open, segment);
    if (segment === '') state.charts = { '': state.charts['']! };
    this.#channels = channelsOf(state);
  }

  #learn(key: string, x: number): void {
    const { state } = this;
    countIn(state.open, key, 1, x);
    state.openN += 1;
    if (state.openN < BLOCK) return;
    state.blocks.push(state.open);
    state.open = {};
    state.openN = 0;
    const due = this.#reference.n < LEAST ? state.blocks.length : state.blocks.length - BLOCKS;
    if (due <= 0) return;
    for (const block of state.blocks.splice(0, due)) {
      fade(state.cells, 2 ** (-sizeOf(block) / HALF_LIFE));
      addCells(state.cells, block);
    }
    this.#refer();
  }

  #refer(): void {
    this.#reference = referenceOf(this.state.cells);
    this.#channels = channelsOf(this.state);
  }

  /** A bounded number of channels, the first that come; the rest are one. */
  #channel(channel: string): string {
    if (channel === '' || this.#channels.has(channel)) return channel;
    if (this.#channels.size >= MOST_CHANNELS) return OTHER;
    this.#channels.add(channel);
    return channel;
  }
}

function channelsOf({ cells, blocks, open, charts }: Followed): Set<string> {
  const fresh = Object.values(charts).flatMap(({ standing }) => (standing === null ? [] : [standing.fresh]));
  return new Set([cells, ...blocks, open, ...fresh].flatMap((each) => Object.keys(each).map((key) => key.split('|')[1]!)));
}

function without(cells: Cells, segment: string): Cells {
  return Object.fromEntries(Object.entries(cells).filter(([key]) => !isIn(segment, key)));
}

/** Cells that have all but gone are dropped, so that a channel that left makes room. */
function fade(cells: Cells, keep: number): void {
  for (const [key, cell] of Object.entries(cells)) {
    cell[0] *= keep;
    cell[1] *= keep;
    if (cell[0] < 0.2) delete cells[key];
  }
}
