/** Bytes as small hexadecimal digits, without anything of a host's. Names are made of it all day, so every byte's two digits are at hand. */
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte]!;
  return text;
}
