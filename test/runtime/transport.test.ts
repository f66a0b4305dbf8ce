import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutboundRequest, SendOptions, SendOutcome } from '../../src/ports/transport.ts';
import { createUndiciTransport, type ClosableTransport, type UndiciTransportOptions } from '../../src/runtime/node/transport.ts';
import { atEnd, closedPort, http, tcp } from './loopback-servers.ts';

function transport(options: UndiciTransportOptions = {}): ClosableTransport {
  const made = createUndiciTransport(options);
  atEnd(() => made.close());
  return made;
}
/** A socket is free again one turn after its answer came; without the pause the next request would open another. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const post = (port: number, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'POST',
  url: `http://127.0.0.1:${port}/apply`,
  headers: { 'content-type': 'application/json' },
  body: '{}',
  ...more,
});
const options = (more: Partial<SendOptions> = {}): SendOptions => ({ timeoutMs: 5_000, maxBodyBytes: 65_536, target: 'trusted', ...more });
const text = (outcome: SendOutcome): string => (outcome.kind === 'response' ? new TextDecoder().decode(outcome.response.body) : outcome.kind);

describe('a response', () => {
  test('comes whole: status, lower-case headers, plain bytes', async () => {
    const port = await http((request, response) => {
      request.pipe(response.writeHead(201, { 'X-Thing': 'Value', 'Set-Cookie': ['a=1', 'b=2'], 'content-type': 'text/plain' }));
    });
    const outcome = await transport().send(post(port, { body: '张三' }), options());
    expect(outcome).toMatchObject({
      kind: 'response',
      response: { status: 201, headers: { 'x-thing': 'Value', 'set-cookie': 'a=1, b=2', 'content-type': 'text/plain' } },
    });
    expect(text(outcome)).toBe('张三');
    if (outcome.kind === 'response') expect(Object.getPrototypeOf(outcome.response.body)).toBe(Uint8Array.prototype);
  });

  test('method, path, query, headers and any bytes arrive as they were given', async () => {
    const port = await http((request, response) => {
      response.writeHead(200, {
        'x-saw': `${request.method} ${request.url} ${String(request.headers['x-sign'])} ${request.headers['content-length']}`,
      });
      request.pipe(response);
    });
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const outcome = await transport().send(
      post(port, { method: 'PUT', url: `http://127.0.0.1:${port}/a/b?c=%E5%BC%A0&d=1#gone`, headers: { 'X-Sign': 's1' }, body }),
      options(),
    );
    expect(outcome).toMatchObject({ response: { headers: { 'x-saw': 'PUT /a/b?c=%E5%BC%A0&d=1 s1 256' }, body } });
  });

  test.each(['GET', 'DELETE', 'POST'] as const)('%s without a body', async (method) => {
    const port = await http((request, response) => response.end(request.method));
    expect(text(await transport().send(post(port, { method, body: null }), options()))).toBe(method);
  });

  test.each([204, 400, 404, 500, 503])('%i is an answer like any other', async (status) => {
    const port = await http((_, response) => response.writeHead(status).end());
    expect(await transport().send(post(port), options())).toMatchObject({ kind: 'response', response: { status } });
  });

  test.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    let seen = 0;
    const port = await http((_, response) => response.writeHead(status, { location: `/elsewhere/${(seen += 1)}` }).end());
    expect(await transport().send(post(port), options())).toMatchObject({
      kind: 'response',
      response: { status, headers: { location: '/elsewhere/1' } },
    });
    expect(seen).toBe(1);
  });

  test('early hints are passed over', async () => {
    const { port } = await tcp((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${OK}`));
    expect(await transport().send(post(port), options())).toMatchObject({ response: { status: 200, headers: { 'content-length': '2' } } });
  });

  test('sockets are kept: one after another goes over one connection', async () => {
    const { port, seen } = await tcp((socket) => socket.write(OK));
    const sender = transport();
    for (let round = 0; round < 5; round += 1) {
      expect(text(await sender.send(post(port), options()))).toBe('ok');
      await turn();
    }
    expect(seen).toEqual({ connections: 1, requests: 5 });
  });

  test('no pipelining: at once means over as many connections', async () => {
    const { port, seen } = await tcp((socket) => setImmediate(() => socket.write(OK)));
    const sender = transport();
    await Promise.all(Array.from({ length: 4 }, () => sender.send(post(port), options())));
    expect(seen).toEqual({ connections: 4, requests: 4 });
  });
});

describe('refused: certainly nothing was sent', () => {
  test('a closed port', async () => {
    expect(await transport().send(post(await closedPort()), options())).toEqual({ kind: 'refused', why: 'connect' });
  });

  test.each([
    ['fails', () => Promise.reject(new Error('no such name'))],
    ['finds nothing', () => Promise.resolve([])],
  ])('a look-up that %s', async (_, lookup) => {
    expect(await transport({ lookup }).send(post(1, { url: 'http://nowhere.example/' }), options())).toEqual({ kind: 'refused', why: 'dns' });
  });

  test.each(['', 'nonsense', 'ftp://127.0.0.1/', '//127.0.0.1/', 'http://user:pw@127.0.0.1/', 'unix:/var/run/docker.sock'])(
    '%j is no address of a trusted target',
    async (url) => {
      expect(await transport().send(post(1, { url }), options())).toEqual({ kind: 'refused', why: 'bad_url' });
    },
  );

  test.each([[{ 'x-sign': 'a\r\nx-evil: b' }], [{ 'bad name': 'x' }], [{ 'content-length': '99' }], [{ 'transfer-encoding': 'chunked' }]])(
    'headers that cannot be sent: %j',
    async (headers) => {
      const { port, seen } = await tcp((socket) => socket.write(OK));
      expect(await transport().send(post(port, { headers }), options())).toEqual({ kind: 'refused', why: 'bad_url' });
      expect(seen.requests).toBe(0);
    },
  );

  test('a timeout before the connection stands; and it is not sent when it stands at last', async () => {
    const { port, seen } = await tcp((socket) => socket.write(OK));
    const { promise, resolve } = Promise.withResolvers<readonly { address: string; family: number }[]>();
    const sender = transport({ lookup: () => promise });
    const url = `http://slow-dns.example:${port}/`;
    expect(await sender.send(post(port, { url }), options({ timeoutMs: 20 }))).toEqual({ kind: 'refused', why: 'connect' });
    resolve([{ address: '127.0.0.1', family: 4 }]);
    expect(text(await sender.send(post(port, { url }), options()))).toBe('ok');
    expect(seen.requests).toBe(1);
  });

  test('a timeout while waiting for a free socket; the socket goes on to the next', async () => {
    const held: Socket[] = [];
    const { port, seen } = await tcp((socket, count) => (count === 1 ? held.push(socket) : socket.write(OK)));
    const sender = transport({ maxSockets: 1 });
    const first = sender.send(post(port), options());
    expect(await sender.send(post(port), options({ timeoutMs: 30 }))).toEqual({ kind: 'refused', why: 'connect' });
    const third = sender.send(post(port), options());
    held[0]!.write(OK);
    expect([text(await first), text(await third)]).toEqual(['ok', 'ok']);
    expect(seen).toEqual({ connections: 1, requests: 2 });
  });
});

describe('lost: it may have arrived', () => {
  test('no answer within the budget', async () => {
    const { port, seen } = await tcp(() => {});
    expect(await transport().send(post(port), options({ timeoutMs: 40 }))).toEqual({ kind: 'lost', why: 'timeout' });
    expect(seen.requests).toBe(1);
  });

  test('the budget is for the whole exchange, however often a byte comes', async () => {
    const { port } = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('.'), 5);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await transport().send(post(port), options({ timeoutMs: 60 }))).toEqual({ kind: 'lost', why: 'timeout' });
  });

  test.each([
    ['closed without an answer', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['closed in the middle of the headers', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
    ['closed in the middle of the body', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789')],
    [
      'reset in the middle of the body',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n012', () => socket.resetAndDestroy()),
    ],
    ['closed in the middle of a chunk', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc')],
    ['not HTTP', (socket: Socket) => socket.end('\u0000\u0001 garbage \r\n\r\n')],
    [
      'an upgrade nobody asked for',
      (socket: Socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    ],
  ])('%s', async (_, onRequest) => {
    const { port, seen } = await tcp(onRequest);
    expect(await transport().send(post(port), options())).toEqual({ kind: 'lost', why: 'reset' });
    expect(seen.requests).toBe(1);
  });

  test.each(['POST', 'GET'] as const)('a kept socket that dies under the second %s; it is not sent again', async (method) => {
    const { port, seen } = await tcp((socket, count) => (count === 1 ? socket.write(OK) : socket.resetAndDestroy()));
    const sender = transport();
    expect(text(await sender.send(post(port, { method, body: null }), options()))).toBe('ok');
    await turn();
    expect(await sender.send(post(port, { method, body: null }), options())).toEqual({ kind: 'lost', why: 'reset' });
    expect(seen).toEqual({ connections: 1, requests: 2 });
  });

  test('a kept socket closed in good time is simply replaced', async () => {
    const { port, seen } = await tcp((socket) => socket.end(OK));
    const sender = transport();
    for (let round = 0; round < 3; round += 1) expect(text(await sender.send(post(port), options()))).toBe('ok');
    expect(seen).toEqual({ connections: 3, requests: 3 });
  });

  test('closing the transport loses what is under way', async () => {
    const { port } = await tcp(() => {});
    const sender = createUndiciTransport();
    const sent = sender.send(post(port), options());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await sender.close();
    expect(await sent).toEqual({ kind: 'lost', why: 'reset' });
  });
});

describe('the size limit', () => {
  const sized = (bytes: number): string => `HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;
  test('is inclusive', async () => {
    const { port } = await tcp((socket, count) => socket.write(sized(count === 1 ? 1_000 : 1_001)));
    const sender = transport();
    expect(text(await sender.send(post(port), options({ maxBodyBytes: 1_000 })))).toHaveLength(1_000);
    expect(await sender.send(post(port), options({ maxBodyBytes: 1_000 }))).toEqual({ kind: 'lost', why: 'body_too_large' });
  });

  test('cuts off an endless body while it streams', async () => {
    const closed = Promise.withResolvers<void>();
    const { port } = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const pour = setInterval(() => socket.write(`1000\r\n${'x'.repeat(4_096)}\r\n`), 1);
      socket.on('close', () => {
        clearInterval(pour);
        closed.resolve();
      });
    });
    expect(await transport().send(post(port), options({ maxBodyBytes: 20_000 }))).toEqual({ kind: 'lost', why: 'body_too_large' });
    await closed.promise;
  });

  test('headers have one too', async () => {
    const { port } = await tcp((socket) => socket.write(`HTTP/1.1 200 OK\r\nx-big: ${'x'.repeat(20_000)}\r\n\r\n`));
    expect(await transport().send(post(port), options())).toEqual({ kind: 'lost', why: 'body_too_large' });
  });
});

describe('guarded targets', () => {
  const guarded = options({ target: 'guarded' });
  const at = (address: string) => () => Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);

  test('no way to write loopback gets through, and nothing is dialled', async () => {
    const { port, seen } = await tcp((socket) => socket.write(OK));
    const sender = transport();
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '017700000001',
      '１２７.０.０.１',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[64:ff9b::7f00:1]',
      'localhost',
      '0',
    ]) {
      expect(await sender.send(post(port, { url: `http://${host}:${port}/` }), guarded)).toEqual({ kind: 'refused', why: 'blocked_target' });
    }
    expect(seen.connections).toBe(0);
  });

  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fd00::1', '::ffff:127.0.0.1'])(
    'a name that resolves to %s is refused',
    async (address) => {
      const { port, seen } = await tcp((socket) => socket.write(OK));
      expect(await transport({ lookup: at(address) }).send(post(port, { url: `http://innocent.example:${port}/` }), guarded)).toEqual({
        kind: 'refused',
        why: 'blocked_target',
      });
      expect(seen.connections).toBe(0);
    },
  );

  test('one bad address among good ones spoils the name', async () => {
    const lookup = () =>
      Promise.resolve([
        { address: '93.184.215.14', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    expect(await transport({ lookup }).send(post(1, { url: 'http://innocent.example/' }), guarded)).toEqual({
      kind: 'refused',
      why: 'blocked_target',
    });
  });

  test('the address dialled is the one that was checked: one look-up per connection', async () => {
    const { port, seen } = await tcp((socket) => socket.write(OK));
    let asked = 0;
    const rebinding = () => Promise.resolve([{ address: (asked += 1) === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    const outcome = await transport({ lookup: rebinding, allowLoopback: true }).send(
      post(port, { url: `http://rebinding.example:${port}/` }),
      guarded,
    );
    expect([text(outcome), asked, seen.connections]).toEqual(['ok', 1, 1]);
  });

  test('a socket opened for a trusted request is never used for a guarded one', async () => {
    const { port, seen } = await tcp((socket) => socket.write(OK));
    const sender = transport({ lookup: at('127.0.0.1') });
    const request = post(port, { url: `http://funder.example:${port}/` });
    expect(text(await sender.send(request, options()))).toBe('ok');
    expect(await sender.send(request, guarded)).toEqual({ kind: 'refused', why: 'blocked_target' });
    expect(seen).toEqual({ connections: 1, requests: 1 });
  });

  test('the sandbox may call loopback, and no other private address', async () => {
    const { port } = await tcp((socket) => socket.write(OK));
    const sender = transport({ allowLoopback: true, lookup: at('10.0.0.1') });
    expect(text(await sender.send(post(port), guarded))).toBe('ok');
    for (const host of ['10.0.0.1', '192.168.0.1', '169.254.169.254', '[fd00::1]', 'elsewhere.example']) {
      expect(await sender.send(post(port, { url: `http://${host}:${port}/` }), guarded)).toEqual({ kind: 'refused', why: 'blocked_target' });
    }
  });

  test.each(['ftp://receiver.example/', 'https://user:pw@receiver.example/', 'nonsense'])('%s is a bad URL', async (url) => {
    expect(await transport().send(post(1, { url }), guarded)).toEqual({ kind: 'refused', why: 'bad_url' });
  });

  test('a redirect to a private address goes nowhere', async () => {
    const inner = await tcp((socket) => socket.write(OK));
    const outer = await http((_, response) => response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/secret` }).end());
    expect(await transport({ allowLoopback: true }).send(post(outer), guarded)).toMatchObject({ response: { status: 307 } });
    expect(inner.seen.connections).toBe(0);
  });
});

test('whatever it is given and whatever comes back, it answers and does not throw', async () => {
  let reply = new Uint8Array(0);
  const { port } = await tcp((socket) => socket.end(reply));
  const sender = transport({ lookup: () => Promise.reject(new Error('none')) });
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n'),
      fc.string(),
      async (bytes, head, url) => {
        reply = Uint8Array.of(...new TextEncoder().encode(head), ...bytes);
        expect(['response', 'lost']).toContain((await sender.send(post(port), options())).kind);
        expect((await sender.send(post(port, { url }), options({ target: 'guarded' }))).kind).toBe('refused');
      },
    ),
    { numRuns: 60 },
  );
});
