/** A place in the browser's store; where there is none (private windows of old browsers) nothing is kept. No personal data goes into it. */
export function place(name: string, store: 'localStorage' | 'sessionStorage' = 'localStorage'): { read(): unknown; write(value: unknown): void } {
  return {
    read() {
      try {
        return JSON.parse(window[store].getItem(name) ?? 'null');
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        if (value === null) window[store].removeItem(name);
        else window[store].setItem(name, JSON.stringify(value));
      } catch {
        // Full or forbidden: then the next visit begins anew, and the service tells a repeat by other marks.
      }
    },
  };
}
