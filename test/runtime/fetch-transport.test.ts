import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OutboundRequest, SendOptions, SendOutcome } from '../../src/ports/transport.ts';
import { createFetchTransport } from '../../src/runtime/fetch-transport.ts';
import { createManualClock, type ManualClock } from '../dispatch/manual-clock.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const URL_ = 'https://funder.example/apply';
let clock: ManualClock;
beforeEach(() => {
  clock = createManualClock();
});
const request = (more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'POST',
  url: URL_,
  headers: { 'content-type': 'application/json' },
  body: '{}',
  ...more,
});
const options = (more: Partial<SendOptions> = {}): SendOptions => ({ timeoutMs: 5_000, maxBodyBytes: 65_536, target: 'trusted', ...more });
const send = (one: OutboundRequest, how = options(), fetch = globalThis.fetch): Promise<SendOutcome> =>
  createFetchTransport({ fetch, clock }).send(one, how);
const text = (outcome: SendOutcome): string => (outcome.kind === 'response' ? new TextDecoder().decode(outcome.response.body) : outcome.kind);
const failing = (error: unknown) => (): Promise<Response> => Promise.reject(error);

describe('a response', () => {
  test('comes whole, and the timer is taken down', async () => {
    server.use(
      http.post(URL_, async ({ request: seen }) =>
        HttpResponse.text(await seen.text(), { status: 201, headers: { 'X-Saw': seen.headers.get('x-sign') ?? '' } }),
      ),
    );
    const outcome = await send(request({ body: '张三', headers: { 'X-Sign': 's1' } }));
    expect(outcome).toMatchObject({ kind: 'response', response: { status: 201, headers: { 'x-saw': 's1' } } });
    expect(text(outcome)).toBe('张三');
    expect(clock.pending).toBe(0);
  });

  test('bytes arrive as they were given', async () => {
    server.use(http.put(URL_, async ({ request: seen }) => HttpResponse.arrayBuffer(await seen.arrayBuffer())));
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(await send(request({ method: 'PUT', body }))).toMatchObject({ response: { body } });
  });

  test('cookies are joined as the other transport joins them', async () => {
    const response = new Response('', {
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-thing', 'v'],
      ],
    });
    expect(await send(request(), options(), () => Promise.resolve(response))).toMatchObject({
      response: { headers: { 'set-cookie': 'a=1, b=2', 'x-thing': 'v' } },
    });
  });

  test.each([204, 400, 404, 500, 503])('%i is an answer like any other', async (status) => {
    server.use(http.get(URL_, () => new HttpResponse(null, { status })));
    expect(await send(request({ method: 'GET', body: null }))).toEqual({
      kind: 'response',
      response: { status, headers: {}, body: new Uint8Array(0) },
    });
  });

  test.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    let followed = false;
    server.use(
      http.post(URL_, () => new HttpResponse(null, { status, headers: { location: 'https://elsewhere.example/' } })),
      http.all('https://elsewhere.example/', () => ((followed = true), HttpResponse.text('secret'))),
    );
    expect(await send(request())).toMatchObject({ kind: 'response', response: { status, headers: { location: 'https://elsewhere.example/' } } });
    expect(followed).toBe(false);
  });
});

describe('what is lost', () => {
  test('no answer within the budget, on the clock port', async () => {
    server.use(http.post(URL_, () => new Promise<never>(() => {})));
    const sent = send(request(), options({ timeoutMs: 2_000 }));
    let settled = false;
    void sent.finally(() => (settled = true));
    await clock.advance(1_999);
    expect(settled).toBe(false);
    await clock.advance(1);
    expect(await sent).toEqual({ kind: 'lost', why: 'timeout' });
  });

  test('a body that never ends within the budget', async () => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('beginning')) });
    const hangs: typeof globalThis.fetch = (_, init) => {
      init?.signal?.addEventListener('abort', () => void body.cancel().catch(() => {}));
      const aborted = new Promise<never>((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
      );
      aborted.catch(() => {});
      const response = new Response(body);
      const reader = response.body!.getReader();
      return Promise.resolve(
        new Response(new ReadableStream({ pull: async (controller) => controller.enqueue((await Promise.race([reader.read(), aborted])).value) })),
      );
    };
    const sent = send(request(), options({ timeoutMs: 1_000 }), hangs);
    await clock.advance(1_000);
    expect(await sent).toEqual({ kind: 'lost', why: 'timeout' });
  });

  test('a failed fetch, whatever it throws', async () => {
    server.use(http.post(URL_, () => HttpResponse.error()));
    expect(await send(request())).toEqual({ kind: 'lost', why: 'reset' });
    for (const error of [new TypeError('network connection lost'), new Error('x', { cause: { code: 'ECONNRESET' } }), 'a string', null]) {
      expect(await send(request(), options(), failing(error))).toEqual({ kind: 'lost', why: 'reset' });
    }
    expect(clock.pending).toBe(0);
  });

  test('a body broken off in the middle', async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(10));
        controller.error(new Error('reset'));
      },
    });
    expect(await send(request(), options(), () => Promise.resolve(new Response(broken)))).toEqual({ kind: 'lost', why: 'reset' });
  });

  test('a body over the limit: declared, or found out while it streams', async () => {
    server.use(
      http.post(URL_, () => HttpResponse.text('x'.repeat(1_001))),
      http.get(URL_, () => HttpResponse.text('x'.repeat(1_000))),
    );
    expect(await send(request(), options({ maxBodyBytes: 1_000 }))).toEqual({ kind: 'lost', why: 'body_too_large' });
    expect(text(await send(request({ method: 'GET', body: null }), options({ maxBodyBytes: 1_000 })))).toHaveLength(1_000);

    let pulled = 0;
    let signal: AbortSignal | null | undefined;
    const endless = new ReadableStream({ pull: (controller) => ((pulled += 1), controller.enqueue(new Uint8Array(400))) });
    const outcome = await send(
      request(),
      options({ maxBodyBytes: 1_000 }),
      (_, init) => ((signal = init?.signal), Promise.resolve(new Response(endless))),
    );
    expect(outcome).toEqual({ kind: 'lost', why: 'body_too_large' });
    expect(pulled).toBeLessThan(6);
    expect(signal?.aborted).toBe(true);
  });
});

describe('what is refused', () => {
  test.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'connect'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect'],
  ])('a cause that names %s: %s', async (code, why) => {
    expect(await send(request(), options(), failing(new TypeError('fetch failed', { cause: { code } })))).toEqual({ kind: 'refused', why });
  });

  const never = (): Promise<Response> => {
    throw new Error('must not be called');
  };
  test.each(['', 'nonsense', 'ftp://funder.example/', '/relative', 'data:text/plain,x', 'https://user:pw@funder.example/'])(
    '%j is no address',
    async (url) => {
      expect(await send(request({ url }), options(), never)).toEqual({ kind: 'refused', why: 'bad_url' });
    },
  );
  test.each([{ headers: { 'x-sign': 'a\r\nx-evil: b' } }, { headers: { 'bad name': 'x' } }])('headers that cannot be sent: %j', async (more) => {
    expect(await send(request(more), options(), never)).toEqual({ kind: 'refused', why: 'bad_url' });
  });
  test.each([
    'http://127.1/',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/',
    'http://localhost/',
    'http://redis:8080/',
    'https://receiver.example:6379/',
  ])('a guarded target at %s', async (url) =>
    expect(await send(request({ url }), options({ target: 'guarded' }), never)).toEqual({ kind: 'refused', why: 'blocked_target' }),
  );

  test('a guarded target in public is called, and loopback in the sandbox', async () => {
    server.use(
      http.post(URL_, () => HttpResponse.text('ok')),
      http.post('http://127.0.0.1:8787/hook', () => HttpResponse.text('ok')),
    );
    expect(text(await send(request(), options({ target: 'guarded' })))).toBe('ok');
    const sandbox = createFetchTransport({ fetch: globalThis.fetch, clock, allowLoopback: true });
    expect(text(await sandbox.send(request({ url: 'http://127.0.0.1:8787/hook' }), options({ target: 'guarded' })))).toBe('ok');
  });
});
