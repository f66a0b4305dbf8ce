/** Timers that end with the sandbox: bounded in number, none left behind after `clear`. */

const MAX_TIMERS = 100_000;

export class Timers {
  readonly #handles = new Set<NodeJS.Timeout>();
  #closed = false;

  /** Runs `run` once after `ms`; not at all after `clear`, nor beyond the bound. */
  after(ms: number, run: () => void): void {
    if (this.#closed || this.#handles.size >= MAX_TIMERS) return;
    const handle = setTimeout(() => {
      this.#handles.delete(handle);
      run();
    }, ms);
    this.#handles.add(handle);
  }

  clear(): void {
    this.#closed = true;
    for (const handle of this.#handles) clearTimeout(handle);
    this.#handles.clear();
  }
}
