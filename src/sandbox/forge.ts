/** Spoils the signature of a callback, whatever the protocol: in a header, or in a field of a JSON, form or XML body. Pure. */
import type { WireCallback } from './protocols/wire.ts';

const SIGNATURE = String.raw`(?:[a-z]{1,4}[_-])?(?:sign|signature|sig|mac|hmac|signvalue|signdata|signmsg)`;
const HEADER = /sign|hmac|(?:^|[-_])mac$|authorization/i;
const FIELD = new RegExp(String.raw`(?:"${SIGNATURE}"\s*:\s*"|(?:^|[&?])${SIGNATURE}=|<${SIGNATURE}>\s*(?:<!\[CDATA\[)?)([^"&<\]]+)`, 'iu');

/** The same message with one character of its signature changed. Throws when it has none: such a protocol cannot be forged, only believed. */
export function spoilSignature(message: WireCallback): WireCallback {
  const header = Object.keys(message.headers).find((name) => HEADER.test(name) && !/type|alg|time|version/i.test(name));
  if (header !== undefined) return { ...message, headers: { ...message.headers, [header]: spoilt(message.headers[header]!) } };
  const found = FIELD.exec(message.body);
  if (found === null) throw new Error('no signature was found in the callback');
  const at = found.index + found[0].length - found[1]!.length;
  return { ...message, body: message.body.slice(0, at) + spoilt(found[1]!) + message.body.slice(at + found[1]!.length) };
}

// In the middle: the ends may be padding, a version or an escape.
function spoilt(signature: string): string {
  const middle = Math.floor(signature.length / 2);
  const at = [...signature].findIndex((letter, index) => index >= middle && /[a-z0-9]/i.test(letter) && !/%.?$/.test(signature.slice(0, index)));
  if (at === -1) return `${signature}0`;
  return `${signature.slice(0, at)}${signature[at] === '0' ? '1' : '0'}${signature.slice(at + 1)}`;
}
