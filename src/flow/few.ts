/** A map that mostly holds nothing or one entry, and then costs nothing or next to it: a unit of work is mostly about one application. */
export class Few<V> {
  #id: string | undefined;
  #value: V | undefined;
  #more: Map<string, V> | undefined;

  get(id: string): V | undefined {
    return this.#id === id ? this.#value : this.#more?.get(id);
  }

  set(id: string, value: V): void {
    if (this.#id === undefined || this.#id === id) {
      this.#id = id;
      this.#value = value;
    } else {
      (this.#more ??= new Map()).set(id, value);
    }
  }

  has(id: string): boolean {
    return this.#id === id || this.#more?.has(id) === true;
  }

  /** In the order in which they came. */
  each(visit: (value: V, id: string) => void): void {
    if (this.#id === undefined) return;
    visit(this.#value as V, this.#id);
    this.#more?.forEach(visit);
  }
}
