import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mintId } from '../../src/domain/ids.ts';
import { MAX_POSTBACK_BYTES, POSTBACK_WINDOW_MS, readPostback, type PostbackReading } from '../../src/offers/postback.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const SECRET = new TextEncoder().encode('a partner secret of some length');
const OLDER = new TextEncoder().encode('the one before, still in its grace');
const vault = {
  hmacSha256: (key: Uint8Array, data: string | Uint8Array) => createHmac('sha256', key).update(data).digest(),
  equal: (left: string, right: string) => left === right,
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const click = mintId('clk', 3, NOW, new Uint8Array(10));
const good = { event_id: 'evt-1', click_id: click, kind: 'sale', amount_fen: 5_000, at: '2026-03-01T19:59:00+08:00' };

function sent(
  rawBody: Uint8Array,
  options: { secret?: Uint8Array; at?: number; headers?: Record<string, string | undefined> } = {},
): PostbackReading {
  const timestamp = String(Math.floor((options.at ?? NOW) / 1_000));
  const signature = createHmac('sha256', options.secret ?? SECRET)
    .update(`${timestamp}.`)
    .update(rawBody)
    .digest('hex');
  const headers = { 'x-timestamp': timestamp, 'x-signature': signature, ...options.headers };
  return readPostback({ partnerId: 'ptn_one', headers, rawBody, secrets: [SECRET, OLDER], nowMs: NOW }, vault);
}
const sendJson = (value: unknown): PostbackReading => sent(bytes(JSON.stringify(value)));

describe('an authentic postback', () => {
  test('is read, with the key that makes it count once', () => {
    expect(sendJson(good)).toEqual({ kind: 'ok', postback: good, idempotencyKey: 'ptn_one:evt-1' });
  });
  test('may leave out the amount and bring members of its own', () => {
    const { amount_fen: _, ...bare } = good;
    expect(sendJson({ ...bare, extra: { deep: true } })).toEqual({ kind: 'ok', postback: bare, idempotencyKey: 'ptn_one:evt-1' });
  });
  test('may be signed under any current secret, in either case of hex', () => {
    expect(sent(bytes(JSON.stringify(good)), { secret: OLDER }).kind).toBe('ok');
    const raw = bytes(JSON.stringify(good));
    const signature = createHmac('sha256', SECRET)
      .update(`${NOW / 1_000}.`)
      .update(raw)
      .digest('hex')
      .toUpperCase();
    expect(sent(raw, { headers: { 'x-signature': signature } }).kind).toBe('ok');
  });
});

describe('one that is not from the partner', () => {
  const raw = bytes(JSON.stringify(good));
  test.each([
    [{ 'x-signature': undefined }, 'header_missing'],
    [{ 'x-timestamp': undefined }, 'header_missing'],
    [{ 'x-timestamp': 'soon' }, 'timestamp_malformed'],
    [{ 'x-timestamp': '-1' }, 'timestamp_malformed'],
    [{ 'x-timestamp': '1e9' }, 'timestamp_malformed'],
    [{ 'x-timestamp': String(NOW) }, 'timestamp_malformed'],
    [{ 'x-signature': '' }, 'signature_wrong'],
    [{ 'x-signature': '00'.repeat(32) }, 'signature_wrong'],
    [{ 'x-timestamp': String(NOW / 1_000 - 1) }, 'signature_wrong'],
  ])('%j: %s', (headers, why) => expect(sent(raw, { headers })).toEqual({ kind: 'unauthentic', why }));

  test('another secret, or none on file', () => {
    expect(sent(raw, { secret: bytes('stranger') })).toEqual({ kind: 'unauthentic', why: 'signature_wrong' });
    expect(
      readPostback(
        { partnerId: 'ptn_one', headers: { 'x-timestamp': String(NOW / 1_000), 'x-signature': '' }, rawBody: raw, secrets: [], nowMs: NOW },
        vault,
      ).kind,
    ).toBe('unauthentic');
  });

  test('outside five minutes, either way', () => {
    expect(sent(raw, { at: NOW - POSTBACK_WINDOW_MS }).kind).toBe('ok');
    expect(sent(raw, { at: NOW + POSTBACK_WINDOW_MS }).kind).toBe('ok');
    expect(sent(raw, { at: NOW - POSTBACK_WINDOW_MS - 1_000 })).toEqual({ kind: 'unauthentic', why: 'timestamp_outside_window' });
    expect(sent(raw, { at: NOW + POSTBACK_WINDOW_MS + 1_000 })).toEqual({ kind: 'unauthentic', why: 'timestamp_outside_window' });
  });

  test('any byte of the body changed', () => {
    const timestamp = String(NOW / 1_000);
    const signature = createHmac('sha256', SECRET).update(`${timestamp}.`).update(raw).digest('hex');
    fc.assert(
      fc.property(fc.nat({ max: raw.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = raw.slice();
        changed[at] = changed[at]! ^ flip;
        const reading = readPostback(
          { partnerId: 'ptn_one', headers: { 'x-timestamp': timestamp, 'x-signature': signature }, rawBody: changed, secrets: [SECRET], nowMs: NOW },
          vault,
        );
        expect(reading).toEqual({ kind: 'unauthentic', why: 'signature_wrong' });
      }),
    );
  });
});

describe('one that is authentic but not understood', () => {
  const pointers = (reading: PostbackReading): string[] =>
    reading.kind === 'invalid' ? reading.faults.map(({ pointer }) => pointer) : [reading.kind];

  test.each([
    [{ ...good, event_id: '' }, ['/event_id']],
    [{ ...good, event_id: 'x'.repeat(101) }, ['/event_id']],
    [{ ...good, event_id: '张三' }, ['/event_id']],
    [{ ...good, click_id: 'clk_1' }, ['/click_id']],
    [{ ...good, click_id: click.replace('clk', 'imp') }, ['/click_id']],
    [{ ...good, kind: 'install' }, ['/kind']],
    [{ ...good, amount_fen: -1 }, ['/amount_fen']],
    [{ ...good, amount_fen: 1.5 }, ['/amount_fen']],
    [{ ...good, amount_fen: '100' }, ['/amount_fen']],
    [{ ...good, at: 'yesterday' }, ['/at']],
    [{ ...good, at: '2026-03-01T19:59:00' }, ['/at']],
    [{}, ['/event_id', '/click_id', '/kind', '/at']],
    [[], ['']],
    [null, ['']],
    ['text', ['']],
  ])('%j: %j', (value, expected) => expect(pointers(sendJson(value))).toEqual(expected));

  test('malformed JSON, broken UTF-8, too much', () => {
    for (const raw of [bytes('{'), new Uint8Array(0), Uint8Array.of(0x22, 0xff, 0x22)]) {
      expect(sent(raw)).toMatchObject({ kind: 'invalid', faults: [{ pointer: '', code: 'malformed_json' }] });
    }
    expect(sent(new Uint8Array(MAX_POSTBACK_BYTES + 1))).toMatchObject({ kind: 'invalid', faults: [{ code: 'too_large' }] });
  });

  test('a fault never quotes what was sent', () => {
    const reading = sendJson({ ...good, kind: '13800000001', click_id: '张三' });
    expect(JSON.stringify(reading)).not.toMatch(/13800000001|张三/);
  });

  test('pollution is dropped', () => {
    const raw = JSON.stringify(good).replace('{', '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},');
    const reading = sent(bytes(raw));
    expect(reading).toEqual({ kind: 'ok', postback: good, idempotencyKey: 'ptn_one:evt-1' });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('any JSON at all is answered, never thrown at', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void expect(['ok', 'invalid']).toContain(sendJson(value).kind)));
  });
});
