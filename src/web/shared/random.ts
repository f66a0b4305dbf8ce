import { hexOf } from '../../domain/hex.ts';

/** Random bytes as hex. */
export function token(bytes: number): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(bytes)));
}
