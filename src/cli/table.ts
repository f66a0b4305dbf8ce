/** Plain tables for a terminal, in which a Chinese character takes two columns. */

/** Numbers and `null` (a dash) to the right, text to the left. */
export type Cell = string | number | null;

export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(textOf));
  const widths = head.map((title, column) => Math.max(columnsOf(title), ...texts.map((row) => columnsOf(row[column] ?? ''))));
  const right = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] !== 'string'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => pad(cell, widths[column]!, right[column]!))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...texts.map(line)].join('\n');
}

/** Columns a text takes: two for Chinese characters, their punctuation and full-width forms. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(char) ? 2 : 1;
  return columns;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return right ? space + text : text + space;
}

function textOf(cell: Cell): string {
  if (cell === null) return '-';
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}
