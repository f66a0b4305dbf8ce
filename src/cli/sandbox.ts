import { once } from 'node:events';
import { defineCommand } from 'citty';
import { startDoubleProcess } from '../runtime/node/sandbox-process.ts';
import { knownFlagsOnly, wholeNumber } from './arguments.ts';
import { renderTable } from './table.ts';

/** One simulated funder of any protocol, to try an adapter against. */
export const sandbox = defineCommand({
  meta: { name: 'sandbox', description: 'Run one simulated funder that speaks an adapter’s protocol' },
  args: {
    adapter: { type: 'string', required: true, description: 'Name of the adapter: its folder in adapters/' },
    port: { type: 'string', default: '0', description: 'Port on loopback; 0 takes a free one' },
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const running = await startDoubleProcess(args.adapter, wholeNumber('--port', args.port, 0, 65_535));
    const rows: [string, string][] = [
      ['base_url', running.url],
      ...running.secretNames.map((name): [string, string] => [`secret ${name}`, `adapters/${args.adapter}/cases/world.json`]),
      ...Object.entries(running.params).map(([name, value]): [string, string] => [`param ${name}`, value]),
    ];
    process.stdout.write(`${renderTable(['what', 'value'], rows)}\n`);
    // Before it says so: whoever reads that may be quicker.
    const told = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    process.stderr.write('Ctrl-C ends it\n');
    await told;
    running.stop();
  },
});
