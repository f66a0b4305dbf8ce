/** One target with its two processes: the server pinned to one core, the load tool with its doubles to the other. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Order, Outcome, Report } from './load.ts';
import type { MemorySample } from './measure.ts';
import type { Target } from './target.ts';

export interface Rig {
  readonly name: string;
  /** Where it answers. */
  readonly server: string;
  /** The cores that each may run on. Where they share one, the server is measured against its own load, and the fastest suffers most. */
  readonly cores: { readonly server: string; readonly load: string };
  run(order: Exclude<Order, { kind: 'open_session' }>): Promise<Outcome>;
  /** Resident memory of the server, sampled while orders run. */
  readonly memory: MemorySample[];
  /** CPU seconds so far: of the server with all its threads, and of everybody on both cores who is no part of this measurement. */
  cpuS(): { readonly server: number; readonly others: number };
  /** SIGTERM to the server, and the data gone. */
  close(): Promise<void>;
}

export interface RigOptions {
  /** Options of Node for the server. */
  readonly nodeFlags: readonly string[];
  /** Where the database goes; must be a real disk. */
  readonly dataRoot: string;
}

const ROOT = join(import.meta.dirname, '..');
const SERVER_CORE = 0;
const LOAD_CORE = 1;
const READY_MS = 240_000;
const SAMPLE_MS = 250;
const CLOCK_TICKS_PER_S = 100;

/** What is left to do however this process ends, but by SIGKILL. */
const atTheEnd = new Set<() => void>();
process.once('exit', () => {
  for (const end of atTheEnd) end();
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(130));

/** Starts both and resolves when the server is ready and the session open. */
export async function startRig(target: Target, options: RigOptions): Promise<Rig> {
  const dataDir = mkdtempSync(join(options.dataRoot, `millrace-bench-${target.name}-`));
  atTheEnd.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const load = start(LOAD_CORE, ['bench/load.ts', target.name], process.env, true);
  const { funder, webhook } = await answer(load, 'doubles');
  const given = `http://127.0.0.1:${await freePort()}`;
  const { args, env, addressFile } = target.launch({ server: given, funder, webhook }, dataDir);
  const child = start(SERVER_CORE, [...options.nodeFlags, ...args], { ...process.env, ...env }, false);
  await ready(`${given}${target.readyPath}`, child);
  const server = addressFile === undefined ? given : readFileSync(addressFile, 'utf8');
  await ask(load, { kind: 'open_session', server }, 'ready');
  const memory: MemorySample[] = [];
  return {
    name: target.name,
    server,
    cores: { server: coresOf(child), load: coresOf(load) },
    memory,
    cpuS: () => {
      const [server, own] = [sumOf(family(child.pid!), cpuSecondsOf), cpuSecondsOf(load.pid!) + cpuSecondsOf(process.pid)];
      return { server, others: coreSeconds(SERVER_CORE) + coreSeconds(LOAD_CORE) - server - own };
    },
    run: async (order) => {
      const sampler = setInterval(() => memory.push({ atMs: performance.now(), rssMib: sumOf(family(child.pid!), rssMibOf) }), SAMPLE_MS);
      try {
        return (await ask(load, order, 'outcome')).outcome;
      } finally {
        clearInterval(sampler);
      }
    },
    close: async () => {
      load.disconnect();
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Looked at before anything is pinned: a pinned process is told of its own core alone, and would start the server beside the load. */
const PINNABLE = availableParallelism() >= 2 && existsSync('/usr/bin/taskset');

/** Whether processes can be pinned here: two cores and taskset. */
export function canPin(): boolean {
  return PINNABLE;
}

/** The cores a process may run on, as Linux lists them: `0`, `0-3`. */
function coresOf({ pid }: ChildProcess): string {
  return /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}

/** Moves this process to the load core, so that it does not disturb the server. */
export function pinSelf(): void {
  if (canPin()) execFileSync('taskset', ['-acp', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });
}

function start(core: number, args: readonly string[], env: NodeJS.ProcessEnv, ipc: boolean): ChildProcess {
  const command = canPin() ? ['taskset', '-c', String(core), process.execPath] : [process.execPath];
  const [program, ...rest] = [...command, ...args];
  const child = spawn(program!, rest, { cwd: ROOT, env, stdio: ipc ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['ignore', 'ignore', 'inherit'] });
  atTheEnd.add(() => killFamily(child));
  return child;
}

async function ask<K extends Report['kind']>(load: ChildProcess, order: Order, kind: K): Promise<Extract<Report, { kind: K }>> {
  const answered = answer(load, kind);
  load.send(order);
  return answered;
}

function answer<K extends Report['kind']>(load: ChildProcess, kind: K): Promise<Extract<Report, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the load process ended with ${code}`));
    load.once('exit', ended);
    load.once('message', (report: Report) => {
      load.off('exit', ended);
      if (report.kind === kind) resolve(report as Extract<Report, { kind: K }>);
      else reject(new Error(`expected ${kind}, got ${report.kind}`));
    });
  });
}

/** Resolves when the server answers 2xx here; throws when it ends before, or takes longer than four minutes: on a busy machine workerd needs one. */
export async function ready(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} before it was ready`);
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server was not ready within ${READY_MS / 1_000} s`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The server may have started others, as wrangler starts workerd: they would outlive it. */
function killFamily({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  for (const each of family(pid)) {
    try {
      process.kill(each, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** A process and all that it started; none once it is gone. */
function family(pid: number): number[] {
  if (!existsSync(`/proc/${pid}/task`)) return [];
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => readChildren(`/proc/${pid}/task/${task}/children`));
  return [pid, ...children.flatMap(family)];
}
function readChildren(file: string): number[] {
  return readFileSync(file, 'utf8').split(' ').map(Number).filter(Boolean);
}
function sumOf(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + of(pid), 0);
}

function rssMibOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024;
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S;
}

/** Everything but idling and waiting for the disk. */
function coreSeconds(core: number): number {
  const fields = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = fields.split(' ').map(Number);
  return (user + nice + system + irq + softIrq + steal) / CLOCK_TICKS_PER_S;
}
