/** What of the plugin's modules the tests use: its own types would bring the platform's `Request` and `fetch` into the way of Node's. */
declare module 'cloudflare:test' {
  type Platform = import('../../src/runtime/cloudflare/platform.ts').DurableObjectState;

  /** Of an object: its state as it has it. */
  interface Inside extends Platform {
    readonly storage: Platform['storage'] & { deleteAll(): Promise<void>; deleteAlarm(): Promise<void> };
    /** Ends the object here and now, with all that it was doing. */
    abort(reason: string): void;
  }
  /** Runs `work` inside the object. */
  export function runInDurableObject<T>(stub: unknown, work: (instance: unknown, state: Inside) => T | Promise<T>): Promise<T>;
  /** Lets its alarm go off now, whenever it is set for; rejects when the handler does. False when there is none. */
  export function runDurableObjectAlarm(stub: unknown): Promise<boolean>;
}

declare module 'cloudflare:workers' {
  export const env: import('../../src/runtime/cloudflare/environment.ts').Bindings & {
    /** Objects that are nothing but their storage. */
    readonly BARE: { newUniqueId(): unknown; get(id: unknown): unknown };
  };
}
