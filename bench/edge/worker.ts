/**
 * The Worker of the benchmark: the real one, with a way past its front to one cell, and with objects that count what is asked of them and of their storage.
 * Only the benchmark deploys it. In: what the real one takes; `/direct/…`, forwarded straight to cell 0; `/bench/…`, questions of the benchmark.
 */
import type { Bindings } from '../../src/runtime/cloudflare/environment.ts';
import type { DurableObjectState } from '../../src/runtime/cloudflare/platform.ts';
import front, { Cell as RealCell, Desk as RealDesk } from '../../src/runtime/cloudflare/worker.ts';
import { countedState, newCounts, tablesOf, type Counted, type Counts } from './counts.ts';

interface BenchBindings extends Bindings {
  /** `1`: storage is watched, which costs some of the speed. */
  readonly BENCH_COUNT?: string;
  readonly MILLRACE_CELLS: string;
}

const DIRECT = '/direct';
const COUNTS = '/bench/counts';
const REPLAY = '/bench/replay';

export class Cell extends RealCell {
  readonly #counts: Counts;
  readonly #state: DurableObjectState;

  constructor(state: DurableObjectState, env: BenchBindings) {
    const counts = newCounts();
    super(env.BENCH_COUNT === '1' ? countedState(state, counts) : state, env);
    this.#counts = counts;
    this.#state = state;
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === COUNTS) return Response.json(tablesOf(this.#state, this.#counts));
    this.#counts.heard(pathname);
    return super.fetch(request);
  }

  override alarm(): Promise<void> {
    this.#counts.alarms += 1;
    return super.alarm();
  }
}

export class Desk extends RealDesk {
  readonly #counts: Counts;
  readonly #state: DurableObjectState;
  /** The last batch of events that a cell sent, as it was sent. */
  #batch = '';

  constructor(state: DurableObjectState, env: BenchBindings) {
    const counts = newCounts();
    super(env.BENCH_COUNT === '1' ? countedState(state, counts) : state, env);
    this.#counts = counts;
    this.#state = state;
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === COUNTS) return Response.json(tablesOf(this.#state, this.#counts));
    if (pathname === REPLAY) return this.#replay(await request.json());
    this.#counts.heard(pathname);
    if (pathname !== '/internal/events') return super.fetch(request);
    const text = await request.text();
    if (text.length > this.#batch.length) this.#batch = text;
    return super.fetch(new Request(request.url, { method: 'POST', headers: request.headers, body: text }));
  }

  override alarm(): Promise<void> {
    this.#counts.alarms += 1;
    return super.alarm();
  }

  /** Takes the largest batch heard so far again and again, as the next one of a cell that there is not. */
  async #replay({ cell, batches }: { readonly cell: number; readonly batches: number }): Promise<Response> {
    const { events } = JSON.parse(this.#batch) as { events: { seq: number }[] };
    let after = 0;
    for (let n = 0; n < batches; n += 1) {
      const renumbered = events.map((event, at) => ({ ...event, seq: after + at + 1 }));
      const body = JSON.stringify({ cell, after, events: renumbered });
      const reply = await super.fetch(new Request('http://millrace.internal/internal/events', { method: 'POST', body }));
      if (!reply.ok) throw new Error(`the desk answered a batch with ${reply.status}`);
      after += events.length;
    }
    return Response.json({ events: after });
  }
}

export default {
  async fetch(request: Request, env: BenchBindings): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.startsWith(`${DIRECT}/`)) {
      url.pathname = url.pathname.slice(DIRECT.length);
      return env.CELL.get(env.CELL.idFromName('0')).fetch(new Request(url, request));
    }
    if (url.pathname === REPLAY) return deskOf(env).fetch(request);
    if (url.pathname === COUNTS) return Response.json(await countsOf(env));
    return front.fetch(request, env);
  },
};

/** Every object's own, the desk's last. */
async function countsOf(env: BenchBindings): Promise<Counted[]> {
  const cells = Number(env.MILLRACE_CELLS.split(',').at(-1));
  const objects = [...Array.from({ length: cells }, (_, cell) => env.CELL.get(env.CELL.idFromName(String(cell)))), deskOf(env)];
  return Promise.all(objects.map(async (object) => (await (await object.fetch(new Request(`http://bench${COUNTS}`))).json()) as Counted));
}

function deskOf(env: BenchBindings) {
  return env.DESK.get(env.DESK.idFromName('desk'));
}
