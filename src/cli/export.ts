/** `millrace export FOLDER`: a whole instance in a form that knows no host. */
import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { exportInstance } from '../runtime/node/keep/export.ts';
import { knownFlagsOnly } from './arguments.ts';
import { DATA_DIR_FLAG, dataDirOf, photoLines } from './data-place.ts';

export const exportData = defineCommand({
  meta: { name: 'export', description: 'Write everything of an instance as JSON lines, sealed as it is, to be imported elsewhere' },
  args: { folder: { type: 'positional', required: true, description: 'A folder that is not there yet' }, 'data-dir': DATA_DIR_FLAG },
  setup: knownFlagsOnly,
  async run({ args }) {
    const done = await exportInstance({ dataDir: dataDirOf(args['data-dir']), target: args.folder, nowMs: Date.now() });
    const rows = done.manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    process.stdout.write(
      `${resolve(args.folder)}: ${rows} rows of ${done.manifest.tables.length} tables, ${done.count} photos\n${photoLines(done)}` +
        'What is sealed stays sealed: it is of use only where the same master keys are configured. To move an instance, stop its server first.\n',
    );
  },
});
