/** Keys as funders hand them out: PEM, PEM with its line breaks written as `\n`, or the bare base64 of what a PEM holds. */
import { bytesOf } from './encoding.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]{1,20000})-----END \1-----/g;
const MAX_CHARS = 32_768;
const BLANKS = /\s+/g;

/** The key's DER and the label of its PEM (null for bare base64); null when the text is neither. A text of several blocks gives the first of a key. */
export function keyDerOf(text: string): { readonly label: string | null; readonly der: Uint8Array } | null {
  if (text.length > MAX_CHARS) return null;
  const plain = text.replaceAll(String.raw`\n`, '\n');
  if (!plain.includes('-----')) {
    const der = bytesOf(plain.replace(BLANKS, ''), 'base64');
    return der === null || der.length === 0 ? null : { label: null, der };
  }
  for (const [, label = '', body = ''] of plain.matchAll(BLOCK)) {
    const der = bytesOf(body.replace(BLANKS, ''), 'base64');
    if (der !== null && (label.endsWith('KEY') || label === 'CERTIFICATE')) return { label, der };
  }
  return null;
}
