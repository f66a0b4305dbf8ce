/** Wakes those who wait for a change of one application within this process: `Prefer: wait` and SSE. Lost on a crash, which costs only the wait. */
export interface Signals {
  /** Tells every waiter of this application that it changed. */
  changed(applicationId: string): void;
  /** Calls `wake` at each change until the returned function is called. */
  listen(applicationId: string, wake: () => void): () => void;
}
