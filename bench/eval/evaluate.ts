import { UsageError } from '../../src/cli/arguments.ts';

/** Runs an evaluation's main. What its caller got wrong (options, a file that cannot be used) is told in a line, and it ends with 2. */
export function evaluate(name: string, main: () => void): void {
  try {
    main();
  } catch (error) {
    if (!(error instanceof UsageError) && !isParseFault(error)) throw error;
    console.error(`eval:${name}: ${error.message}`);
    process.exitCode = 2;
  }
}

function isParseFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
