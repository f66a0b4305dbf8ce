#!/usr/bin/env node
// The `millrace` command: src/cli/main.ts on the pinned Node.
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';
import { runPinned } from './run.mjs';

ensureInstalled();
process.exit(await runPinned([join(root, 'src', 'cli', 'main.ts'), ...process.argv.slice(2)]));
