/** Reads what was typed. */

/** A mistake of whoever typed the command: told as it is, without a stack. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Throws `UsageError` when the text is not a whole number from `least` to `most`; without `most` up to twelve digits. */
export function wholeNumber(flag: string, text: string, least: number, most = Infinity): number {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${flag} must be a whole number from ${least}${most === Infinity ? '' : ` to ${most}`}`);
}

interface Given {
  readonly rawArgs: readonly string[];
  readonly cmd: { readonly args?: unknown };
}

/** For a command's `setup`: a misspelt flag must not be taken for one that was left out. */
export function knownFlagsOnly({ rawArgs, cmd }: Given): void {
  const known = Object.keys((cmd.args ?? {}) as object);
  for (const given of rawArgs) {
    const name = /^--(?:no-)?([^=]+)/.exec(given)?.[1];
    if (name !== undefined && !known.includes(name))
      throw new UsageError(`there is no flag --${name}${known.length === 0 ? '' : `; there are ${known.map((one) => `--${one}`).join(', ')}`}`);
  }
}
