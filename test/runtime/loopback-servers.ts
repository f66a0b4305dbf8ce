/** Servers on loopback that do what a test tells them; taken down after each test. */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Runs `close` after the test, before whatever was registered earlier. */
export function atEnd(close: () => unknown): void {
  closers.push(close);
}

export function http(handler: RequestListener): Promise<number> {
  return listen(createHttpServer(handler));
}

/** A server that answers with raw bytes, or does what it likes with the socket; `seen` counts what arrived. */
export async function tcp(
  onRequest: (socket: Socket, count: number) => void,
): Promise<{ readonly port: number; readonly seen: { connections: number; requests: number } }> {
  const seen = { connections: 0, requests: 0 };
  const port = await listen(
    createTcpServer((socket) => {
      seen.connections += 1;
      socket.on('data', () => onRequest(socket, (seen.requests += 1)));
    }),
  );
  return { port, seen };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {})));
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
