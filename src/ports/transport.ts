/** Outbound HTTP. Node speaks undici behind it, Cloudflare the platform's fetch, the simulator a faulty virtual network. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

export interface OutboundResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What became of a request. `refused`: certainly nothing was sent. `lost`: it may have arrived. */
export type SendOutcome =
  | { readonly kind: 'response'; readonly response: OutboundResponse }
  | { readonly kind: 'refused'; readonly why: 'dns' | 'connect' | 'blocked_target' | 'bad_url' }
  | { readonly kind: 'lost'; readonly why: 'timeout' | 'reset' | 'body_too_large' };

export interface SendOptions {
  /** Whole budget, connect to last byte. */
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /** `guarded`: given by others, so private, loopback and link-local addresses are refused, by literal and after resolving. */
  readonly target: 'trusted' | 'guarded';
}

/** Sends one request, follows no redirect, retries nothing, and never throws for anything the network does. */
export interface Transport {
  send(request: OutboundRequest, options: SendOptions): Promise<SendOutcome>;
}
