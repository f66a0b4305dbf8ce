/** Several sockets on one port look like one from outside: who comes at once is served, a port in use is refused, and an end is an end for all. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, type Listening } from '../../src/runtime/node/listen.ts';

const HERE = { port: 0, host: '127.0.0.1' };
const CROWD = 64;
let open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.map((one) => one.close(100)));
  open = [];
});

async function start(port = 0, answer: () => Response | Promise<Response> = () => new Response('here')): Promise<Listening> {
  const listening = await listen(answer, { ...HERE, port });
  open.push(listening);
  return listening;
}

async function ask(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nhost: millrace.test\r\n\r\n');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

/** The sockets that listen on a port, as the kernel counts them. */
function listeners(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => / \S+:(\S+) \S+ 0A /.exec(line)?.[1] === hex).length;
}

describe('listening', () => {
  it('answers a crowd of new connections, each of which stays open', async () => {
    const { port } = await start();
    const sockets = Array.from({ length: CROWD }, () => connect(port, '127.0.0.1'));
    const answers = await Promise.all(sockets.map(ask));
    expect(answers.every((answer) => answer.startsWith('HTTP/1.1 200') && answer.endsWith('here'))).toBe(true);
    expect((await ask(sockets[0]!)).startsWith('HTTP/1.1 200')).toBe(true);
    for (const socket of sockets) socket.destroy();
  });

  it.runIf(process.platform === 'linux')('has as many turns of taking a connection as sockets, all of which go with it', async () => {
    const { port, close } = await start();
    expect(listeners(port)).toBe(8);
    await close(100);
    open = [];
    expect(listeners(port)).toBe(0);
  });

  it('refuses a port that somebody has, ourselves among them, and leaves it to them', async () => {
    const { port, url } = await start();
    await expect(listen(() => new Response('there'), { ...HERE, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    for (let n = 0; n < 16; n += 1) expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('here');
  });

  it('waits for a reply under way when it ends, on whichever socket it came, and for no connection that is idle', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let asked = 0;
    const { port, close } = await start(0, async () => {
      asked += 1;
      if (asked > CROWD / 2) await held;
      return new Response('late');
    });
    const idle = Array.from({ length: CROWD / 2 }, () => connect(port, '127.0.0.1'));
    await Promise.all(idle.map(ask));
    const busy = Array.from({ length: CROWD / 2 }, () => connect(port, '127.0.0.1'));
    const answers = Promise.all(busy.map(ask));
    await expect.poll(() => asked).toBe(CROWD);
    const ended = close(30_000);
    open = [];
    release();
    expect((await answers).every((answer) => answer.endsWith('late'))).toBe(true);
    await ended;
    for (const socket of [...idle, ...busy]) socket.destroy();
  });
});
