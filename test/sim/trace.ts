/** What happened, as a rolling hash; equal seeds must give equal hashes. With `keep`, the lines themselves too. */
export class Trace {
  readonly lines: string[] = [];
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  #count = 0;
  /** Whether the lines are kept. */
  readonly keeps: boolean;

  constructor(keeps: boolean) {
    this.keeps = keeps;
  }

  add(atMs: number, kind: string, text: string): void {
    this.#count += 1;
    this.#mix(kind);
    this.#mix(text);
    this.#low = Math.imul(this.#low ^ (atMs % 2 ** 32), 0x01000193);
    if (this.keeps) this.lines.push(`${new Date(atMs).toISOString()} ${kind.padEnd(9)} ${text}`);
  }

  get hash(): string {
    return `${(this.#high >>> 0).toString(16).padStart(8, '0')}${(this.#low >>> 0).toString(16).padStart(8, '0')}-${this.#count}`;
  }

  #mix(text: string): void {
    let [low, high] = [this.#low, this.#high];
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) + low;
    }
    this.#low = low;
    this.#high = high | 0;
  }
}
