/**
 * What the objects of one service ask of each other. Reached through the platform's bindings alone: the Worker in front lets no request
 * from outside through to these paths, and so nothing here is checked again.
 */
import { Hono } from 'hono';
import { historyHere } from '../../flow/cells/ask-elsewhere.ts';
import type { ElsewhereQuery, Holding, KnownDesk } from '../../flow/cells/away.ts';
import type { TrafficQuery } from '../../flow/cells/cells.ts';
import { deskChanges } from '../../flow/cells/desk-changes.ts';
import { heed } from '../../flow/cells/hold-quota.ts';
import { takeBatch, type Batch } from '../../flow/cells/take-batch.ts';
import type { Deps } from '../../flow/deps.ts';
import { takeSeen } from '../../flow/operators/session.ts';
import { readTraffic } from '../../flow/desk/read-traffic.ts';
import { receiveCallback } from '../../flow/receive-callback.ts';
import type { ArmQuery, TrafficFilter } from '../../store/index.ts';
import { IMPORTED } from '../../store/transfer/write-rows.ts';
import { fromWire, toWire } from './wire.ts';

export const INTERNAL = '/internal/';

/** Of the desk. */
export function deskInternal(deps: Deps): Hono {
  const app = shared(deps);
  app.post('/internal/desk', async (c) => Response.json(deskChanges(deps, await read<KnownDesk>(c.req.raw))));
  app.post('/internal/events', async (c) => {
    const { taken, cursor } = await takeBatch(deps, await read<Batch>(c.req.raw));
    return Response.json({ cursor }, { status: taken ? 200 : 409 });
  });
  app.post('/internal/quota', async (c) => {
    const heard = await heed(deps, await read<Holding>(c.req.raw));
    return Response.json(heard, { status: heard.lent === null ? 409 : 200 });
  });
  app.post('/internal/sessions/seen', async (c) => {
    await takeSeen(deps, (await read<{ hash: string }>(c.req.raw)).hash);
    return found({});
  });
  return app;
}

/** Of a cell. */
export function cellInternal(deps: Deps): Hono {
  const app = shared(deps);
  const { store } = deps;
  // Of those who applied before it was one of many, and of those erased then, there is nothing in any register: it is to be asked itself.
  const hasPast = store.desk.fact(IMPORTED) !== undefined;
  app.post('/internal/borrowers', async (c) => {
    const { phone, tombstone } = await read<{ phone: string; tombstone: string }>(c.req.raw);
    return found(store.applications.borrowerByPhone(phone) !== undefined || store.applications.tombstoneAt(tombstone) !== null ? {} : null);
  });
  app.post('/internal/orders', async (c) => {
    const { funderId, funderRef } = await read<{ funderId: string; funderRef: string }>(c.req.raw);
    return found(store.dispatch.byFunderRef(funderId, funderRef) === undefined ? null : {});
  });
  app.post('/internal/documents/give', async (c) => {
    const { id, channelId, cell } = await read<{ id: string; channelId: string; cell: number }>(c.req.raw);
    return found((await deps.commit((tx) => tx.cells.giveDocument(id, channelId, cell))) ?? null);
  });
  app.post('/internal/documents/taken', async (c) => {
    const { id, cell } = await read<{ id: string; cell: number }>(c.req.raw);
    await deps.commit((tx) => tx.cells.dropGiven(id, cell));
    return found({});
  });
  app.post('/internal/register', async (c) => {
    const { idIndex, cell } = await read<{ idIndex: string; cell: number }>(c.req.raw);
    const cells = await deps.commit((tx) => tx.cells.register(idIndex, cell, deps.clock.nowMs()));
    return found(hasPast && !cells.includes(deps.cell) ? [...cells, deps.cell] : cells);
  });
  app.post('/internal/traffic/count', async (c) => Response.json(store.traffic.count(await read<TrafficFilter>(c.req.raw))));
  app.post('/internal/traffic', async (c) => {
    const { filter, below, after, limit } = await read<TrafficQuery>(c.req.raw);
    return new Response(toWire(readTraffic(store, filter, below, after, limit)));
  });
  app.post('/internal/arms', async (c) => Response.json(store.desk.armCounts(await read<ArmQuery>(c.req.raw))));
  app.post('/internal/history', async (c) => found(historyHere(deps, await read<ElsewhereQuery>(c.req.raw))));
  return app;
}

/** A callback that was verified where it came in, and is verified again: it is the same code, and the same secrets. */
function shared(deps: Deps): Hono {
  const app = new Hono();
  app.post('/internal/callbacks/:funder/*', async (c) => {
    const url = new URL(c.req.url);
    const funderId = c.req.param('funder');
    const reply = await receiveCallback(
      deps,
      funderId,
      {
        path: url.pathname.slice(`/internal/callbacks/${funderId}`.length),
        query: Object.fromEntries(url.searchParams),
        headers: Object.fromEntries(c.req.raw.headers),
        body: new Uint8Array(await c.req.raw.arrayBuffer()),
      },
      true,
    );
    return reply === null ? found(null) : new Response(reply.body as BodyInit, { status: reply.status, headers: reply.headers });
  });
  app.onError((error) => {
    deps.log.error('internal.failed', { error: error.name });
    return new Response(null, { status: 500 });
  });
  return app;
}

async function read<T>(request: Request): Promise<T> {
  return fromWire(await request.text()) as T;
}

function found(body: unknown): Response {
  return body === null ? new Response(null, { status: 404 }) : Response.json(body);
}
