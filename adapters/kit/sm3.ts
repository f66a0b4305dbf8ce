/** SM3 (GM/T 0004), by a library because workerd's node:crypto has it not. Text goes in as UTF-8 bytes: the library's own reading of text is wrong beyond U+FFFF. */
import { sm3 } from 'sm-crypto-v2';
import { dataOf } from './encoding.ts';

/** Lower-case hex SM3. */
export function sm3Hex(data: string | Uint8Array): string {
  return sm3(dataOf(data));
}
