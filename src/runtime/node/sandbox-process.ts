/** Simulated funders as a process of their own. They end when our end of their standard input closes, so a kill of ours leaves none behind. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface SandboxProcess {
  /** Base URL by funder id. */
  readonly urls: Readonly<Record<string, string>>;
  stop(): void;
}

/** One funder that speaks one adapter's protocol. */
export interface DoubleProcess {
  readonly url: string;
  /** What the adapter needs to be set up with to speak to it; the values are in the adapter's `cases/world.json`. */
  readonly secretNames: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  stop(): void;
}

const MAIN = new URL('../../sandbox/main.ts', import.meta.url).pathname;
const START_MS = 20_000;

/** The six; `basePort` 0 takes free ports. Rejects when they are not up in time, with what they said. */
export async function startSandboxProcess(basePort: number): Promise<SandboxProcess> {
  const { told, stop } = await start(['--base-port', String(basePort)], basePort);
  const { funders } = told as { funders: { id: string; url: string }[] };
  return { urls: Object.fromEntries(funders.map(({ id, url }) => [id, url])), stop };
}

/** One funder of any adapter; port 0 takes a free one. Rejects when there is no such adapter or it is not up in time. */
export async function startDoubleProcess(adapter: string, port: number): Promise<DoubleProcess> {
  const { told, stop } = await start(['--adapter', adapter, '--base-port', String(port)], port);
  const { url, secret_names: secretNames, params } = told as { url: string; secret_names: string[]; params: Record<string, string> };
  return { url, secretNames, params, stop };
}

async function start(flags: readonly string[], port: number): Promise<{ readonly told: unknown; readonly stop: () => void }> {
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the sandbox funders did not start in time')), START_MS);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    child.on('error', fail);
    child.on('exit', (code) =>
      fail(new Error(`the sandbox funders ended with code ${code ?? 'none'}${port === 0 ? '' : `; is port ${port} free?`}`)),
    );
    createInterface({ input: child.stdout }).once('line', (text) => {
      clearTimeout(timer);
      resolve(text);
    });
  });
  child.removeAllListeners('exit');
  return { told: JSON.parse(line), stop: () => void child.kill() };
}
