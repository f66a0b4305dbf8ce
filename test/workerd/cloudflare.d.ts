/** What of the plugin's modules the tests use: its own types would bring the platform's `Request` and `fetch` into the way of Node's. */
declare module 'cloudflare:test' {
  import type { DurableObjectState } from '../../src/runtime/cloudflare/platform.ts';

  export interface Stub {
    fetch(request: Request): Promise<Response>;
  }
  /** Runs `work` inside the object, with its instance and its state. */
  export function runInDurableObject<T>(stub: unknown, work: (instance: unknown, state: DurableObjectState) => T | Promise<T>): Promise<T>;
}

declare module 'cloudflare:workers' {
  import type { Bindings } from '../../src/runtime/cloudflare/environment.ts';

  export const env: Bindings & {
    /** Objects that are nothing but their storage. */
    readonly BARE: { newUniqueId(): unknown; get(id: unknown): unknown };
  };
}
