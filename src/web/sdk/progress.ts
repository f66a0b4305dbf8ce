/** Follows an application by server-sent events read with `fetch`, which alone can send its token. After a break it goes on where it was. */
import { Refused, wait, type Send } from './sending.ts';

/** As the API answers it; more is in `/docs`. */
export interface Application {
  readonly id: string;
  readonly status: string;
  readonly client_token?: string;
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
  readonly needs: readonly { readonly kind: string }[];
  readonly offers: readonly unknown[];
}

const LONGEST_WAIT_MS = 30_000;
/** States after which nothing more comes. */
const ENDED = ['refused', 'declined', 'expired', 'withdrawn', 'erased', 'disbursed'];

/** Calls `onChange` with each state the application comes to. Returns what stops it. */
export function follow(
  send: Send,
  path: string,
  headers: Readonly<Record<string, string>>,
  onChange: (application: Application) => void,
): () => void {
  const stopped = new AbortController();
  void run();
  return () => stopped.abort();

  async function run(): Promise<void> {
    let last = '';
    let ended = false;
    let failed = 0;
    while (!ended && !stopped.signal.aborted) {
      try {
        const { reply } = await send(
          'GET',
          `${path}/events`,
          undefined,
          { ...headers, ...(last === '' ? {} : { 'last-event-id': last }) },
          stopped.signal,
        );
        await read(reply, (id, data) => {
          last = id;
          const application = JSON.parse(data) as Application;
          ended = ENDED.includes(application.status);
          onChange(application);
        });
        failed = 0;
      } catch (error) {
        if (error instanceof Refused && error.status < 500 && error.status !== 429) return;
        failed += 1;
        await wait(Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** failed));
      }
    }
  }
}

/** The events of a stream, each with its id and data. Resolves at its end. */
async function read(reply: Response, onEvent: (id: string, data: string) => void): Promise<void> {
  const reader = reply.body!.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = parts.pop()!;
    for (const part of parts) {
      const field = (name: string): string =>
        part
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? '';
      if (field('event') === 'status') onEvent(field('id'), field('data'));
    }
  }
}
