/** What the server has promised: everything it answered with 2xx, and what was asked of it so far. Kept outside of it, over all its deaths. */

export interface Asked {
  readonly key: string;
  /** The request's bytes: a repeat sends the same. */
  readonly body: string;
  readonly name: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly amountFen: number;
  readonly clickId: string;
  readonly prefer: string | null;
  /** The reply that was acknowledged, byte for byte. */
  reply: string | null;
  id: string | null;
  token: string | null;
  /** Repeated since the last crash, and answered the same. */
  replayed: boolean;
}

/** One more thing that was acknowledged about an application or beside it. */
export type Promised =
  | { readonly kind: 'consents'; readonly application: string; readonly recipients: readonly string[] }
  | { readonly kind: 'amount'; readonly application: string; readonly amountFen: number }
  | { readonly kind: 'submitted'; readonly application: string }
  | { readonly kind: 'accepted'; readonly application: string; readonly offer: string }
  | { readonly kind: 'withdrawn'; readonly application: string }
  | { readonly kind: 'document'; readonly document: string }
  | { readonly kind: 'verified'; readonly verification: string }
  | { readonly kind: 'clicked'; readonly application: string; readonly count: number };

/** A call other than the creation that carried a key: its repeat must be answered the same. */
export interface Keyed {
  readonly path: string;
  readonly key: string;
  readonly body: string;
  readonly reply: string;
}

export class Ledger {
  readonly asked = new Map<string, Asked>();
  readonly promised: Promised[] = [];
  readonly keyed: Keyed[] = [];
  /** Broken promises and everything else that should not be, in words. */
  readonly lost: string[] = [];
  readonly torn: string[] = [];
  readonly faults: string[] = [];
  replays = 0;
  requests = 0;

  get sound(): boolean {
    return this.lost.length + this.torn.length + this.faults.length === 0;
  }

  get acknowledged(): number {
    let count = this.promised.length;
    for (const asked of this.asked.values()) if (asked.reply !== null) count += 1;
    return count;
  }
}
