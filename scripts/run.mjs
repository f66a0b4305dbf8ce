// Runs a program on the pinned Node as if it were this process: same terminal, signals passed on, exit code passed back.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { compileCache, pinnedNode, root } from './install.mjs';

/** Resolves with the exit code; 128 + n when the program died of signal n. */
export function runPinned(args, env = {}) {
  return new Promise((resolve) => {
    // What the program starts in its turn finds the pinned Node first as well.
    const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
    const cache = { NODE_COMPILE_CACHE: compileCache, NODE_COMPILE_CACHE_PORTABLE: '1' };
    const child = spawn(pinnedNode, args, { stdio: 'inherit', env: { ...cache, ...process.env, PATH, ...env } });
    const passOn = (signal) => {
      // A terminal has sent Ctrl-C to the child as well; a second one would read as "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];
    for (const signal of signals) process.on(signal, passOn);
    child.on('error', (error) => {
      process.stderr.write(`cannot run ${pinnedNode}: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      for (const one of signals) process.off(one, passOn);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
