/** `millrace simulate`: what another policy would have made of the applications in this instance's database, which is only read. */
import { SingleBar } from 'cli-progress';
import { defineCommand } from 'citty';
import { readFileSync } from 'node:fs';
import { NothingToSimulateError } from '../ports/simulator.ts';
import { prepareSimulation } from '../runtime/node/simulate-instance.ts';
import { describeFaults, readConfig } from '../runtime/node/config.ts';
import { UsageError, knownFlagsOnly, wholeNumber } from './arguments.ts';
import { renderSimulation } from './simulation-report.ts';

export const simulate = defineCommand({
  meta: { name: 'simulate', description: 'Replay stored applications through a policy and show what it would change' },
  args: {
    policy: {
      type: 'string',
      required: true,
      description: 'A file with a policy as JSON, a policy’s id, a draft (pdr_…) or a proposed change (chg_…)',
    },
    from: { type: 'string', description: 'Applications created from then on (RFC 3339)' },
    to: { type: 'string', description: 'and before then' },
    channel: { type: 'string', description: 'Of this channel alone' },
    sample: { type: 'string', default: '10000', description: 'About so many applications (1 to 1000000)' },
    replicates: { type: 'string', default: '200', description: 'Replicates of the bootstrap (20 to 1000)' },
    seed: { type: 'string', default: '1', description: 'Equal seeds give equal figures' },
    json: { type: 'boolean', default: false, description: 'End with the report as one line of JSON' },
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const wish = {
      fromMs: timeOf('--from', args.from),
      toMs: timeOf('--to', args.to),
      channelId: args.channel ?? null,
      sample: wholeNumber('--sample', args.sample, 1, 1_000_000),
      replicates: wholeNumber('--replicates', args.replicates, 20, 1_000),
      seed: wholeNumber('--seed', args.seed, 0, 2 ** 32 - 1),
    };
    const config = readConfig(process.env);
    if (Array.isArray(config)) throw new Error(`the configuration has faults:\n${describeFaults(config)}`);
    const simulation = prepareSimulation(config, fileOrId(args.policy));
    if (Array.isArray(simulation)) throw new Error(`the policy cannot be simulated:\n${simulation.join('\n')}`);
    const bar = new SingleBar({
      stream: process.stderr,
      format: 'applications {bar} {value}/{total}  {duration_formatted}  to go {eta_formatted}',
      hideCursor: true,
      clearOnComplete: true,
    });
    const startedMs = performance.now();
    try {
      bar.start(1, 0);
      const report = await simulation.run(wish, ({ done, total }) => {
        bar.setTotal(Math.max(1, total));
        bar.update(done);
      });
      bar.stop();
      process.stdout.write(`${renderSimulation(report)}\nseed ${wish.seed}, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
      if (args.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    } catch (error) {
      // Not a fault of ours that wants a stack.
      throw error instanceof NothingToSimulateError ? new Error(error.message, { cause: error }) : error;
    } finally {
      bar.stop();
    }
  },
});

/** Something that is an id is one, also where a file is called the same. */
function fileOrId(given: string): { readonly id: string } | { readonly policy: unknown } {
  if (/^(pol|chg)_[a-z0-9_]+$/.test(given)) return { id: given };
  try {
    return { policy: JSON.parse(readFileSync(given, 'utf8')) as unknown };
  } catch (error) {
    throw new UsageError(
      error instanceof SyntaxError ? `--policy: ${given} is not JSON` : `--policy: there is no file ${given}, and it is not the id of a policy`,
    );
  }
}

function timeOf(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d{4}-\d{2}-\d{2}(T.+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new UsageError(`${flag} must be a date or an RFC 3339 time, such as 2026-11-01T00:00:00+08:00`);
  return ms;
}
