/** Sign-in by somebody else's word (OpenID Connect). */
export interface Sso {
  /** As it is written on the button. */
  readonly name: string;
  /** Where to send the browser, and what must be at hand when it comes back. Null: the provider cannot be reached. */
  begin(): Promise<{ readonly url: string; readonly kept: string } | null>;
  /** Whom the provider vouches for, by an address it has verified. Null for anything else: a refusal, a forgery, an answer to another question. */
  finish(search: string, kept: string): Promise<{ readonly email: string } | null>;
}
