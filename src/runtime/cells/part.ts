/** One object of a service of many, cell or desk, as something that answers requests. The same in a Durable Object and in a test. */
import { createApp } from '../../http/app.ts';
import type { HttpOptions } from '../../http/context.ts';
import { problem } from '../../domain/failures.ts';
import { problemResponse } from '../../http/problem.ts';
import type { Away } from '../../flow/cells/away.ts';
import type { Service } from '../instance.ts';
import { createDeskCopy } from './desk-copy.ts';
import { REVISION } from './front.ts';
import { cellInternal, deskInternal, INTERNAL } from './internal.ts';
import type { Ask } from './wire.ts';

export interface Part {
  readonly answer: Ask;
  /** For when it wakes by itself. */
  wake(): void;
}
type Http = Omit<HttpOptions, 'deps' | 'busy' | 'reloadDesk'>;

export function createCell(service: Service, away: Away, http: Http): Part {
  const { deps } = service;
  const reload = (): void => service.desk.reload();
  const copy = createDeskCopy(deps, away, reload);
  const app = createApp({ ...http, deps, busy: service.busy, reloadDesk: reload });
  const internal = cellInternal(deps);
  return {
    async answer(request) {
      // Only a funder's word needs what the desk knows.
      if (isInternal(request) && !isCallback(request)) return internal.fetch(request);
      const ready = await copy.ready(Number(request.headers.get(REVISION)));
      if (ready) return isInternal(request) ? internal.fetch(request) : app.fetch(request);
      return starting(request);
    },
    wake: () => copy.refresh(),
  };
}

export function createDesk(service: Service, http: Http): Part {
  const { deps } = service;
  const app = createApp({ ...http, deps, busy: service.busy, reloadDesk: () => service.desk.reload() });
  const internal = deskInternal(deps);
  return {
    async answer(request) {
      if (isInternal(request)) return internal.fetch(request);
      const reply = await app.fetch(request);
      // By this the cells hear at once that they are out of date.
      const told = new Response(reply.body, reply);
      told.headers.set(REVISION, String(deps.store.cells.revision()));
      return told;
    },
    wake: () => undefined,
  };
}

/** What a part says that cannot answer yet. */
export function starting(request: Request): Response {
  const problem503 = problem('overloaded', '服务正在启动，请稍后再试', 'the service is starting; try again', { retryAfterS: 1 });
  return problemResponse(problem503, 'zh', request.headers.get('x-request-id') ?? 'req_starting');
}

function isCallback(request: Request): boolean {
  return new URL(request.url).pathname.startsWith(`${INTERNAL}callbacks/`);
}

function isInternal(request: Request): boolean {
  return new URL(request.url).pathname.startsWith(INTERNAL);
}
