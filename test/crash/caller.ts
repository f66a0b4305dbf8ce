/** Calls to a server that may die at any moment. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Caller {
  /** Null when no whole answer came back: the server died, or was killed for it. */
  call(method: string, path: string, body?: string | Uint8Array | null, headers?: Readonly<Record<string, string>>): Promise<Answer | null>;
  close(): void;
}

const TIMEOUT_MS = 30_000;

export function createCaller(port: number, secret: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    call: (method, path, body = null, headers = {}) =>
      new Promise((resolve) => {
        const outgoing = request(
          {
            agent,
            host: '127.0.0.1',
            port,
            method,
            path,
            timeout: TIMEOUT_MS,
            headers: { authorization: `Bearer ${secret}`, ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers },
          },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('error', () => resolve(null));
            answer.on('close', () =>
              resolve(answer.complete ? { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: answer.headers } : null),
            );
          },
        );
        outgoing.on('error', () => resolve(null));
        outgoing.on('timeout', () => outgoing.destroy());
        outgoing.end(body ?? undefined);
      }),
    close: () => agent.destroy(),
  };
}
