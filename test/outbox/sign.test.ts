import { createHash, createHmac, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { Webhook as StandardReceiver } from 'standardwebhooks';
import { Webhook as SvixReceiver } from 'svix';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { asymmetricSecret, createWebhookSigner, symmetricSecret, type SigningVault } from '../../src/outbox/sign.ts';

/** The fixed head of a PKCS #8 Ed25519 key (RFC 8410); the 32-byte seed follows. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const privateKey = (seed: Uint8Array): KeyObject => createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
const publicKey = (raw: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' });

const vault: SigningVault = {
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  ed25519Sign: (seed, data) => sign(null, Buffer.from(data), privateKey(seed)),
};
/** Bytes that differ by name and are the same in every run. */
const bytes = (name: string, count = 32): Uint8Array => createHash('sha512').update(name).digest().subarray(0, count);
const NOW = Date.UTC(2026, 2, 1, 8, 30);
const body = '{"type":"application.offered","timestamp":"2026-03-01T08:30:00.000Z","data":{"application_id":"app_1"}}';

beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

describe('published vectors', () => {
  const vector = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', nowMs: 1_614_265_330_000, body: '{"test": 2432232314}' };

  test('v1', () => {
    const headers = createWebhookSigner(vault).headers({ ...vector, secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] });
    expect(headers).toEqual({
      'webhook-id': vector.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('v1a', () => {
    const headers = createWebhookSigner(vault).headers({ ...vector, secrets: ['whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk='] });
    expect(headers['webhook-signature']).toBe('v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==');
  });
});

describe('independent receivers', () => {
  const older = symmetricSecret(bytes('older'));
  const newer = symmetricSecret(bytes('newer', 24));
  const headers = (secrets: readonly string[]): Record<string, string> =>
    createWebhookSigner(vault).headers({ id: 'dlv_1', nowMs: NOW, body, secrets });

  test.each([
    ['standardwebhooks', (secret: string) => new StandardReceiver(secret)],
    ['svix', (secret: string) => new SvixReceiver(secret)],
  ])('%s verifies under either secret during a rotation, and under no other', (_name, receiver) => {
    const rotating = headers([newer, older]);
    for (const secret of [newer, older]) expect(() => receiver(secret).verify(body, rotating)).not.toThrow();
    expect(() => receiver(symmetricSecret(bytes('stranger'))).verify(body, rotating)).toThrow();
    expect(() => receiver(older).verify(body, headers([newer]))).toThrow();
    expect(() => receiver(newer).verify(body.replace('offered', 'declined'), rotating)).toThrow();
    expect(() => receiver(newer).verify(body, { ...rotating, 'webhook-id': 'dlv_2' })).toThrow();
  });

  test('v1 still verifies beside a v1a signature, and v1a under the public key handed out', () => {
    const seed = bytes('ed25519');
    const raw = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
    const written = asymmetricSecret({ seed, publicKey: raw });
    expect(written.secret).toMatch(/^whsk_/);
    expect(written.publicKey).toMatch(/^whpk_/);

    const both = headers([newer, written.secret]);
    new StandardReceiver(newer).verify(body, both);
    const [v1, v1a] = both['webhook-signature']!.split(' ');
    expect(v1).toMatch(/^v1,/);
    const signature = Buffer.from(v1a!.slice('v1a,'.length), 'base64');
    const key = publicKey(Buffer.from(written.publicKey.slice('whpk_'.length), 'base64'));
    const text = `dlv_1.${NOW / 1_000}.${body}`;
    expect(verify(null, Buffer.from(text), key, signature)).toBe(true);
    expect(verify(null, Buffer.from(`${text} `), key, signature)).toBe(false);
  });
});

describe('secrets', () => {
  test('a key of 64 bytes, seed and public key, signs as its seed does', () => {
    const seed = bytes('seed');
    const signature = (key: Uint8Array): string =>
      createWebhookSigner(vault).headers({ id: 'dlv_1', nowMs: NOW, body, secrets: [`whsk_${Buffer.from(key).toString('base64')}`] })[
        'webhook-signature'
      ];
    expect(signature(Buffer.concat([seed, bytes('public key')]))).toBe(signature(seed));
  });

  test('each secret is decoded once', () => {
    const decode = vi.spyOn(globalThis, 'atob');
    const signer = createWebhookSigner(vault);
    const secret = symmetricSecret(bytes('secret'));
    for (let round = 0; round < 5; round += 1) signer.headers({ id: `dlv_${round}`, nowMs: NOW, body, secrets: [secret] });
    expect(decode).toHaveBeenCalledTimes(1);
    decode.mockRestore();
  });

  test.each(['', 'secret', 'whsec_', 'whsec_!!!!', 'whsec_QQ==', 'whpk_AAAA', 'whsk_QUJD'])('%j is refused, without being quoted', (secret) => {
    const attempt = (): unknown => createWebhookSigner(vault).headers({ id: 'dlv_1', nowMs: NOW, body, secrets: [secret] });
    expect(attempt).toThrow(/secret|key/);
    if (secret.length > 6) expect(attempt).not.toThrow(secret.slice(6));
  });

  test('an id that could shift the signed text, or no secret at all, is a bug', () => {
    const signer = createWebhookSigner(vault);
    expect(() => signer.headers({ id: 'dlv.1', nowMs: NOW, body, secrets: ['x'] })).toThrow('webhook id');
    expect(() => signer.headers({ id: 'dlv_1', nowMs: NOW, body, secrets: [] })).toThrow('at least one');
    expect(() => symmetricSecret(bytes('short', 23))).toThrow('24 to 64');
    expect(() => asymmetricSecret({ seed: bytes('short', 31), publicKey: bytes('public key') })).toThrow('32 bytes');
  });
});

test('the whole request carries exactly the signed bytes', () => {
  const secret = symmetricSecret(bytes('secret'));
  const request = createWebhookSigner(vault).request('https://receiver.example/hook', { id: 'dlv_1', nowMs: NOW, body, secrets: [secret] });
  expect(request).toMatchObject({ method: 'POST', url: 'https://receiver.example/hook', body, headers: { 'content-type': 'application/json' } });
  new StandardReceiver(secret).verify(String(request.body), { ...request.headers });
});
