/** Links, requests, acknowledgements, sealed JSON and callbacks that hold an order, by their edges. */
import { describe, expect, it } from 'vitest';
import type { InboundCallback } from '../../adapters/contract.ts';
import type { BlockScheme } from '../../adapters/kit/block-cipher.ts';
import { sealBlock } from '../../adapters/kit/block-cipher.ts';
import { acknowledging, posted } from '../../adapters/kit/exchange.ts';
import { linkStep, readLink } from '../../adapters/kit/links.ts';
import { orderCallback } from '../../adapters/kit/order-callback.ts';
import { pending } from '../../adapters/kit/answers.ts';
import { textAt } from '../../adapters/kit/read-json.ts';
import { openJson } from '../../adapters/kit/sealed-json.ts';
import { inbound } from './funder-side.ts';
import { contextOf } from './world.ts';

const ctx = contextOf('lotus-md5');

describe('links', () => {
  it('are pages of the web, as they were written', () => {
    for (const link of ['https://a.example/x?t=1&u=%20#y', 'https://a.example', 'https://a.example:8443/', 'https://[2001:db8::1]/x'])
      expect(readLink(ctx, link)).toBe(link);
    expect(linkStep(ctx, 'https://a.example/x', 5)).toEqual({ kind: 'open_link', url: 'https://a.example/x', expiresAtMs: 5 });
    expect(linkStep(ctx, 'nowhere', 5)).toBeNull();
  });
  it('are nothing else', () => {
    const secret = Object.values(ctx.secrets)[0]!;
    for (const odd of [
      'http://a.example/x',
      'javascript:alert(1)',
      'data:text/html,x',
      '//a.example/x',
      'https://user:word@a.example/',
      'https://a.example/a b',
      'https://a.example/\n',
      ' https://a.example/',
      'https://',
      `https://a.example/?k=${secret}`,
      `https://a.example/${'x'.repeat(2_048)}`,
      '',
      7,
      null,
      undefined,
    ])
      expect(readLink(ctx, odd)).toBeNull();
  });
  it('may be unencrypted where the funder itself is', () => {
    expect(readLink({ ...ctx, baseUrl: 'http://127.0.0.1:9/' }, 'http://127.0.0.1:9/page')).toBe('http://127.0.0.1:9/page');
  });
});

describe('requests and acknowledgements', () => {
  it('have their type, and headers of their own', () => {
    expect(posted(ctx, '/p', 'x', { 'x-sign': 's' }, 'application/xml')).toEqual({
      method: 'POST',
      url: 'https://funder.example/base/p',
      headers: { accept: 'application/xml', 'content-type': 'application/xml', 'x-sign': 's' },
      body: 'x',
    });
    const [stored, refused] = (['stored', 'refused'] as const).map((result) => acknowledging('yes', 'no', 'text/plain')(ctx, result));
    expect([stored!.status, new TextDecoder().decode(stored!.body), stored!.headers]).toEqual([200, 'yes', { 'content-type': 'text/plain' }]);
    expect([refused!.status, new TextDecoder().decode(refused!.body)]).toEqual([401, 'no']);
  });
});

describe('sealed JSON', () => {
  const scheme: BlockScheme = { cipher: 'aes-256', mode: 'gcm', iv: 'front', key: 'hex', text: 'base64' };
  const key = '0badcafe'.repeat(8);
  const own = { ...ctx, secrets: { aes_key: key } };
  it('opens with its key alone', () => {
    const sealed = sealBlock(scheme, key, '{"a":1}', ctx.nonce);
    expect(openJson(own, scheme, 'aes_key', sealed)).toEqual({ a: 1 });
    expect(openJson({ ...ctx, secrets: { aes_key: '1badcafe'.repeat(8) } }, scheme, 'aes_key', sealed)).toBeUndefined();
    expect(openJson(ctx, scheme, 'aes_key', sealed)).toBeUndefined();
    for (const odd of ['', 'AAAA', 7, null, undefined, {}, sealBlock(scheme, key, 'not json', ctx.nonce)])
      expect(openJson(own, scheme, 'aes_key', odd)).toBeUndefined();
  });
});

describe('a callback that holds an order', () => {
  const callback = orderCallback({
    secret: 'sign_key',
    distrust: (_ctx, message, secret) => (message.headers['sign'] === secret ? null : 'wrong signature'),
    ids: { ref: 'ref', funderRef: 'no', messageId: 'id' },
    order: 'order',
    read: (_ctx, order) => (textAt(order, 's') === null ? { kind: 'unknown', detail: 'none' } : pending({ funderRef: null, eventAtMs: null }, null)),
    stored: 'ok',
    refused: 'no',
  });
  const message = (body: object): InboundCallback => inbound(JSON.stringify(body), { sign: ctx.secrets['sign_key']! });

  it('is believed with its secret alone', () => {
    expect(callback.verify(ctx, message({}))).toEqual({ ok: true });
    expect(callback.verify(ctx, inbound('{}', { sign: 'x' }))).toEqual({ ok: false, why: 'wrong signature' });
    expect(callback.verify({ ...ctx, secrets: {} }, message({}))).toEqual({ ok: false, why: 'secret not configured' });
  });
  it('names its order beside it or in it, by our number before the funder\u2019s', () => {
    const attempt = (body: object) => callback.read(ctx, message(body))?.attempt;
    expect(attempt({ ref: 'att_1', order: { s: 'x', ref: 'att_2', no: 'f' } })).toEqual({ by: 'ref', value: 'att_1' });
    expect(attempt({ order: { s: 'x', ref: 'att_2', no: 'f' } })).toEqual({ by: 'ref', value: 'att_2' });
    expect(attempt({ no: 'f', order: { s: 'x' } })).toEqual({ by: 'funder_ref', value: 'f' });
    expect(callback.read(ctx, message({ id: 'm-1', ref: 'att_1', order: { s: 'x' } }))?.messageId).toBe('m-1');
  });
  it('is no news when it names none, or says nothing', () => {
    for (const body of [{ order: { s: 'x' } }, { ref: 'att_1', order: {} }, { ref: 'att_1' }, []])
      expect(callback.read(ctx, message(body))).toBeNull();
  });
});
