/** `millrace erasures`: who was erased, as a list to be kept apart from backups. */
import { defineCommand } from 'citty';
import { openSnapshot } from '../runtime/node/keep/snapshot.ts';
import { erasuresSince } from '../runtime/node/keep/replay-erasures.ts';
import { knownFlagsOnly, UsageError } from './arguments.ts';
import { DATA_DIR_FLAG, dataDirOf } from './data-place.ts';

export const erasures = defineCommand({
  meta: { name: 'erasures', description: 'Print what was erased since a time, a line of JSON for each application; for restore --erasures' },
  args: {
    since: { type: 'string', required: true, description: 'When the oldest backup was made: 2026-11-20T02:00:00Z' },
    'data-dir': DATA_DIR_FLAG,
  },
  setup: knownFlagsOnly,
  run({ args }) {
    const sinceMs = Date.parse(args.since);
    if (Number.isNaN(sinceMs)) throw new UsageError('--since takes a time such as 2026-11-20T02:00:00Z');
    const snapshot = openSnapshot(dataDirOf(args['data-dir']));
    try {
      for (const erased of erasuresSince(snapshot.db, sinceMs)) process.stdout.write(`${JSON.stringify(erased)}\n`);
    } finally {
      snapshot.close();
    }
  },
});
