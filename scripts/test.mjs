// npm test [-- vitest arguments]
// Without arguments: lint, format, types, tests; stops at the first that fails. With arguments: only vitest, with them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';
import { runPinned } from './run.mjs';

const CHECKS = [
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt', '--check'],
  ['types', 'tsc', '--noEmit'],
  ['types of the pages', 'tsc', '--noEmit', '-p', 'src/web'],
];

process.chdir(root);
ensureInstalled();
const extra = process.argv.slice(2);
for (const [what, tool, ...args] of extra.length === 0 ? CHECKS : []) {
  const code = await runPinned([join(root, 'node_modules', '.bin', tool), ...args]);
  if (code !== 0) {
    process.stderr.write(`\nnpm test stopped at: ${what}\n`);
    process.exit(code);
  }
}
process.exit(await tests());

async function tests() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runPinned([join(root, 'node_modules', '.bin', 'vitest'), 'run', ...reporters, ...extra]);
  const { passed, failed } = count(report);
  rmSync(folder, { recursive: true, force: true });
  console.log(`${passed} passed, ${failed} failed`);
  return code === 0 && failed > 0 ? 1 : code;
}

/** A file that could not even be loaded has no tests to fail, so it counts as one failure itself. */
function count(report) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'));
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
