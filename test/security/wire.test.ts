/** What only a socket can do to a server: bodies without end, bodies cut short, requests that are none, pictures that are bombs. P8 on the real thing. */
import { connect } from 'node:net';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import { renderSampleCard } from '../../fixtures/id-photos/render.ts';
import { FUNDERS, startService, type RealService } from '../journey/world.ts';
import type { Reply } from '../world.ts';

const KIB = 1_024;
let service: RealService;
const printed: string[] = [];
const { write } = process.stderr;

beforeAll(async () => {
  process.stderr.write = ((chunk: string | Uint8Array) => (printed.push(chunk.toString()), true)) as typeof write;
  // No funder is asked for anything here.
  const funders = sandboxFunders(Object.fromEntries(FUNDERS.map((id) => [id, 'http://127.0.0.1:9'])));
  service = await startService({}, { sandbox: { funders, secrets: SANDBOX_SECRETS } });
});
afterAll(async () => {
  await service.close();
  process.stderr.write = write;
});

const rows = (): number =>
  service.server.service.deps.store.applications.page({ limit: 100 }).length + service.server.service.deps.store.feed.lastSeq();

/** Sends pieces one after the other and gives what comes back until the other side closes, or for `ms` at most. `KEY` stands for the secret key. */
function raw(pieces: readonly string[], options: { readonly end?: boolean; readonly ms?: number } = {}): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let said = '';
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    const timer = setTimeout(done, options.ms ?? 2_000);
    socket.on('data', (chunk) => (said += chunk.toString('latin1')));
    socket.on('error', done);
    socket.on('close', done);
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(Buffer.from(piece.replace('Bearer KEY', `Bearer ${service.keys.secret}`), 'latin1'));
      if (options.end === true) socket.end();
    });
  });
}
const statusOf = (reply: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1] ?? '0');
const head = (more: string, path = '/v1/applications', method = 'POST'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY\r\nContent-Type: application/json\r\nIdempotency-Key: wire\r\nConnection: close\r\n${more}\r\n`;
const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${' '.repeat(bytes)}\r\n`;

describe('bodies', () => {
  it('in chunks without end: 413 as soon as it is too much', async () => {
    const reply = await raw([head('Transfer-Encoding: chunked\r\n'), ...Array.from({ length: 40 }, () => chunk(4 * KIB))]);
    expect([statusOf(reply), reply.includes('body_too_large')]).toEqual([413, true]);
  });

  it('declared too long: 413 before a byte of it', async () => {
    const reply = await raw([head(`Content-Length: ${10 * KIB * KIB}\r\n`)]);
    expect([statusOf(reply), reply.includes('body_too_large')]).toEqual([413, true]);
  });

  it.each([
    ['cut short', 'Content-Length: 500\r\n', ['{"applicant":']],
    ['cut short in chunks', 'Transfer-Encoding: chunked\r\n', [chunk(10), '20\r\nabc']],
    ['with a chunk that is none', 'Transfer-Encoding: chunked\r\n', ['zz\r\n{}\r\n']],
    ['of two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n', ['{}']],
    ['of a length and in chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', ['0\r\n\r\n']],
    ['of a negative length', 'Content-Length: -1\r\n', ['{}']],
    ['of a length that is none', 'Content-Length: 1e3\r\n', ['{}']],
    ['of a length beyond numbers', `Content-Length: ${'9'.repeat(40)}\r\n`, ['{}']],
    ['encoded as if compressed', 'Content-Length: 2\r\nContent-Encoding: gzip\r\n', ['{}']],
  ])('%s: refused or cut off', async (_, header, body) => {
    const before = rows();
    const status = statusOf(await raw([head(header), ...body], { end: true }));
    expect(status === 0 || (status >= 400 && status < 500)).toBe(true);
    expect(rows()).toBe(before);
  });
});

describe('requests', () => {
  it.each([
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a method that is none', head('', '/v1/applications', 'BREW'), 400],
    ['a path that is none', head('', '\\\\x\\y'), 400],
    ['an absolute path elsewhere', head('', 'http://evil.example/v1/applications'), 400],
    ['a path with NUL', head('', '/v1/\u0000'), 400],
    ['a header too long', head(`X-Long: ${'x'.repeat(20_000)}\r\n`), 431],
    ['too many headers', head(Array.from({ length: 3_000 }, (__, n) => `X-${n}: 1\r\n`).join('')), 431],
    ['a header that is folded', head('X-A: 1\r\n two\r\n'), 400],
    ['a line end inside a header', head('X-A: 1\rX-B: 2\r\n'), 400],
    ['one behind one that was to be the last', `${head('Content-Length: 2\r\n')}{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
    ['a wish to switch protocols', head('Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nContent-Length: 2\r\n') + '{}', 422],
  ])('%s', async (_, request, status) => {
    expect(statusOf(await raw([request], { end: true }))).toBe(status);
  });
});

describe('pictures', () => {
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const pngChunk = (type: string, data: Buffer): Buffer =>
    Buffer.concat([u32(data.length), Buffer.from(type), data, u32(crc(Buffer.concat([Buffer.from(type), data])))]);
  const png = (width: number, height: number, pixels: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      pngChunk('IHDR', Buffer.concat([u32(width), u32(height), Buffer.from([1, 0, 0, 0, 0])])),
      pngChunk('IDAT', pixels),
      pngChunk('IEND', Buffer.alloc(0)),
    ]);
  const upload = async (bytes: Uint8Array): Promise<Reply> => {
    const form = new FormData();
    form.set('kind', 'id_front');
    form.set('file', new Blob([bytes as BlobPart], { type: 'image/jpeg' }), 'a.jpg');
    return service.call('POST', '/v1/documents', { key: service.keys.secret, form });
  };

  it('that are bombs, halves or something else are poor photos, quickly and in little memory', { timeout: 30_000 }, async () => {
    const card = await renderSampleCard('id_front', 1);
    const line = Buffer.alloc(1 + 12_000 / 8);
    const bombs: readonly (readonly [string, Uint8Array, string])[] = [
      ['900 million pixels in a header', png(30_000, 30_000, deflateSync(Buffer.alloc(64))), 'too_large'],
      [
        '144 million pixels for real, in some kilobytes',
        png(12_000, 12_000, deflateSync(Buffer.concat(Array.from({ length: 12_000 }, () => line)))),
        'too_large',
      ],
      ['as wide as numbers go', png(2 ** 31 - 1, 1, Buffer.alloc(8)), 'not_an_image'],
      ['of no size', png(0, 0, Buffer.alloc(8)), 'not_an_image'],
      [
        'a strip',
        await sharp({ create: { width: 9_000, height: 400, channels: 3, background: '#888' } })
          .jpeg()
          .toBuffer(),
        'wrong_shape',
      ],
      ['half a photo', card.subarray(0, card.length / 2), 'not_an_image'],
      [
        'SVG',
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><image href="file:///etc/passwd"/></svg>'),
        'not_an_image',
      ],
      ['billion laughs', Buffer.from('<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>'), 'not_an_image'],
      ['PDF', Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj'), 'not_an_image'],
      ['ZIP', Buffer.from('PK\u0003\u0004xxxx'), 'not_an_image'],
      ['JPEG in name only', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2_000, 0x41)]), 'not_an_image'],
      ['GIF', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1'), 'unsupported_format'],
    ];
    const rssBefore = process.memoryUsage().rss;
    for (const [name, bytes, problem] of bombs) {
      const begunMs = performance.now();
      const reply = await upload(bytes);
      expect([name, reply.status, reply.json['quality']]).toMatchObject([name, 201, { ok: false }]);
      const codes = (reply.json['quality'] as unknown as { problems: { code: string }[] }).problems.map(({ code }) => code);
      expect([name, codes.some((code) => code === problem || code === 'not_an_image' || code === 'too_small')]).toEqual([name, true]);
      expect([name, performance.now() - begunMs < 5_000]).toEqual([name, true]);
    }
    // A bomb that went off would have been half a gigabyte.
    expect(process.memoryUsage().rss - rssBefore).toBeLessThan(200 * KIB * KIB);
    expect((await upload(card)).json['quality']).toEqual({ ok: true, problems: [] });
  });

  function crc(bytes: Buffer): number {
    let sum = 0xffff_ffff;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb8_8320 : 0);
    }
    return (sum ^ 0xffff_ffff) >>> 0;
  }
});

it('and the server has outlived it all, with nothing of ours failed', async () => {
  expect((await service.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
  const draft = await service.call('POST', '/v1/applications', {
    key: service.keys.secret,
    json: { draft: true, applicant: { phone: '13900000001', phone_verification_id: 'pv_sandbox' } },
    headers: { 'idempotency-key': 'after' },
  });
  expect(draft.status).toBe(201);
  expect(service.statuses.filter(({ status }) => status >= 500)).toEqual([]);
  expect(printed.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
