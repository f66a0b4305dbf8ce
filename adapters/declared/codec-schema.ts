/** How a declared protocol signs and seals, by name. Each name stands for one of the kit's codecs; a manifest can compose no others. */
import { z } from 'zod';

const member = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,39}$/, 'must be a plain name');
const secret = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be the name of a secret');
const place = z.union([z.strictObject({ body: member }), z.strictObject({ header: member })], {
  error: 'must be {"body": name} or {"header": name}',
});
const blanks = z.enum(['keep', 'no_null', 'no_blank']);
const letters = z.enum(['lower', 'upper']).default('lower');

/**
 * `…_sorted` signs `k=v&…` of all members of the message but the signature itself, sorted; `md5_salted_json` the sorted JSON between two
 * salts; `hmac_sha256_canonical` method, media types, Content-MD5, time and nonce headers and path, of which callbacks have `/callback`.
 */
export const Sign = z.discriminatedUnion('codec', [
  z.strictObject({ codec: z.literal('none') }),
  z.strictObject({
    codec: z.literal('md5_sorted'),
    secret,
    in: place,
    letters,
    key_name: z.string().nullable().default('key'),
    blanks: blanks.default('no_blank'),
  }),
  z.strictObject({ codec: z.literal('md5_salted_json'), secret, in: place, letters, blanks: blanks.default('keep') }),
  z.strictObject({ codec: z.literal('hmac_sha256_sorted'), secret, in: place, letters, blanks: blanks.default('no_blank') }),
  z.strictObject({
    codec: z.literal('hmac_sha256_canonical'),
    secret,
    headers: z.strictObject({ time: member, nonce: member, signature: member }),
  }),
  z.strictObject({ codec: z.literal('rsa2_sorted'), private_key: secret, public_key: secret, in: place, blanks: blanks.default('no_null') }),
  z.strictObject({ codec: z.literal('sm2_sorted'), private_key: secret, public_key: secret, in: place, blanks: blanks.default('no_null') }),
]);
export type Sign = z.infer<typeof Sign>;

/** The member `in` holds the sealed JSON of everything that is not `common`. */
export const Seal = z.strictObject({
  codec: z.enum(['aes_128_cbc', 'aes_256_cbc', 'aes_128_gcm', 'aes_256_gcm', 'sm4_cbc', 'sm4_gcm']),
  secret,
  key: z.enum(['hex', 'base64', 'utf8']).default('hex'),
  iv: z.enum(['front', 'zero']).default('front'),
  text: z.enum(['base64', 'hex']).default('base64'),
  in: member,
});
export type Seal = z.infer<typeof Seal>;

/** Names of the secrets a codec uses. */
export function secretsOf(codec: Sign | Seal | undefined): readonly string[] {
  if (codec === undefined || codec.codec === 'none') return [];
  return 'private_key' in codec ? [codec.private_key, codec.public_key] : [codec.secret];
}
