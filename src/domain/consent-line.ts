/** The ledger of consents: a line says yes to a text, or no where nothing had been agreed to. */

/** The text hash of a line that says no: no text was shown. */
export const NO_TEXT = '';

/** Whether a line says no where nothing had been agreed to. It is neither a consent nor one taken back. */
export function saysNo(line: { readonly textHash: string }): boolean {
  return line.textHash === NO_TEXT;
}
