/** `millrace import FOLDER`: takes an export into an empty instance. */
import { defineCommand } from 'citty';
import { importInstance } from '../runtime/node/keep/import.ts';
import { knownFlagsOnly } from './arguments.ts';
import { configOf, DATA_DIR_FLAG } from './data-place.ts';

export const importData = defineCommand({
  meta: {
    name: 'import',
    description:
      'Take an export into an empty instance, in the environment (with the same master keys) of its server; goes on where it was interrupted',
  },
  args: { folder: { type: 'positional', required: true, description: 'What export has made' }, 'data-dir': DATA_DIR_FLAG },
  setup: knownFlagsOnly,
  async run({ args }) {
    const config = configOf(args['data-dir']);
    const { manifest, resumed, audit } = await importInstance({ config, source: args.folder, nowMs: Date.now() });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    process.stdout.write(
      `${config.dataDir}: ${resumed ? 'went on, and has' : 'has'} ${rows} rows of ${manifest.tables.length} tables, ${manifest.objects} photos; audit trail ${audit}\n`,
    );
  },
});
