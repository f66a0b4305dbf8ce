/**
 * Runs the six simulated funders, or with --adapter ID one funder that speaks that adapter's protocol, as a process of their own. Flags (or
 * environment): --base-port (MILLRACE_SANDBOX_PORT, 0 takes free ports), --callback-delay-ms, --latency-scale, --seed, --max-orders
 * (MILLRACE_SANDBOX_CALLBACK_DELAY_MS and so on), and MILLRACE_SANDBOX_SECRETS as JSON for secrets other than the fixtures' or the adapter's own
 * test world. Prints one line of JSON with their addresses when they listen. Unless --detached is given it ends when its stdin closes,
 * so that it never outlives the process that started it: start it with stdin as a pipe.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import type { Secrets } from './protocols/wire.ts';
import { startDouble } from './start-double.ts';
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
  options: {
    adapter: text,
    'base-port': text,
    'callback-delay-ms': text,
    'latency-scale': text,
    seed: text,
    'max-orders': text,
    detached: { type: 'boolean' },
  },
});

const port = numberOf('base-port', 0);
const pace = {
  callbackDelayMs: numberOf('callback-delay-ms', 500),
  latencyScale: numberOf('latency-scale', 1),
  seed: numberOf('seed', 1),
  maxOrders: numberOf('max-orders', 50_000),
};
const given = process.env['MILLRACE_SANDBOX_SECRETS'];
const running = await (values.adapter === undefined ? startAll() : startOne(values.adapter)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
process.stdout.write(`${JSON.stringify(running.told)}\n`);

const end = (): void => void running.close().then(() => process.exit(0));
process.once('SIGTERM', end);
process.once('SIGINT', end);
if (values.detached !== true) process.stdin.once('end', end).once('close', end).resume();

interface Running {
  readonly told: object;
  close(): Promise<void>;
}

async function startAll(): Promise<Running> {
  const secrets = given === undefined ? SANDBOX_SECRETS : (JSON.parse(given) as typeof SANDBOX_SECRETS);
  const sandbox = await startSandbox({ basePort: port, secrets, ...pace });
  return { told: { funders: sandbox.funders }, close: () => sandbox.close() };
}

async function startOne(adapter: string): Promise<Running> {
  const world = worldOf(adapter);
  const secrets = given === undefined ? world.secrets : (JSON.parse(given) as Secrets);
  const double = await startDouble({ adapter, port, secrets: { ...world.funder_secrets, ...secrets }, params: world.params, ...pace });
  return { told: { adapter, url: double.url, secret_names: Object.keys(secrets), params: world.params }, close: () => double.close() };
}

function worldOf(adapter: string): { readonly secrets: Secrets; readonly params: Secrets; readonly funder_secrets?: Secrets } {
  try {
    return JSON.parse(readFileSync(new URL(`../../adapters/${encodeURIComponent(adapter)}/cases/world.json`, import.meta.url), 'utf8')) as ReturnType<
      typeof worldOf
    >;
  } catch {
    throw new Error(`there is no adapter ${adapter}, or it has no cases/world.json`);
  }
}

function numberOf(flag: keyof typeof NUMBERS, fallback: number): number {
  const said = values[flag] ?? process.env[NUMBERS[flag]];
  const number = said === undefined || said === '' ? fallback : Number(said);
  if (Number.isFinite(number) && number >= 0) return number;
  process.stderr.write(`--${flag} must be a number of at least 0\n`);
  process.exit(2);
}
