/**
 * The objects that tests in workerd reach, under the names by which wrangler.toml binds those of the service. A file that needs the service brings
 * it along: to the others, loading all of it would cost seconds.
 */
import type { Bindings } from '../../src/runtime/cloudflare/environment.ts';
import type { DurableObjectState } from '../../src/runtime/cloudflare/platform.ts';

export type ObjectClass = new (state: DurableObjectState, env: Bindings) => object;

let classes: { readonly Cell: ObjectClass; readonly Desk: ObjectClass } | null = null;

/** What `Cell` and `Desk` are from now on. */
export function bring(brought: typeof classes): void {
  classes = brought;
}

export class Cell {
  constructor(state: DurableObjectState, env: Bindings) {
    return new classes!.Cell(state, env);
  }
}

export class Desk {
  constructor(state: DurableObjectState, env: Bindings) {
    return new classes!.Desk(state, env);
  }
}

/** An object that is nothing but its storage. */
export class Bare {}
