/** `millrace restore FOLDER`: puts a backup back into an empty data folder. */
import { defineCommand } from 'citty';
import { restore } from '../runtime/node/keep/restore.ts';
import { knownFlagsOnly } from './arguments.ts';
import { configOf, DATA_DIR_FLAG } from './data-place.ts';

export const restoreBackup = defineCommand({
  meta: {
    name: 'restore',
    description: "Put a backup back into an empty data folder, in the environment (with the master keys) of the instance's server",
  },
  args: {
    folder: { type: 'positional', required: true, description: 'What backup has made' },
    'data-dir': DATA_DIR_FLAG,
    erasures: { type: 'string', description: 'List of `millrace erasures`: who was erased since is erased again' },
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const config = configOf(args['data-dir']);
    const done = await restore({ config, source: args.folder, erasures: args.erasures ?? null, nowMs: Date.now() });
    const { manifest, replayed } = done;
    process.stdout.write(
      `${config.dataDir}: as it was at ${manifest.made_at}, ${manifest.rows['applications'] ?? 0} applications, ${manifest.objects} photos; audit trail ${done.audit}\n` +
        (args.erasures === undefined
          ? `Who was erased after ${manifest.made_at} is in it again. With a list of them: --erasures FILE.\n`
          : `${replayed.borrowers} borrowers were erased again; ${replayed.nothingToDo} applications of the list were not in it, or erased already.\n`) +
        (done.manifestsDir === null ? '' : `Start it with MILLRACE_MANIFESTS=${done.manifestsDir}\n`),
    );
  },
});
