/**
 * The command line: words come in, one command runs. It talks to a server over HTTP as anybody could, and must not reach into its data; only
 * `serve`, `sandbox`, `grant`, `operator`, `simulate`, `doctor` and those that keep or move whole instances are about this machine. Exit codes: 0 well, 1 it failed, 2 it was asked wrongly.
 */
import { defineCommand, renderUsage, runCommand } from 'citty';

const program = defineCommand({
  meta: { name: 'millrace', description: 'Loan-assistance aggregator and loan-marketplace router' },
  subCommands: {
    serve: () => import('./serve.ts').then(({ serve }) => serve),
    demo: () => import('./demo/command.ts').then(({ demo }) => demo),
    sandbox: () => import('./sandbox.ts').then(({ sandbox }) => sandbox),
    keys: () => import('./keys.ts').then(({ keys }) => keys),
    operator: () => import('./operator.ts').then(({ operator }) => operator),
    grant: () => import('./grant.ts').then(({ grant }) => grant),
    listen: () => import('./listen.ts').then(({ listen }) => listen),
    funder: () => import('./funder.ts').then(({ funder }) => funder),
    backup: () => import('./backup.ts').then(({ backup }) => backup),
    restore: () => import('./restore.ts').then(({ restoreBackup }) => restoreBackup),
    export: () => import('./export.ts').then(({ exportData }) => exportData),
    import: () => import('./import.ts').then(({ importData }) => importData),
    erasures: () => import('./erasures.ts').then(({ erasures }) => erasures),
    simulate: () => import('./simulate.ts').then(({ simulate }) => simulate),
    doctor: () => import('./examine.ts').then(({ examine }) => examine),
  },
});
type Command = typeof program;

const words = process.argv.slice(2);
if (words.length === 0 || words.some((word) => word === '--help' || word === '-h')) await help(words[0] ?? '');
else await run(words);

async function help(word: string): Promise<void> {
  const load = (program.subCommands as Readonly<Record<string, () => Promise<Command>>>)[word];
  process.stdout.write(`${await (load === undefined ? renderUsage(program) : renderUsage(await load(), program))}\n`);
}

async function run(rawArgs: string[]): Promise<void> {
  try {
    await runCommand(program, { rawArgs });
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const asked = name === 'UsageError' || name === 'CLIError';
    // A plain Error is one of ours and says what to do; anything else is a bug, for which the place matters.
    process.stderr.write(
      `millrace: ${asked || name === 'Error' ? message : (stack ?? message)}\n${asked ? 'millrace --help lists the commands.\n' : ''}`,
    );
    process.exitCode = asked ? 2 : 1;
  }
}
