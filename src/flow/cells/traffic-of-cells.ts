/**
 * The past traffic of all cells as one, in the order of its ids: what a what-if comes to must not hang on who lives where. Of each cell one page at a time
 * is held, so that memory does not grow with the traffic. A cell that stays silent ends it: half of the traffic would look like the whole.
 */
import { backOffMs } from '../../domain/back-off.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PastCase, Traffic } from '../desk/read-traffic.ts';
import { Unreachable } from './away.ts';
import type { Cells } from './cells.ts';

/** Applications held of all cells together, and the most of one. */
const MOST_HELD = 2_000;
const MOST_PAGE = 200;
/** A cell that is being moved by the platform is back within seconds. */
const TRIES = 4;
const AGAIN_MS = 1_000;

interface Queue {
  readonly cell: number;
  cases: readonly PastCase[];
  /** Of `cases`, the next. */
  at: number;
  after: string | null;
}

export function trafficOfCells(cells: Cells, clock: Clock): Traffic {
  const limit = Math.max(5, Math.min(MOST_PAGE, Math.floor(MOST_HELD / cells.count)));
  const every = Array.from({ length: cells.count }, (_, cell) => cell);
  return {
    async count(filter) {
      const counts = await Promise.all(every.map((cell) => patiently(clock, () => cells.trafficCount(cell, filter))));
      return counts.reduce((sum, each) => sum + each, 0);
    },
    async *pages(filter, below) {
      let queues = every.map((cell): Queue => ({ cell, cases: [], at: 0, after: '' }));
      let looked = 0;
      const fill = async (queue: Queue): Promise<void> => {
        while (queue.at === queue.cases.length && queue.after !== null) {
          const after: string = queue.after;
          const page = await patiently(clock, () => cells.trafficPage(queue.cell, { filter, below, after, limit }));
          Object.assign(queue, { cases: page.cases, at: 0, after: page.upTo });
          looked += page.looked;
        }
      };
      for (;;) {
        await Promise.all(queues.map(fill));
        queues = queues.filter(({ cases, at }) => at < cases.length);
        yield { cases: [...inOrder(queues)], looked };
        looked = 0;
        if (queues.length === 0) return;
      }
    },
  };
}

/** The least of all heads, until a queue has run dry that may have more. */
function* inOrder(queues: readonly Queue[]): Generator<PastCase> {
  const idAt = ({ cases, at }: Queue): string => cases[at]!.id;
  let left = queues.filter(({ cases, at }) => at < cases.length);
  while (left.length > 0) {
    const next = left.reduce((least, each) => (idAt(each) < idAt(least) ? each : least));
    yield next.cases[next.at]!;
    next.at += 1;
    if (next.at < next.cases.length) continue;
    if (next.after !== null) return;
    left = left.filter((queue) => queue !== next);
  }
}

async function patiently<T>(clock: Clock, ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unreachable) || tries === TRIES) throw error;
      await clock.sleep(backOffMs(tries - 1, AGAIN_MS, 8_000));
    }
  }
}
