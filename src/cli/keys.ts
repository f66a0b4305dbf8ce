import { defineCommand } from 'citty';
import { knownFlagsOnly } from './arguments.ts';
import { sandboxKeysOf } from './demo/client.ts';
import { renderTable } from './table.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8787';

export const keys = defineCommand({
  meta: { name: 'keys', description: 'Print the test keys of a running sandbox server' },
  args: {
    url: { type: 'string', default: DEFAULT_URL, description: 'Where the server is' },
    json: { type: 'boolean', default: false, description: 'As JSON' },
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const { console: links, ...found } = await sandboxKeysOf(args.url.replace(/\/+$/, ''));
    const rows = [...Object.entries(found), ...Object.entries(links).map(([who, link]) => [`console ${who}`, link])];
    process.stdout.write(`${args.json ? JSON.stringify({ ...found, console: links }) : renderTable(['kind', 'key'], rows)}\n`);
  },
});
