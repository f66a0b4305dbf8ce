/** Time comes in through here; nothing below `runtime/` reads the wall clock or sets a timer of its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `run` once after `ms`; returns its cancellation. */
  after(ms: number, run: () => void): () => void;
  /** Runs `run` when the current turn of the event loop has been worked off. */
  defer(run: () => void): void;
}
