/**
 * Keys are made once per secret: parsing an RSA key costs more than signing with it under a key already parsed. Secrets are few and
 * rotate seldom, so all are dropped at the limit rather than an order kept among them.
 */
const MAX_CACHED = 512;

/** The same maker, that makes each key once. A text that makes no key (null) is remembered too. */
export function madeOnce<K>(make: (text: string) => K): (text: string) => K {
  const made = new Map<string, K>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const fresh = make(text);
    if (made.size >= MAX_CACHED) made.clear();
    made.set(text, fresh);
    return fresh;
  };
}
