// node scripts/tool.mjs tool [argument ...]: runs a development tool of node_modules on the pinned Node.
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';
import { runPinned } from './run.mjs';

const [tool = '', ...args] = process.argv.slice(2);
process.chdir(root);
ensureInstalled();
process.exit(await runPinned([join(root, 'node_modules', '.bin', tool), ...args]));
