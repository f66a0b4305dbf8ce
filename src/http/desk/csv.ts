/** CSV as RFC 4180 has it: commas, CRLF or LF, quotes doubled inside quotes. Spaces around a field are dropped, empty lines skipped. */

export interface CsvRow {
  /** Line on which the row begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}
export interface CsvFault {
  readonly line: number;
  readonly code: 'encoding' | 'quote';
}

export function parseCsv(bytes: Uint8Array): CsvRow[] | CsvFault {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { line: 1, code: 'encoding' };
  }
  const rows: CsvRow[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const begun = line;
    const fields: string[] = [];
    for (;;) {
      // One field, and the comma or line end behind it.
      FIELD.lastIndex = at;
      const match = FIELD.exec(text);
      if (match === null) return { line, code: 'quote' };
      const [whole, quoted, plain, end] = match;
      fields.push((quoted === undefined ? plain! : quoted.replaceAll('""', '"')).trim());
      line += whole.split('\n').length - 1;
      at += whole.length;
      if (end !== ',') break;
    }
    if (fields.length > 1 || fields[0] !== '') rows.push({ line: begun, fields });
  }
  return rows;
}

/** No part of it can match the same text in two ways, so hostile input costs no more than its length. */
const FIELD = /(?:[ \t]*"([^"]*(?:""[^"]*)*)"[ \t]*|([^",\r\n]*))(,|\r?\n|$)/y;
