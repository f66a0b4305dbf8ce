/**
 * Changes of funders, found while the feed goes by: approval rate, amount granted, pace and errors of each funder, its channels and its bands.
 * In: events in their order. Out: the changes that stand, with how sure that is and how much of each is the traffic's. The state is plain data
 * of bounded size, the same to the byte however the feed was cut. It holds no id of any application, and reads no clock: time is the events'.
 */
import { chooseLimit, isSlow, type Pace } from './change-pace.ts';
import type { Chart, Standing } from './change-chart.ts';
import type { Direction } from './change-detector.ts';
import { Follower, nothingFollowed, standingOf, TRAFFIC, type Followed, type Manner } from './change-follower.ts';
import { observationsOf, type ChangeEvent, type Figure } from './change-observations.ts';

/** A change that stands. Rates are shares of 1. */
export interface Change {
  readonly funderId: string;
  readonly figure: Figure | 'traffic';
  readonly direction: Direction;
  /** '' is the funder as a whole; else `channel/<id>` or `band/<name>`. */
  readonly segment: string;
  /** When it began, as far as can be told, and when it was found; milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly raisedMs: number;
  /** Outcomes since it began. */
  readonly n: number;
  /** The raw rate in the past and since; `latency`: share above `limitMs`. */
  readonly before: number;
  readonly now: number;
  /** `now - before` = `byTraffic` + `byFunder`; the second is right within `error`, 95 of 100 times. */
  readonly byTraffic: number;
  readonly byFunder: number;
  readonly error: number;
  /** Probability that anything has changed at all. */
  readonly sure: number;
  /** Outcomes of late at all other funders together over what was expected of them; null where they are too few. */
  readonly others: number | null;
  /** Who changed. `traffic` also where the others fell or rose as this one did, though nobody can see in what the people differ. */
  readonly cause: 'funder' | 'traffic';
  readonly limitMs: number | null;
}

/** As it is saved: by `<funder>/<figure>`. */
export type ChangeState = Record<string, Followed & { pace?: Pace }>;

/**
 * At most so many outcomes to one false alarm. Together with how many charts an application moves this stays below one in 100,000 applications:
 * docs/monitoring.md has the sum.
 */
const SEGMENTS = 5_000_000;
const MANNERS: Readonly<Record<Figure, Manner>> = {
  approval: {
    whole: { down: 300_000, up: 1_000_000 },
    segment: { down: SEGMENTS, up: SEGMENTS },
    traffic: { down: 2_000_000, up: 2_000_000 },
    slack: 0,
  },
  amount: { whole: { down: 1_000_000, up: SEGMENTS }, segment: { down: SEGMENTS, up: SEGMENTS }, traffic: {}, slack: 0.1 },
  latency: { whole: { up: SEGMENTS }, segment: { up: SEGMENTS }, traffic: {}, slack: 0.25 },
  errors: { whole: { up: SEGMENTS }, segment: { up: SEGMENTS }, traffic: {}, slack: 0.5 },
};
/** Funders followed; what a further one does is not charted. */
const MOST = 400;
/** Expected outcomes below which the others do not say anything. */
const LEAST_OTHERS = 20;

/** Works on `state`, which it changes in place: hand it a copy of its own. */
export class ChangeWatch {
  readonly state: ChangeState;
  readonly #followers = new Map<string, Follower>();

  constructor(state: ChangeState = {}) {
    this.state = state;
  }

  take(events: readonly ChangeEvent[]): void {
    for (const event of events) {
      for (const { figure, funderId, levels, value } of observationsOf(event)) {
        const follower = this.#follower(funderId, figure);
        if (follower === null) continue;
        const x = figure === 'latency' ? isSlow(this.#pace(funderId), value) : value;
        if (x !== null) follower.take(levels, x, event.atMs);
      }
    }
  }

  /** The changes that stand, in the order of funders, figures and segments. */
  changes(): readonly Change[] {
    return Object.keys(this.state)
      .toSorted()
      .flatMap((name) => {
        const [funderId, figure] = name.split('/') as [string, Figure];
        return standingOf(this.state[name]!).map(([segment, change]) => this.#judge(funderId, figure, segment, change));
      });
  }

  #judge(funderId: string, figure: Figure, segment: string, standing: Standing): Change {
    const { direction, raisedMs, before, sums, sure } = standing;
    const isTraffic = segment === TRAFFIC;
    const n = Math.max(1, sums.n);
    const [now, likely] = [sums.outcome / n, sums.likely / n];
    const others = isTraffic ? null : this.#others(funderId, figure, segment);
    const byFunder = now - likely;
    return {
      funderId,
      figure: isTraffic ? 'traffic' : figure,
      direction,
      segment: isTraffic ? '' : segment,
      sinceMs: sums.sinceMs,
      raisedMs,
      n: sums.n,
      before,
      now,
      byTraffic: likely - before,
      byFunder,
      error: (1.96 * Math.sqrt(sums.square)) / n,
      sure,
      others: others === null ? null : others.ratio,
      cause: isTraffic || (others !== null && others.sure && sharesIt(others.ratio, now / Math.max(1e-9, likely))) ? 'traffic' : 'funder',
      limitMs: figure === 'latency' ? (this.state[`${funderId}/latency`]!.pace?.limitMs ?? null) : null,
    };
  }

  /** How the same segment fared at everybody else of late. */
  #others(funderId: string, figure: Figure, segment: string): { readonly ratio: number; readonly sure: boolean } | null {
    const charts = Object.entries(this.state).flatMap(([name, { charts: of }]): Chart[] => {
      const [other, its] = name.split('/');
      return other === funderId || its !== figure || of[segment] === undefined ? [] : [of[segment]];
    });
    const [outcome, likely, square] = charts.reduce((sum, { recent }) => [sum[0] + recent[0], sum[1] + recent[1], sum[2] + recent[2]], [0, 0, 0]);
    if (likely < LEAST_OTHERS) return null;
    return { ratio: outcome / likely, sure: Math.abs(outcome - likely) > 2 * Math.sqrt(square) };
  }

  #follower(funderId: string, figure: Figure): Follower | null {
    const name = `${funderId}/${figure}`;
    let follower = this.#followers.get(name);
    if (follower === undefined) {
      if (this.state[name] === undefined && Object.keys(this.state).length >= MOST * 4) return null;
      follower = new Follower(MANNERS[figure], (this.state[name] ??= nothingFollowed()));
      this.#followers.set(name, follower);
    }
    return follower;
  }

  #pace(funderId: string): Pace {
    const followed = this.state[`${funderId}/latency`]!;
    followed.pace ??= { limitMs: null, seen: {} };
    chooseLimit(followed.pace);
    return followed.pace;
  }
}

/** At least half of this funder's relative change, the same way. */
function sharesIt(others: number, own: number): boolean {
  const [theirs, ours] = [Math.log(Math.max(1e-9, others)), Math.log(Math.max(1e-9, own))];
  return theirs * ours > 0 && Math.abs(theirs) >= Math.abs(ours) / 2;
}
