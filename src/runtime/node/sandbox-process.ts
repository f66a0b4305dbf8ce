/** The six simulated funders, as a process of their own. They end when our end of their standard input closes, so a kill of ours leaves none behind. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface SandboxProcess {
  /** Base URL by funder id. */
  readonly urls: Readonly<Record<string, string>>;
  stop(): void;
}

const MAIN = new URL('../../sandbox/main.ts', import.meta.url).pathname;
const START_MS = 20_000;

/** `basePort` 0 takes free ports. Rejects when they are not up in time, with what they said. */
export async function startSandboxProcess(basePort: number): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [MAIN, '--base-port', String(basePort)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the sandbox funders did not start in time')), START_MS);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the sandbox funders ended with code ${code ?? 'none'}; is port ${basePort} free?`)));
    createInterface({ input: child.stdout }).once('line', (text) => {
      clearTimeout(timer);
      resolve(text);
    });
  });
  const { funders } = JSON.parse(line) as { funders: { id: string; url: string }[] };
  child.removeAllListeners('exit');
  return { urls: Object.fromEntries(funders.map(({ id, url }) => [id, url])), stop: () => void child.kill() };
}
