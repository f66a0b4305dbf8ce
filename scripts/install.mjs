// Makes sure that what the lock file names is installed, and finds the pinned Node. Plain JavaScript: it runs on the system's Node
// (18 or later) before anything is installed. Prints nothing when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.millrace-stamp');
/** The pinned Node 24: the program itself, not the link that npm makes to it. */
export const pinnedNode = join(modules, 'node', 'bin', 'node');
/** Compiled code is kept here between starts; it goes when node_modules goes. */
export const compileCache = join(modules, '.cache', 'compile');

/** Installs when node_modules is absent or belongs to another lock file. Exits with 1 and says why when it cannot. */
export function ensureInstalled() {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = createHash('sha256').update(lockText).digest('hex');
  if (readOr(stampFile, '') === stamp && existsSync(pinnedNode)) return;
  if (!installedMatches(JSON.parse(lockText))) install();
  writeFileSync(stampFile, stamp);
}

/** True when npm's own record of node_modules has every required package of the lock, so that an install made by hand counts. */
function installedMatches(lock) {
  const record = readOr(join(modules, '.package-lock.json'), '');
  if (record === '' || !existsSync(pinnedNode)) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(lock.packages).every(([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version);
}

function install() {
  refuseLink();
  process.stderr.write('Installing dependencies (once; about 15 s with a warm cache) ...\n');
  // Scripts stay off: the only one that is needed is that of `node`, and better-sqlite3's would want a compiler it has no use for.
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
  npm(['rebuild', 'node', '--no-audit', '--no-fund', '--loglevel=error'], 'fetching Node 24');
  if (!existsSync(pinnedNode)) stop('fetching Node 24', 'node_modules/node/bin/node is not there after the install');
}

/** npm follows a link and empties the folder behind it, in which another copy may be running. */
function refuseLink() {
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  stop(
    'node_modules',
    `node_modules is a symbolic link to ${readlinkSync(modules)}, and what is there is not what package-lock.json names.\n` +
      'Nothing was changed: npm would empty that folder. Install in the folder it belongs to, or remove the link.',
  );
}

function npm(args, what) {
  const { PATH = '', ...rest } = process.env;
  // npm must run on the system's Node: the one in node_modules is about to be removed and knows another global npmrc.
  const path = PATH.split(delimiter)
    .filter((one) => !one.startsWith(modules))
    .join(delimiter);
  const done = spawnSync('npm', args, { cwd: root, env: { ...rest, PATH: path }, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (done.error?.code === 'ENOENT') stop(what, 'npm is not on the PATH; install it (Debian: apt-get install npm)');
  if (done.status !== 0) stop(what, `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`.trim());
}

function stop(what, output) {
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(output);
  const lines = output.split('\n').slice(-25).join('\n');
  const hint = offline
    ? "The package registry cannot be reached: connect this machine, or set npm's registry or proxy, and start again."
    : 'Put this right and start again.';
  process.stderr.write(`\nInstalling dependencies failed at: ${what}\n${lines}\n\n${hint}\n`);
  process.exit(1);
}

function readOr(file, fallback) {
  return existsSync(file) ? readFileSync(file, 'utf8') : fallback;
}
