#!/usr/bin/env node
// node scripts/bootstrap.mjs [--node-option ...] entry.ts [argument ...]
// Installs what is missing, then runs the entry on the pinned Node.
import { resolve } from 'node:path';
import { ensureInstalled, root } from './install.mjs';
import { runPinned } from './run.mjs';
import { ensureWeb } from './web.mjs';

/** Entries that serve pages. */
const SERVERS = ['src/runtime/node/main.ts', 'src/runtime/node/edge-main.ts'];
const given = process.argv.slice(2);
const at = given.findIndex((one) => !one.startsWith('--'));
if (at < 0) {
  process.stderr.write('usage: node scripts/bootstrap.mjs [--node-option ...] entry.ts [argument ...]\n');
  process.exit(2);
}
ensureInstalled();
if (SERVERS.includes(given[at]) || (given[at] === 'src/cli/main.ts' && given[at + 1] === 'serve')) await ensureWeb();
process.exit(await runPinned([...given.slice(0, at), resolve(root, given[at]), ...given.slice(at + 1)]));
