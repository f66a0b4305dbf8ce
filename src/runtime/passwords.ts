/**
 * Passwords by scrypt of node:crypto, which Node runs on its thread pool and workerd has too. The cost is what OWASP gives for 16 MiB of memory: many
 * of these fit beside each other where an isolate has 128 MiB. Few are made at a time, and few wait: a flood of guesses must not keep requests from their turn.
 */
import { scrypt, timingSafeEqual } from 'node:crypto';
import { Crowded, type Passwords } from '../ports/passwords.ts';

export interface ScryptCost {
  /** Power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
export const USUAL_COST: ScryptCost = { N: 2 ** 14, r: 8, p: 5 };

const AT_ONCE = 2;
const MOST_WAITING = 30;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const STORED = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

export function scryptPasswords(randomBytes: (count: number) => Uint8Array, cost: ScryptCost = USUAL_COST): Passwords {
  const inTurn = queue();
  const nobody = { cost, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };
  return {
    async hash(password) {
      const salt = Buffer.from(randomBytes(SALT_BYTES));
      const made = await inTurn(() => derive(password, salt, cost));
      return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), made.toString('base64url')].join('$');
    },
    async verify(password, stored) {
      const known = stored === null ? null : read(stored);
      const { cost: of, salt, hash } = known ?? nobody;
      const made = await inTurn(() => derive(password, salt, of));
      return timingSafeEqual(made, hash) && known !== null;
    },
  };
}

function read(stored: string): { readonly cost: ScryptCost; readonly salt: Buffer; readonly hash: Buffer } | null {
  const parts = STORED.exec(stored);
  if (parts === null) return null;
  const [, N, r, p, salt = '', hash = ''] = parts;
  return { cost: { N: Number(N), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

function derive(password: string, salt: Buffer, { N, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, made) => (error === null ? resolve(made) : reject(error)));
  });
}

/** Runs a few at a time, in the order they came. */
function queue(): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING) throw new Crowded('too many passwords wait');
      await new Promise<void>((resolve) => void waiting.push(resolve));
    } else running += 1;
    try {
      return await run();
    } finally {
      // Whoever waits longest takes this place over.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
