import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { describeFaults, readConfig, sandboxMasterKey, unknownVariables } from '../../src/runtime/node/config.ts';
import type { Config, ConfigFault } from '../../src/runtime/node/config.ts';

const STRONG = 'gS8mVb1kQ0xJd3rYt5uZ7wPnLh2aCeF4iGoKsXvB9qE=';
const OLDER = 'u1Xo9Vd7Wq2Lr4Zp8Yk3Mn6Tb5Hc0JfAeGiSxDvQwRs=';
const LIVE = { MILLRACE_MODE: 'live', MILLRACE_PUBLIC_URL: 'https://loans.example', MILLRACE_MASTER_KEY: STRONG };

function good(env: Record<string, string>): Config {
  const read = readConfig(env);
  if (Array.isArray(read)) throw new Error(describeFaults(read));
  return read;
}
function faults(env: Record<string, string>): ConfigFault[] {
  const read = readConfig(env);
  return Array.isArray(read) ? read : [];
}
const base64 = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('base64');

describe('defaults', () => {
  it('an empty environment is a sandbox on 8787', () => {
    expect(good({})).toEqual({
      mode: 'sandbox',
      host: '127.0.0.1',
      port: 8787,
      dataDir: resolve('data'),
      publicUrl: null,
      masterKeys: null,
      sandboxPortBase: 8791,
      metricsToken: null,
      logLevel: 'info',
      maxInFlight: 1000,
      cell: 0,
      groupCommit: 256,
      shutdownMs: 10_000,
      manifestsDir: null,
      oidc: null,
      sms: null,
    });
  });

  it('an empty variable counts as absent', () => {
    expect(good({ PORT: '', MILLRACE_MODE: '', MILLRACE_MASTER_KEY: '' })).toEqual(good({}));
  });

  it('every variable is read', () => {
    const read = good({
      ...LIVE,
      MILLRACE_HOST: '::1',
      PORT: '0',
      MILLRACE_DATA_DIR: '/var/lib/millrace',
      MILLRACE_PUBLIC_URL: 'https://loans.example/',
      MILLRACE_METRICS_TOKEN: 'a-token-of-some-length',
      MILLRACE_LOG_LEVEL: 'warn',
      MILLRACE_MAX_IN_FLIGHT: '50',
      MILLRACE_CELL: '32767',
      MILLRACE_GROUP_COMMIT: '1',
      MILLRACE_SHUTDOWN_MS: '0',
      MILLRACE_SANDBOX_PORT_BASE: '0',
    });
    expect(read).toMatchObject({
      mode: 'live',
      host: '::1',
      port: 0,
      dataDir: '/var/lib/millrace',
      publicUrl: 'https://loans.example',
      logLevel: 'warn',
    });
    expect(read).toMatchObject({
      metricsToken: 'a-token-of-some-length',
      maxInFlight: 50,
      cell: 32_767,
      groupCommit: 1,
      shutdownMs: 0,
      sandboxPortBase: 0,
    });
  });

  it('live mode listens everywhere, the sandbox on loopback alone', () => {
    expect(good(LIVE).host).toBe('0.0.0.0');
    expect(good({}).host).toBe('127.0.0.1');
  });
});

describe('faults', () => {
  it('are reported all together, each with its variable', () => {
    const found = faults({ MILLRACE_MODE: 'live', PORT: 'x', MILLRACE_CELL: '99999', MILLRACE_LOG_LEVEL: 'loud', MILLRACE_METRICS_TOKEN: 'short' });
    expect(found.map(({ variable }) => variable).toSorted()).toEqual([
      'MILLRACE_CELL',
      'MILLRACE_LOG_LEVEL',
      'MILLRACE_MASTER_KEY',
      'MILLRACE_METRICS_TOKEN',
      'PORT',
    ]);
    expect(describeFaults(found).split('\n')).toHaveLength(5);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '1e3'],
    ['MILLRACE_MODE', 'Live'],
    ['MILLRACE_HOST', 'localhost'],
    ['MILLRACE_PUBLIC_URL', 'loans.example'],
    ['MILLRACE_PUBLIC_URL', 'ftp://loans.example'],
    ['MILLRACE_PUBLIC_URL', 'https://loans.example/path'],
    ['MILLRACE_PUBLIC_URL', 'https://user:pass@loans.example'],
    ['MILLRACE_MAX_IN_FLIGHT', '0'],
    ['MILLRACE_GROUP_COMMIT', '0'],
    ['MILLRACE_SANDBOX_PORT_BASE', '65533'],
    ['MILLRACE_SANDBOX_PORT_BASE', '8783'],
    ['MILLRACE_MASTER_KEY', 'not-a-key'],
    ['MILLRACE_MASTER_KEY', `0:${STRONG}`],
    ['MILLRACE_MASTER_KEY', `${STRONG.slice(0, -4)}=`],
  ])('%s=%s', (variable, value) => {
    expect(faults({ [variable]: value }).map((one) => one.variable)).toEqual([variable]);
  });

  it('never carry a value', () => {
    const names = [
      'PORT',
      'MILLRACE_MODE',
      'MILLRACE_PUBLIC_URL',
      'MILLRACE_MASTER_KEY',
      'MILLRACE_MASTER_KEY_PREVIOUS',
      'MILLRACE_METRICS_TOKEN',
      'MILLRACE_LOG_LEVEL',
      'MILLRACE_HOST',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.stringMatching(/^[A-Za-z0-9+:/@]{7,40}$/), (name, text) => {
        const secret = `Zq${text}`;
        expect(describeFaults(faults({ ...LIVE, [name]: secret }))).not.toContain(secret);
      }),
    );
  });

  it('never throw, whatever the environment', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('PORT', 'MILLRACE_MODE', 'MILLRACE_MASTER_KEY', 'MILLRACE_PUBLIC_URL'), fc.string()),
        (env) => void readConfig(env),
      ),
    );
  });
});

describe('the master key', () => {
  it('live mode refuses to start without one, and without a public address', () => {
    expect(faults({ MILLRACE_MODE: 'live' }).map(({ variable }) => variable)).toEqual(['MILLRACE_MASTER_KEY', 'MILLRACE_PUBLIC_URL']);
    expect(faults({ ...LIVE, MILLRACE_PUBLIC_URL: 'http://loans.example' })).toEqual([
      { variable: 'MILLRACE_PUBLIC_URL', reason: 'must be https in live mode' },
    ]);
  });

  it.each([
    ['all zero', base64(new Uint8Array(32)), /all zero/],
    ['one byte repeated', base64(new Uint8Array(32).fill(0x9c)), /entropy/],
    ['a few bytes repeated', base64(Array.from({ length: 32 }, (_, index) => [0x81, 0x02, 0xf3, 0x44][index % 4]!)), /entropy/],
    ['counting', base64(Array.from({ length: 32 }, (_, index) => 128 + index)), /entropy/],
    ['counting in steps', base64(Array.from({ length: 32 }, (_, index) => (index * 37) % 256)), /entropy/],
    ['a sentence', Buffer.from('millrace-secret-key-for-live-0xA').toString('base64'), /text/],
    ['the published example', 'BwwRFhsgJSovNDk+Q0hNUldcYWZrcHV6f4SJjpOYnaI=', /published/],
  ])('live mode refuses %s', (_, key, reason) => {
    const found = faults({ ...LIVE, MILLRACE_MASTER_KEY: key });
    expect(found).toHaveLength(1);
    expect(found[0]!.reason).toMatch(reason);
    expect(faults({ MILLRACE_MASTER_KEY: key })).toEqual([]);
  });

  it('random keys pass', () => {
    fc.assert(
      fc.property(fc.nat(), () => {
        expect(faults({ ...LIVE, MILLRACE_MASTER_KEY: randomBytes(32).toString('base64') })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('base64url is read as well', () => {
    const url = STRONG.replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
    expect(good({ ...LIVE, MILLRACE_MASTER_KEY: url }).masterKeys).toEqual(good(LIVE).masterKeys);
  });

  it('previous keys come first and are numbered by age', () => {
    const keys = good({ ...LIVE, MILLRACE_MASTER_KEY_PREVIOUS: OLDER }).masterKeys!;
    expect(keys.map(({ version, key }) => [version, Buffer.from(key).toString('base64')])).toEqual([
      [1, OLDER],
      [2, STRONG],
    ]);
  });

  it('versions can be written out, and must rise', () => {
    const env = { ...LIVE, MILLRACE_MASTER_KEY_PREVIOUS: `3:${OLDER}` };
    expect(good({ ...env, MILLRACE_MASTER_KEY: `4:${STRONG}` }).masterKeys!.map(({ version }) => version)).toEqual([3, 4]);
    expect(faults({ ...env, MILLRACE_MASTER_KEY: `3:${STRONG}` })[0]!.reason).toMatch(/higher version/);
    expect(faults(env)[0]!.reason).toMatch(/higher version/);
  });

  it('a key cannot succeed itself, and previous keys want a current one', () => {
    expect(faults({ ...LIVE, MILLRACE_MASTER_KEY_PREVIOUS: STRONG })[0]!.reason).toMatch(/repeats/);
    expect(faults({ MILLRACE_MASTER_KEY_PREVIOUS: OLDER }).map(({ variable }) => variable)).toEqual(['MILLRACE_MASTER_KEY']);
  });

  it('a weak previous key is named by its place', () => {
    const found = faults({ ...LIVE, MILLRACE_MASTER_KEY_PREVIOUS: `${OLDER},${base64(new Uint8Array(32))}` });
    expect(found).toEqual([{ variable: 'MILLRACE_MASTER_KEY_PREVIOUS', reason: '(entry 2) is all zero' }]);
  });
});

describe('the generated sandbox key', () => {
  let folder = '';
  const dataDir = (): string => (folder = mkdtempSync(join(tmpdir(), 'millrace-config-')));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made once, with mode 0600, in a folder that it makes', () => {
    const dir = join(dataDir(), 'deep', 'data');
    const first = sandboxMasterKey(dir, randomBytes);
    expect(first.key).toHaveLength(32);
    expect(statSync(join(dir, 'sandbox-master.key')).mode & 0o777).toBe(0o600);
    const again = sandboxMasterKey(dir, () => {
      throw new Error('drew again');
    });
    expect(Buffer.from(again.key).equals(first.key)).toBe(true);
    expect(readFileSync(join(dir, 'sandbox-master.key'), 'utf8').trim()).toBe(Buffer.from(first.key).toString('base64'));
  });

  it('a damaged file is an error, not a new key', () => {
    const dir = dataDir();
    writeFileSync(join(dir, 'sandbox-master.key'), 'short');
    expect(() => sandboxMasterKey(dir, randomBytes)).toThrow(/does not hold 32 bytes/);
    chmodSync(join(dir, 'sandbox-master.key'), 0o600);
    expect(existsSync(join(dir, 'sandbox-master.key'))).toBe(true);
  });
});

it('misspelt variables are found', () => {
  expect(unknownVariables({ MILLRACE_MODE: 'live', MILLRACE_MASTERKEY: 'x', PORT: '1', HOME: '/' })).toEqual(['MILLRACE_MASTERKEY']);
});
