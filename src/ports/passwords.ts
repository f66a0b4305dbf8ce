/** Slow hashes of passwords. */
export interface Passwords {
  /** A text that holds salt, cost and hash. Rejects with `Crowded` when too many wait already. */
  hash(password: string): Promise<string>;
  /** Takes as long for null, which nobody's password fits, as for a hash. Rejects with `Crowded` when too many wait already. */
  verify(password: string, hash: string | null): Promise<boolean>;
}

/** More passwords wait to be hashed than will be in a reasonable time. */
export class Crowded extends Error {
  override name = 'Crowded';
}
