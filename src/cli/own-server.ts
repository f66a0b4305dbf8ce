/** A server of our own for one run: free ports, a data folder that goes with it, sandbox mode. */
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxPartnerSecret } from '../runtime/sandbox-seed.ts';
import { createVault } from '../runtime/vault.ts';

export interface OwnServer {
  readonly url: string;
  /** What partners sign their postbacks with. */
  readonly partnerSecret: string;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

const MAIN = new URL('../runtime/node/main.ts', import.meta.url).pathname;
const START_MS = 30_000;

/** Rejects with what the server said when it does not come up. */
export async function startOwnServer(): Promise<OwnServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-demo-'));
  const key = randomBytes(32);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...inherited(),
      PORT: String(port),
      MILLRACE_DATA_DIR: dataDir,
      MILLRACE_SANDBOX_PORT_BASE: '0',
      MILLRACE_LOG_LEVEL: 'error',
      MILLRACE_MASTER_KEY: key.toString('base64'),
    },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endWithUs = (): void => {
    child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  };
  const interrupted = (): void => process.exit(130);
  process.once('exit', endWithUs).once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs).off('SIGINT', interrupted).off('SIGTERM', interrupted);
    child.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await ready(url, () => child.exitCode);
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}${said === '' ? '' : `; it said:\n${said.trim()}`}`, { cause: error });
  }
  return { url, partnerSecret: sandboxPartnerSecret(createVault({ masterKeys: [{ version: 1, key }], current: 1 }, randomBytes)), stop };
}

/** The environment without our own variables: they are about another server. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_') && name !== 'PORT'));
}

async function ready(url: string, exitCode: () => number | null): Promise<void> {
  const untilMs = performance.now() + START_MS;
  while (performance.now() < untilMs) {
    if (exitCode() !== null) throw new Error(`the server ended with code ${exitCode()}`);
    const up = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server did not answer within ${START_MS / 1_000} s`);
}

/** Ports that no outgoing connection is given, on any common system: nobody takes one by chance between our asking and our listening. */
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;

/** A port of this machine on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
