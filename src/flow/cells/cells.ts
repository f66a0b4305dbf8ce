/** What a desk asks of the cells below it. Every call rejects with `Unreachable` when the cell does not answer, or not in time. */
import type { ArmCount, ArmQuery, TrafficFilter } from '../../store/index.ts';
import type { TrafficPage } from '../desk/read-traffic.ts';

export interface TrafficQuery {
  readonly filter: TrafficFilter;
  /** Only applications of borrowers whose hash is below. */
  readonly below: number;
  /** Those after this id. */
  readonly after: string;
  /** Most applications to look at. */
  readonly limit: number;
}

export interface Cells {
  /** Their numbers are those below. */
  readonly count: number;
  trafficCount(cell: number, filter: TrafficFilter): Promise<number>;
  trafficPage(cell: number, query: TrafficQuery): Promise<TrafficPage>;
  armCounts(cell: number, query: ArmQuery): Promise<readonly ArmCount[]>;
}
