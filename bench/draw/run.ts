/**
 * npm run draw [-- --data FILE]
 *
 * Draws the pictures of docs/how-routing-decides.md. With `--data` it runs the `eval:` commands first, which takes some ten minutes, and keeps
 * their figures in docs/pictures/figures.json; without, it draws from the figures kept there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Figures } from './figures.ts';
import { GatherError, gather } from './gather.ts';
import { drawAll } from './pictures.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const KEPT = join(FOLDER, 'figures.json');

try {
  await main();
} catch (error) {
  const usage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof GatherError) && !usage) throw error;
  console.error(`draw: ${(error as Error).message}`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  if (values.data !== undefined) writeFileSync(KEPT, `${JSON.stringify(await gather(values.data, progress))}\n`);
  for (const [name, svg] of drawAll(Figures.parse(JSON.parse(readFileSync(KEPT, 'utf8'))))) {
    writeFileSync(join(FOLDER, name), svg);
    console.log(`docs/pictures/${name}: ${Math.ceil(svg.length / 1_024)} kB`);
  }
}

/** On a terminal a line that is written over; elsewhere only what has ended. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  else if (line.endsWith('\n')) process.stderr.write(line);
}
