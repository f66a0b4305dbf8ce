/** Reading DER (X.690) strictly: definite, minimal lengths and nothing behind. Needed for SM2, which workerd's node:crypto does not know. */

/** One element: its tag and what it holds. */
export interface DerElement {
  readonly tag: number;
  readonly body: Uint8Array;
}

export const DER = { integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30 } as const;

/** The elements that fill the bytes exactly, or null. */
export function derElements(bytes: Uint8Array): readonly DerElement[] | null {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = lengthAt(bytes, at + 1);
    if (length === null || length.from + length.bytes > bytes.length) return null;
    elements.push({ tag: bytes[at]!, body: bytes.subarray(length.from, length.from + length.bytes) });
    at = length.from + length.bytes;
  }
  return elements;
}

/** The elements of the one sequence that the bytes are, or null. */
export function derSequence(bytes: Uint8Array): readonly DerElement[] | null {
  const [outer, ...rest] = derElements(bytes) ?? [];
  return outer?.tag === DER.sequence && rest.length === 0 ? derElements(outer.body) : null;
}

/** A non-negative INTEGER of at most `size` bytes, filled up in front to that size; null for a negative, a longer or a padded one. */
export function derUnsigned(element: DerElement | undefined, size: number): Uint8Array | null {
  if (element?.tag !== DER.integer) return null;
  const [first, second = 0] = element.body;
  if (first === undefined || first > 0x7f || (first === 0 && element.body.length > 1 && second < 0x80)) return null;
  const digits = first === 0 ? element.body.subarray(1) : element.body;
  if (digits.length > size) return null;
  const filled = new Uint8Array(size);
  filled.set(digits, size - digits.length);
  return filled;
}

function lengthAt(bytes: Uint8Array, at: number): { readonly from: number; readonly bytes: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 0x80) return { from: at + 1, bytes: first };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + 1 + count > bytes.length) return null;
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return length < 0x80 || bytes[at + 1] === 0 ? null : { from: at + 1 + count, bytes: length };
}
