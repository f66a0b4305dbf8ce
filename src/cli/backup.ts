/** `millrace backup FOLDER`: a copy of a running instance that can be restored. */
import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { backUp } from '../runtime/node/keep/backup.ts';
import { knownFlagsOnly } from './arguments.ts';
import { DATA_DIR_FLAG, dataDirOf, mebibytes, photoLines } from './data-place.ts';

export const backup = defineCommand({
  meta: { name: 'backup', description: 'Back an instance up while it runs: database, photos, manifests; never its master key' },
  args: { folder: { type: 'positional', required: true, description: 'A folder that is not there yet' }, 'data-dir': DATA_DIR_FLAG },
  setup: knownFlagsOnly,
  async run({ args }) {
    const manifests = process.env['MILLRACE_MANIFESTS'];
    const done = await backUp({
      dataDir: dataDirOf(args['data-dir']),
      target: args.folder,
      nowMs: Date.now(),
      manifestsDir: manifests === undefined || manifests === '' ? null : resolve(manifests),
    });
    process.stdout.write(
      `${resolve(args.folder)}: ${done.manifest.rows['applications'] ?? 0} applications, database ${mebibytes(done.databaseBytes)}, ${done.count} photos ${mebibytes(done.bytes)}\n` +
        photoLines(done) +
        'The master key is not in it, on purpose: with it, whoever finds the backup could read it. Keep the key elsewhere; without it the backup is noise.\n',
    );
  },
});
