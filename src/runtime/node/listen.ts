/**
 * Listening. libuv takes one new connection of a socket in each turn of the event loop, and a turn under load has tens of commits in it: with one
 * socket a crowd of new phones would wait for seconds while those who are in already are answered at once. So there are several on the one port,
 * over which Linux spreads who comes.
 */
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import { createServer, type AddressInfo, type Server } from 'node:net';

export type Handler = (request: Request, env: HttpBindings) => Response | Promise<Response>;
export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Takes no more connections, waits for replies under way, and after `mostMs` cuts what is left. */
  close(mostMs: number): Promise<void>;
}

/** Only there can sockets share a port. */
const SOCKETS = process.platform === 'linux' ? 8 : 1;

/** Port 0 takes a free one. Rejects when the port cannot be had; another instance of ours would else be let share it. */
export async function listen(fetch: Handler, { port, host }: { readonly port: number; readonly host: string }): Promise<Listening> {
  const http = createAdaptorServer({ fetch: fetch as never });
  const reusePort = SOCKETS > 1;
  if (reusePort && port !== 0) await closed(await opened(createServer(), { port, host }));
  await opened(http, { port, host, reusePort });
  const { address, family, port: taken } = http.address() as AddressInfo;
  // As Node's own HTTP server sets up its socket.
  const more = Array.from({ length: SOCKETS - 1 }, () =>
    createServer({ allowHalfOpen: true, noDelay: true }, (socket) => http.emit('connection', socket)),
  );
  await Promise.all(more.map((server) => opened(server, { port: taken, host, reusePort })));
  return {
    port: taken,
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    async close(mostMs) {
      // A connection that falls idle only after the close would otherwise be waited for until its keep-alive ends.
      const sweep = setInterval(() => ('closeIdleConnections' in http ? http.closeIdleConnections() : undefined), 50);
      const cut = setTimeout(() => ('closeAllConnections' in http ? http.closeAllConnections() : undefined), mostMs);
      await Promise.all([http, ...more].map(closed));
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

function opened<S extends Server | ServerType>(
  server: S,
  how: { readonly port: number; readonly host: string; readonly reusePort?: boolean },
): Promise<S> {
  return new Promise((resolve, reject) => {
    // Kept: a connection that cannot be taken later is told here too, and must not end the process.
    server.on('error', reject);
    server.listen(how, () => resolve(server));
  });
}

function closed(server: Server | ServerType): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
