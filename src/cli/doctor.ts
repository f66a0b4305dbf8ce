/**
 * `millrace doctor`: looks at this machine the way the server will use it, and says of each thing whether it is right and, when it is
 * not, what to do. It changes nothing but a scratch file in the data directory, and must never print a value of the environment.
 */
import { accessSync, closeSync, constants, existsSync, fdatasyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describeFaults, readConfig, unknownVariables, type Config } from '../runtime/node/config.ts';

export interface Line {
  readonly state: 'ok' | 'warn' | 'fail';
  readonly what: string;
  readonly finding: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
}
type Env = Readonly<Record<string, string | undefined>>;
type Finding = Omit<Line, 'what'>;

const MIB = 2 ** 20;
const SANDBOX_FUNDERS = 6;
const FSYNCS = 32;
/** Before this project began: a clock that says so is wrong. */
const EARLIEST_MS = Date.UTC(2025, 0, 1);

/** Runs every check, prints a line each, and returns the exit code: 1 when one failed, else 0. */
export async function doctor(env: Env, print: (line: string) => void): Promise<number> {
  const lines = await examine(env);
  for (const { state, what, finding, remedy } of lines) {
    print(`${state.padEnd(4)}  ${what.padEnd(14)}  ${finding}`);
    if (remedy !== '') print(`${' '.repeat(22)}-> ${remedy}`);
  }
  const failed = lines.filter(({ state }) => state === 'fail').length;
  const warned = lines.filter(({ state }) => state === 'warn').length;
  print(failed > 0 ? `${failed} of ${lines.length} checks failed` : `${lines.length} checks, ${warned === 0 ? 'all well' : `${warned} to look at`}`);
  return failed > 0 ? 1 : 0;
}

/** The checks as values, in the order they are printed. A check that throws has failed. */
export async function examine(env: Env): Promise<Line[]> {
  const config = readConfig(env);
  const good = Array.isArray(config) ? null : config;
  const dataDir = good?.dataDir ?? resolve(env['MILLRACE_DATA_DIR'] || './data');
  const host = good?.host ?? '127.0.0.1';
  const checks: readonly (readonly [what: string, check: () => Finding | Promise<Finding>])[] = [
    ['node', () => checkNode(process.versions.node)],
    ['configuration', () => checkConfig(env)],
    ...(good?.mode === 'live' ? [['text messages', () => checkSms(good)] as const] : []),
    ['better-sqlite3', checkSqlite],
    ['sharp', checkSharp],
    ['memory', checkMemory],
    ['data directory', () => checkDataDir(dataDir)],
    ['fsync', () => checkFsync(dataDir)],
    ['clock', () => checkClock(Date.now(), newest(import.meta.filename))],
    ['port', () => checkPort(host, good?.port ?? 8_787, 'PORT')],
    ...(good?.mode === 'sandbox' ? [['sandbox ports', () => checkSandboxPorts(good.sandboxPortBase)] as const] : []),
  ];
  const lines: Line[] = [];
  for (const [what, check] of checks) lines.push({ what, ...(await attempt(check)) });
  return lines;
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const remedy = 'start by `npm start` or `npm run millrace`: they use the pinned Node 24';
  if (major >= 24) return ok(version);
  return major > 22 || (major === 22 && minor >= 19) ? warn(`${version}; made and tested on 24`, remedy) : fail(`${version} is too old`, remedy);
}

function checkConfig(env: Env): Finding {
  const config = readConfig(env);
  if (Array.isArray(config))
    return fail(describeFaults(config).replaceAll('\n', '; '), 'set these variables right; docs/operations.md lists them all');
  const unknown = unknownVariables(env);
  if (unknown.length > 0) return warn(`nothing reads ${unknown.join(', ')}`, 'check the spelling');
  return ok(`${config.mode} mode`);
}

function checkSms({ sms }: Config): Finding {
  if (sms === null) return warn('nobody sends them, so no phone can be verified', 'set MILLRACE_SMS; docs/operations.md says what goes with it');
  return ok(sms.provider);
}

async function checkSqlite(): Promise<Finding> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(':memory:');
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string };
  database.close();
  return ok(`SQLite ${version}`);
}

async function checkSharp(): Promise<Finding> {
  const { default: sharp } = await import('sharp');
  const grey = sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } });
  const bytes = await grey.jpeg().toBuffer();
  return bytes.length > 0 ? ok(`libvips ${sharp.versions.vips}`) : fail('made no picture', REINSTALL);
}

function checkMemory(): Finding {
  const mib = Math.round(totalmem() / MIB);
  return mib < 512 ? warn(`${mib} MiB`, 'give the machine 512 MiB or more') : ok(`${mib} MiB`);
}

function checkDataDir(dataDir: string): Finding {
  const standing = closestStanding(dataDir);
  try {
    accessSync(standing, constants.W_OK | constants.X_OK);
  } catch {
    return fail(`${dataDir} cannot be written`, 'give it to the user that runs the server, or point MILLRACE_DATA_DIR elsewhere');
  }
  const { bavail, bsize } = statfsSync(standing);
  const freeMib = Math.floor((bavail * bsize) / MIB);
  if (freeMib < 100) return fail(`${freeMib} MiB free`, 'free some space: a full disk stops every commit');
  const key = join(dataDir, 'sandbox-master.key');
  if (existsSync(key) && (statSync(key).mode & 0o077) !== 0) return warn('the sandbox key can be read by others', `chmod 600 ${key}`);
  return freeMib < 1_024
    ? warn(`${freeMib} MiB free`, 'free some space: a thousand applications take about 30 MiB')
    : ok(`${dataDir}, ${freeMib} MiB free`);
}

/** The time a commit has to wait for the disk: median of a few 4 KiB writes, each made durable. */
function checkFsync(dataDir: string): Finding {
  const file = join(closestStanding(dataDir), `.doctor-${process.pid}`);
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    const page = Buffer.alloc(4_096, 1);
    const tookMs = Array.from({ length: FSYNCS }, (_, index) => {
      writeSync(descriptor, page, 0, page.length, index * page.length);
      const from = performance.now();
      fdatasyncSync(descriptor);
      return performance.now() - from;
    }).toSorted((left, right) => left - right);
    return judgeFsync(tookMs[FSYNCS / 2]!, tookMs.at(-1)!);
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}

export function judgeFsync(medianMs: number, worstMs: number): Finding {
  const finding = `median ${medianMs.toFixed(2)} ms, worst ${worstMs.toFixed(2)} ms`;
  if (medianMs < 0.005) return warn(`${finding}: too fast for a disk`, 'a memory file system loses everything with the power; choose a real disk');
  return medianMs > 20 ? warn(`${finding}: every answer waits for it`, 'choose a faster disk') : ok(finding);
}

/** `knownMs`: a time that has certainly passed. */
export function checkClock(nowMs: number, knownMs: number): Finding {
  const remedy = 'set the clock (timedatectl set-ntp true): signatures, deadlines and ids depend on it';
  if (nowMs < EARLIEST_MS || nowMs < knownMs - 86_400_000) return fail(`${new Date(nowMs).toISOString()} lies in the past`, remedy);
  if (nowMs > EARLIEST_MS + 50 * 365 * 86_400_000) return fail(`${new Date(nowMs).toISOString()} lies far ahead`, remedy);
  return ok(new Date(nowMs).toISOString());
}

async function checkPort(host: string, port: number, variable: string): Promise<Finding> {
  if (port === 0) return ok('any free one');
  const code = await tryListen(host, port);
  if (code === null) return ok(`${host}:${port} is free`);
  if (code === 'EADDRINUSE') return fail(`${host}:${port} is taken`, `stop what listens there (ss -ltnp), or set ${variable} to another`);
  return fail(`${host}:${port}: ${code}`, code === 'EACCES' ? `ports below 1024 want privileges; set ${variable} to another` : 'check MILLRACE_HOST');
}

async function checkSandboxPorts(base: number): Promise<Finding> {
  if (base === 0) return ok('any free ones');
  for (let port = base; port < base + SANDBOX_FUNDERS; port += 1) {
    const found = await checkPort('127.0.0.1', port, 'MILLRACE_SANDBOX_PORT_BASE');
    if (found.state !== 'ok') return found;
  }
  return ok(`${base} to ${base + SANDBOX_FUNDERS - 1} are free`);
}

const REINSTALL = 'remove node_modules and start again: the dependencies are installed anew';

async function attempt(check: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'unknown error');
    return fail(code, code.startsWith('ERR_') || code === 'MODULE_NOT_FOUND' ? REINSTALL : 'see docs/operations.md');
  }
}

function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => settle(null)));
  });
}

function closestStanding(path: string): string {
  return existsSync(path) ? path : closestStanding(dirname(path));
}

function newest(file: string): number {
  return statSync(file).mtimeMs;
}

function ok(finding: string): Finding {
  return { state: 'ok', finding, remedy: '' };
}
function warn(finding: string, remedy: string): Finding {
  return { state: 'warn', finding, remedy };
}
function fail(finding: string, remedy: string): Finding {
  return { state: 'fail', finding, remedy };
}
