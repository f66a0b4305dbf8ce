/** A cell's way to the desk and to the other cells, and the desk's to the cells. */
import type { OutboundResponse } from '../../../adapters/contract.ts';
import type { Away, DeskChanges, Elsewhere, Heard } from '../../flow/cells/away.ts';
import { Unreachable } from '../../flow/cells/away.ts';
import type { Cells } from '../../flow/cells/cells.ts';
import type { TrafficPage } from '../../flow/desk/read-traffic.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ArmCount, DocumentRow } from '../../store/index.ts';
import { cellCount, DESK_CELL, homesOf, type Generations } from './generations.ts';
import { askJson, askRaw, type Ask } from './wire.ts';

export interface Neighbourhood {
  /** This cell's own number. */
  readonly cell: number;
  readonly generations: Generations;
  readonly desk: Ask;
  readonly cellAt: (cell: number) => Ask;
  readonly clock: Clock;
}

/** Headers that belong to one connection, or that the platform sets by itself. */
const OF_THE_WAY = new Set(['connection', 'content-length', 'host', 'transfer-encoding', 'keep-alive', 'expect']);

export function createAway({ cell, generations, desk, cellAt, clock }: Neighbourhood): Away {
  const count = cellCount(generations);
  const others = Array.from({ length: count }, (_, at) => at).filter((at) => at !== cell);
  const at = (other: number): Ask => (other === DESK_CELL ? desk : cellAt(other));
  return {
    hasCell: (other) => other < count || other === DESK_CELL,
    deskChanges: async (known) => must<DeskChanges>(await askJson(desk, clock, 'POST', '/internal/desk', known)),
    ship: async (after, events) => must<{ cursor: number }>(await askJson(desk, clock, 'POST', '/internal/events', { cell, after, events })).cursor,
    hold: async (holding) => must<Heard>(await askJson(desk, clock, 'POST', '/internal/quota', holding)),
    async forwardCallback(other, funderId, callback): Promise<OutboundResponse | null> {
      const query = new URLSearchParams(callback.query).toString();
      const headers = Object.fromEntries(Object.entries(callback.headers).filter(([name]) => !OF_THE_WAY.has(name))) as Record<string, string>;
      const path = `/internal/callbacks/${encodeURIComponent(funderId)}${callback.path}${query === '' ? '' : `?${query}`}`;
      const reply = await askRaw(at(other), clock, path, { headers, body: callback.body });
      if (reply.status === 404) return null;
      return { status: reply.status, headers: Object.fromEntries(reply.headers), body: new Uint8Array(await reply.arrayBuffer()) };
    },
    async cellOfOrder(funderId, funderRef) {
      const asked = await Promise.all(
        others.map(async (other) => {
          const has = await askJson(cellAt(other), clock, 'POST', '/internal/orders', { funderId, funderRef });
          return has === null ? null : other;
        }),
      );
      return asked.find((other) => other !== null) ?? null;
    },
    giveDocument: async (other, id, channelId) =>
      (await askJson(at(other), clock, 'POST', '/internal/documents/give', { id, channelId, cell })) as DocumentRow | null,
    documentTaken: async (other, id) => void (await askJson(at(other), clock, 'POST', '/internal/documents/taken', { id, cell })),
    async register(idIndex) {
      // In the home of every generation: whichever was the newest when the other applied, this one and that one meet in it.
      const told = await Promise.all(
        homesOf(idIndex, generations).map((home) => askJson(cellAt(home), clock, 'POST', '/internal/register', { idIndex, cell })),
      );
      return [...new Set(told.flatMap((cells) => must<readonly number[]>(cells)))].filter((other) => other !== cell && other < count);
    },
    sessionSeen: async (hash) => void (await askJson(desk, clock, 'POST', '/internal/sessions/seen', { hash })),
    historyAt: async (other, query) => must<Elsewhere>(await askJson(cellAt(other), clock, 'POST', '/internal/history', query)),
  };
}

/** Counting a cell's applications may take it seconds, and whoever asked is an operator. */
const COUNTING_MS = 10_000;

/** The desk's way to its cells. */
export function createCells({ generations, cellAt, clock }: Pick<Neighbourhood, 'generations' | 'cellAt' | 'clock'>): Cells {
  const ask = async <T>(cell: number, path: string, body: unknown): Promise<T> =>
    must<T>(await askJson(cellAt(cell), clock, 'POST', path, body, COUNTING_MS));
  return {
    count: cellCount(generations),
    trafficCount: (cell, filter) => ask<number>(cell, '/internal/traffic/count', filter),
    trafficPage: (cell, query) => ask<TrafficPage>(cell, '/internal/traffic', query),
    armCounts: (cell, query) => ask<readonly ArmCount[]>(cell, '/internal/arms', query),
  };
}

function must<T>(answer: unknown): T {
  if (answer === null) throw new Unreachable('not found');
  return answer as T;
}
