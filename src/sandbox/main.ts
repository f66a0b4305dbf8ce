/**
 * Runs the six simulated funders as a process of their own. Flags (or environment): --base-port (MILLRACE_SANDBOX_PORT, 0 takes free ports),
 * --callback-delay-ms, --latency-scale, --seed, --max-orders (MILLRACE_SANDBOX_CALLBACK_DELAY_MS and so on), and MILLRACE_SANDBOX_SECRETS as JSON
 * for secrets other than the fixtures'. Prints one line of JSON with their addresses when they listen. Unless --detached is given it
 * ends when its stdin closes, so that it never outlives the process that started it: start it with stdin as a pipe.
 */
import { parseArgs } from 'node:util';
import { SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import { startSandbox } from './start.ts';

const NUMBERS = {
  'base-port': 'MILLRACE_SANDBOX_PORT',
  'callback-delay-ms': 'MILLRACE_SANDBOX_CALLBACK_DELAY_MS',
  'latency-scale': 'MILLRACE_SANDBOX_LATENCY_SCALE',
  seed: 'MILLRACE_SANDBOX_SEED',
  'max-orders': 'MILLRACE_SANDBOX_MAX_ORDERS',
} as const;

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { 'base-port': text, 'callback-delay-ms': text, 'latency-scale': text, seed: text, 'max-orders': text, detached: { type: 'boolean' } },
});

const sandbox = await startSandbox({
  basePort: numberOf('base-port', 0),
  callbackDelayMs: numberOf('callback-delay-ms', 500),
  latencyScale: numberOf('latency-scale', 1),
  seed: numberOf('seed', 1),
  maxOrders: numberOf('max-orders', 50_000),
  secrets:
    process.env['MILLRACE_SANDBOX_SECRETS'] === undefined
      ? SANDBOX_SECRETS
      : (JSON.parse(process.env['MILLRACE_SANDBOX_SECRETS']) as typeof SANDBOX_SECRETS),
});
process.stdout.write(`${JSON.stringify({ funders: sandbox.funders })}\n`);

const end = (): void => void sandbox.close().then(() => process.exit(0));
process.once('SIGTERM', end);
process.once('SIGINT', end);
if (values.detached !== true) process.stdin.once('end', end).once('close', end).resume();

function numberOf(flag: keyof typeof NUMBERS, fallback: number): number {
  const given = values[flag] ?? process.env[NUMBERS[flag]];
  const number = given === undefined || given === '' ? fallback : Number(given);
  if (Number.isFinite(number) && number >= 0) return number;
  process.stderr.write(`--${flag} must be a number of at least 0\n`);
  process.exit(2);
}
