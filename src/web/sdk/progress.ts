/** Follows an application by its events. After a break it goes on where it was. */
import { ENDED, readEvents } from '../shared/progress.ts';
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
        await readEvents(reply.body!, (id, data) => {
          last = id;
          const application = JSON.parse(data) as Application;
          ended = ENDED.has(application.status);
          onChange(application);
          return ended;
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
