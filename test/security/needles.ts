/** Finds a value in any of the forms in which it may have leaked: as it is, encoded, escaped, in another alphabet of bytes, or as a bare hash. */
import { createHash } from 'node:crypto';
import { invariant } from '../../src/domain/failures.ts';

export interface Needle {
  readonly name: string;
  readonly form: string;
  readonly bytes: Buffer;
  /** So short that it counts only where no letter, digit or decimal point stands beside it. */
  readonly alone: boolean;
}

const SHORT_BYTES = 8;

export function needlesFor(values: Readonly<Record<string, string | Uint8Array>>): Needle[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
    const forms = new Map<string, Buffer>([
      ['raw', bytes],
      ['hex', Buffer.from(bytes.toString('hex'))],
      ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ]);
    for (const offset of [0, 1, 2]) {
      const text = base64Inside(bytes, offset);
      forms.set(`base64 at ${offset}`, Buffer.from(text));
      forms.set(`base64url at ${offset}`, Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_')));
    }
    if (typeof value === 'string') for (const [form, text] of textForms(value)) forms.set(form, text);
    const seen = new Set<string>();
    return [...forms].flatMap(([form, needle]) => {
      const key = needle.toString('hex');
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ name, form, bytes: needle, alone: form === 'raw' && bytes.length < SHORT_BYTES }];
    });
  });
}

/** `field as form in place` for everything found. One pass over each place, however many needles there are. */
export function search(needles: readonly Needle[], haystacks: ReadonlyMap<string, Buffer | string>): string[] {
  const begins = new Uint8Array(65_536);
  const byHead = new Map<number, Needle[]>();
  for (const needle of needles) {
    invariant(needle.bytes.length >= 4, 'a needle has at least four bytes');
    begins[needle.bytes.readUInt16BE(0)] = 1;
    const head = needle.bytes.readUInt32BE(0);
    byHead.set(head, [...(byHead.get(head) ?? []), needle]);
  }
  const found = new Set<string>();
  for (const [place, text] of haystacks) {
    const hay = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    for (let at = 0; at + 4 <= hay.length; at += 1) {
      if (begins[(hay[at]! << 8) | hay[at + 1]!] === 0) continue;
      for (const needle of byHead.get(hay.readUInt32BE(at)) ?? []) {
        if (stands(hay, at, needle)) found.add(`${needle.name} as ${needle.form} in ${place}`);
      }
    }
  }
  return [...found];
}

function stands(hay: Buffer, at: number, { bytes, alone }: Needle): boolean {
  const end = at + bytes.length;
  if (end > hay.length || hay.compare(bytes, 0, bytes.length, at, end) !== 0) return false;
  return !alone || !(isWord(hay[at - 1]) || isWord(hay[end]));
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9.]/.test(String.fromCharCode(byte));
}

/** The characters of a longer base64 text that these bytes alone decide, when they begin `offset` bytes after a multiple of three. */
function base64Inside(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const end = (offset + bytes.length) % 3 === 0 ? text.length : text.length - 1;
  return text.slice(offset === 0 ? 0 : offset + 1, end);
}

function textForms(text: string): [string, Buffer][] {
  const utf16 = Buffer.from(text, 'utf16le');
  const url = encodeURIComponent(text);
  const escaped = text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    ['url', Buffer.from(url)],
    ['url, lower case', Buffer.from(url.replace(/%[0-9A-F]{2}/g, (part) => part.toLowerCase()))],
    ['form', Buffer.from(url.replaceAll('%20', '+'))],
    ['escaped', Buffer.from(escaped)],
    ['ESCAPED', Buffer.from(escaped.replace(/\\u[0-9a-f]{4}/g, (part) => `\\u${part.slice(2).toUpperCase()}`))],
    ['utf-16le', utf16],
    ['utf-16be', Buffer.from(utf16).swap16()],
    ['latin-1 of utf-8', Buffer.from(Buffer.from(text).toString('latin1'))],
    // A bare hash of a phone number has a thousand candidates once eight digits are known.
    ...['md5', 'sha1', 'sha256'].flatMap((kind): [string, Buffer][] => {
      const digest = createHash(kind).update(text).digest();
      return [
        [kind, Buffer.from(digest.toString('hex'))],
        [`${kind} bytes`, digest],
        [`${kind} base64`, Buffer.from(digest.toString('base64').replaceAll('=', ''))],
      ];
    }),
  ];
}
