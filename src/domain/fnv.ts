/**
 * FNV-1a over UTF-16 units, an unsigned 32-bit number: to spread things evenly and the same way each time, never for secrets.
 * `start` other than the usual offset basis gives another, independent hash.
 */
export function fnv1a(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
