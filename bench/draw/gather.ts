/** Runs the `eval:` commands and keeps of their last lines what the pictures show. */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { Figures } from './figures.ts';

/** A command ended badly; the message is what it said. */
export class GatherError extends Error {}

/** The arguments of each; first those that want the file, so that a wrong one is told at once. `monitor` starts at runs that nothing was tuned on, as docs/monitoring.md does. */
const COMMANDS: Readonly<Partial<Record<keyof Figures, readonly string[]>>> = {
  likelihood: ['--data'],
  drift: ['--data'],
  order: [],
  latent: [],
  pacing: [],
  monitor: ['--first-run', '3001'],
};

/**
 * `data` is the file of the commands that want one. They run one after another, at the priority of `nice -n 10`, each at its documented size; `say`
 * hears what begins and what it took. Throws GatherError when one fails or prints what is not figures.
 */
export async function gather(data: string, say: (line: string) => void, commands = COMMANDS): Promise<Figures> {
  const printed: Record<string, unknown> = {};
  const all = Object.entries(commands);
  for (const [index, [name, given]] of all.entries()) {
    const args = given.flatMap((one) => (one === '--data' ? [one, data] : [one]));
    say(`${index + 1} of ${all.length}: eval:${name} ...`);
    const startedMs = performance.now();
    printed[name] = lastLine(name, await output(name, [...args, '--json']));
    say(`${index + 1} of ${all.length}: eval:${name} took ${Math.round((performance.now() - startedMs) / 1_000)} s\n`);
  }
  const read = Figures.safeParse(printed);
  if (!read.success) throw new GatherError(`what the commands print is not what is drawn: ${read.error.issues[0]!.path.join('.')}`);
  return read.data;
}

/** What a command prints. */
function output(name: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'eval', `${name}.ts`), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) setPriority(child.pid, 10);
    const [parts, complaints]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => complaints.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(parts).toString());
      else reject(new GatherError(Buffer.concat(complaints).toString().trim() || `eval:${name} ended with ${code}`));
    });
  });
}

function lastLine(name: string, text: string): unknown {
  try {
    return JSON.parse(text.trim().split('\n').at(-1)!);
  } catch {
    throw new GatherError(`the last line of eval:${name} is not JSON`);
  }
}
