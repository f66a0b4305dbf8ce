/** `millrace import FOLDER`: takes an export into an empty instance, here or (`--to`) a service of many cells. */
import { defineCommand } from 'citty';
import { importInto, type ImportIntoProgress } from '../runtime/node/keep/import-into.ts';
import { importInstance } from '../runtime/node/keep/import.ts';
import { knownFlagsOnly, UsageError } from './arguments.ts';
import { configOf, DATA_DIR_FLAG } from './data-place.ts';

export const importData = defineCommand({
  meta: {
    name: 'import',
    description:
      'Take an export into an empty instance, in the environment (with the same master keys) of its server; goes on where it was interrupted. With --to into a service on Cloudflare that waits for it',
  },
  args: {
    folder: { type: 'positional', required: true, description: 'What export has made' },
    'data-dir': DATA_DIR_FLAG,
    to: {
      type: 'string',
      description: 'Origin of a service of many cells, such as https://loans.example; its MILLRACE_IMPORT_SECRET is read from the environment',
    },
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    if (args.to !== undefined) return intoCells(args.folder, args.to, args['data-dir']);
    const config = configOf(args['data-dir']);
    const { manifest, resumed, audit } = await importInstance({ config, source: args.folder, nowMs: Date.now() });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    process.stdout.write(
      `${config.dataDir}: ${resumed ? 'went on, and has' : 'has'} ${rows} rows of ${manifest.tables.length} tables, ${manifest.objects} photos; audit trail ${audit}\n`,
    );
  },
});

async function intoCells(source: string, to: string, dataDir: string | undefined): Promise<void> {
  if (dataDir !== undefined) throw new UsageError('--to and --data-dir are two different places');
  const url = originOf(to);
  const secret = process.env['MILLRACE_IMPORT_SECRET'] ?? '';
  if (secret === '') throw new UsageError('MILLRACE_IMPORT_SECRET is needed in the environment: the one that is configured there');
  const { manifest, rows, resumed, audit } = await importInto({ source, url, secret, onProgress: teller() });
  process.stdout.write(
    `${url}: ${resumed ? 'went on; ' : ''}the desk has ${rows.desk} rows and the first cell ${rows.cell}, with ${manifest.objects} photos, compared one by one and the same; audit trail ${audit}\n` +
      'It is serving. Take MILLRACE_IMPORT_SECRET out of its configuration.\n',
  );
}

/** A secret and everybody's data go there: in the clear to this machine alone. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && local)))
    throw new UsageError('--to takes the origin of the service, with https');
  return url.origin;
}

/** A line now and then. */
function teller(): (said: ImportIntoProgress) => void {
  let [saidMs, last] = [performance.now(), ''];
  return ({ step, part, done }) => {
    const now = `${step} ${part}`;
    if (now === last && performance.now() - saidMs < 5_000) return;
    [saidMs, last] = [performance.now(), now];
    process.stderr.write(`${now} ${done}\n`);
  };
}
