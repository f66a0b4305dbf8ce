/** The signatures that a manifest can name, each one of the kit's. Building throws when a secret is not configured; verifying never throws. */
import type { AdapterContext } from '../contract.ts';
import { canonicalPairs } from '../kit/canonical.ts';
import { secretOf, secretOrNull } from '../kit/context.ts';
import { equalText, hmacSha256Hex } from '../kit/digest.ts';
import { canonicalRequest, checkWindow, contentMd5, signRequest, verifyRequest } from '../kit/hmac-request.ts';
import { md5Keyed, md5SaltedJson } from '../kit/md5-signs.ts';
import type { Json } from '../kit/read-json.ts';
import { isRecord } from '../kit/read-json.ts';
import { signRsa, verifyRsa } from '../kit/rsa-sign.ts';
import { signSm2, verifySm2 } from '../kit/sm2-sign.ts';
import { readMillis } from '../kit/times.ts';
import type { Sign } from './codec-schema.ts';

type Members = Readonly<Record<string, Json>>;
type Headers = Readonly<Record<string, string>>;
type Sorted = Exclude<Sign, { codec: 'none' | 'hmac_sha256_canonical' }>;
type Canonical = Extract<Sign, { codec: 'hmac_sha256_canonical' }>;

/** One message as it is signed: `body` is its bytes, `members` what they hold. */
export interface SignedMessage {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly members: Json | undefined;
  readonly body: Uint8Array;
}

const SM2 = { form: 'der', text: 'base64' } as const;
const JSON_TYPE = 'application/json';

/** The members with the signature among them, and the headers it adds. `write`: the members as they go out. */
export function signMessage(
  sign: Sign,
  ctx: AdapterContext,
  message: { readonly method: string; readonly path: string; readonly query: Headers; readonly members: Members },
  write: (members: Members) => string,
): { readonly members: Members; readonly headers: Headers } {
  const { members } = message;
  if (sign.codec === 'none') return { members, headers: {} };
  if (sign.codec === 'hmac_sha256_canonical') return { members, headers: canonicalHeaders(sign, ctx, message, write(members)) };
  const signature = signatureOf(sign, ctx, members);
  if ('body' in sign.in) return { members: { ...members, [sign.in.body]: signature }, headers: {} };
  return { members, headers: { [sign.in.header.toLowerCase()]: signature } };
}

/** Why a reply or callback is not believed, or null. */
export function distrustOf(sign: Sign, ctx: AdapterContext, message: SignedMessage): string | null {
  if (sign.codec === 'none') return 'nothing proves it';
  if (sign.codec === 'hmac_sha256_canonical') return distrustCanonical(sign, ctx, message);
  const { members } = message;
  if (!isRecord(members)) return 'unreadable';
  const given = 'body' in sign.in ? own(members, sign.in.body) : own(message.headers, sign.in.header.toLowerCase());
  const secret = secretOrNull(ctx, 'secret' in sign ? sign.secret : sign.public_key);
  if (secret === null) return 'secret not configured';
  return typeof given === 'string' && verified(sign, secret, members, given) ? null : 'wrong signature';
}

function signatureOf(sign: Sorted, ctx: AdapterContext, members: Members): string {
  if (sign.codec === 'rsa2_sorted') return signRsa(secretOf(ctx, sign.private_key), pairsOf(sign, members), 'sha256');
  if (sign.codec === 'sm2_sorted') return signSm2(secretOf(ctx, sign.private_key), pairsOf(sign, members), SM2);
  return digestOf(sign, secretOf(ctx, sign.secret), members);
}

function verified(sign: Sorted, secret: string, members: Members, given: string): boolean {
  if (sign.codec === 'rsa2_sorted') return verifyRsa(secret, pairsOf(sign, members), given, 'sha256');
  if (sign.codec === 'sm2_sorted') return verifySm2(secret, pairsOf(sign, members), given, SM2);
  return equalText(given, digestOf(sign, secret, members));
}

function digestOf(sign: Extract<Sorted, { secret: string }>, secret: string, members: Members): string {
  const options = { blanks: sign.blanks, omit: omitted(sign) };
  const hex =
    sign.codec === 'md5_sorted'
      ? md5Keyed(members, secret, { ...options, keyName: sign.key_name })
      : sign.codec === 'md5_salted_json'
        ? md5SaltedJson(secret, members, options)
        : hmacSha256Hex(secret, pairsOf(sign, members));
  return sign.letters === 'upper' ? hex.toUpperCase() : hex;
}

function pairsOf(sign: Sorted, members: Members): string {
  return canonicalPairs(members, { blanks: sign.blanks, omit: omitted(sign) });
}

function omitted(sign: Sorted): readonly string[] {
  return 'body' in sign.in ? [sign.in.body] : [];
}

function canonicalHeaders(
  { secret, headers }: Canonical,
  ctx: AdapterContext,
  { method, path, query }: { readonly method: string; readonly path: string; readonly query: Headers },
  written: string,
): Headers {
  const signed = { [headers.time.toLowerCase()]: String(ctx.nowMs), [headers.nonce.toLowerCase()]: ctx.nonce };
  const body = method === 'GET' ? '' : written;
  const type = method === 'GET' ? '' : JSON_TYPE;
  const parts = { method, accept: JSON_TYPE, contentMd5: contentMd5(body), contentType: type, date: null, headers: signed, path, query };
  return { ...signed, [headers.signature.toLowerCase()]: signRequest(secretOf(ctx, secret), canonicalRequest(parts)) };
}

function distrustCanonical({ secret: name, headers }: Canonical, ctx: AdapterContext, message: SignedMessage): string | null {
  const secret = secretOrNull(ctx, name);
  if (secret === null) return 'secret not configured';
  const [time, nonce, signature] = [headers.time, headers.nonce, headers.signature].map((one) => own(message.headers, one.toLowerCase()) ?? '') as [
    string,
    string,
    string,
  ];
  const canonical = canonicalRequest({
    method: message.method,
    accept: own(message.headers, 'accept') ?? '',
    contentMd5: contentMd5(message.body),
    contentType: own(message.headers, 'content-type') ?? '',
    date: null,
    headers: { [headers.time.toLowerCase()]: time, [headers.nonce.toLowerCase()]: nonce },
    path: message.path,
  });
  if (!verifyRequest(secret, canonical, signature)) return 'wrong signature';
  const window = checkWindow({ signedAtMs: readMillis(time), nonce }, ctx.nowMs);
  return window === 'ok' ? null : window;
}

function own<V>(record: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
