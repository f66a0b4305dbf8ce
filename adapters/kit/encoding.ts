/** Bytes as text. Readers are strict: a text that another encoder would not have written is refused, so no signed text has two spellings. */

/** How a protocol writes bytes into text. */
export type TextForm = 'base64' | 'base64url' | 'hex';

const HEX = /^(?:[0-9a-f]{2})*$/i;
// The character before the padding holds bits that must be zero; the classes below are those that leave them so.
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;
const BASE64URL = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/;
const LINE_BREAKS = /[\r\n]+/g;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The bytes written in that form, or null. Hex in either case; base64 canonical, with line breaks (as Java's old encoder sets them). */
export function bytesOf(text: string, form: TextForm): Uint8Array | null {
  if (form === 'hex') return HEX.test(text) ? Buffer.from(text, 'hex') : null;
  if (form === 'base64url') return BASE64URL.test(text) ? Buffer.from(text, 'base64url') : null;
  const joined = text.replace(LINE_BREAKS, '');
  return BASE64.test(joined) ? Buffer.from(joined, 'base64') : null;
}

/** The bytes in that form: lower-case hex, base64 with padding, base64url without. */
export function textOf(bytes: Uint8Array, form: TextForm): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(form);
}

/** Text as UTF-8, and bytes as they are. */
export function dataOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}

/** The UTF-8 text, or null when the bytes are not UTF-8. */
export function utf8Of(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
