/** What of Cloudflare's platform is used, as types alone: no package of types that would put its own `Request` and `fetch` in the way of Node's. */

export interface DurableObjectState {
  /** `name` is not told to an object that an alarm wakes. */
  readonly id: { readonly name?: string };
  readonly storage: DurableObjectStorage;
  /** Holds every other event back until it has resolved; the object starts anew when it throws. */
  blockConcurrencyWhile<T>(run: () => Promise<T>): Promise<T>;
  waitUntil(promise: Promise<unknown>): void;
}

export interface DurableObjectStorage {
  readonly sql: { exec(statement: string, ...bindings: readonly unknown[]): { toArray(): unknown[] } };
  transactionSync<T>(run: () => T): T;
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  getAlarm(): Promise<number | null>;
  setAlarm(atMs: number): Promise<void>;
}

export interface DurableObjectNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

export interface R2Bucket {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  delete(key: string): Promise<void>;
}

/** The static files that were deployed beside the Worker. */
export interface AssetFetcher {
  fetch(request: Request): Promise<Response>;
}
