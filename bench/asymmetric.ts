/**
 * A stopwatch on public-key cryptography: adapters that are imported after `meterAsymmetric` get the kit's RSA and SM2 with it. By the module
 * loader, so that neither the kit nor an adapter has to know of being measured.
 */
import { registerHooks } from 'node:module';

const KIT = new URL('../adapters/kit/', import.meta.url);
const FILES = ['rsa-sign.ts', 'rsa-seal.ts', 'sm2-sign.ts', 'sm2-seal.ts'];
const METERED = '?metered';
let spentNs = 0n;
let depth = 0;
let recalling = false;
const results = new Map<string, unknown>();

/** What was spent since it was last asked, nanoseconds. */
export function asymmetricNs(): number {
  const spent = Number(spentNs);
  spentNs = 0n;
  return spent;
}

/** From now on a metered function gives what it gave to the same arguments before, at no cost worth naming: what is left is the adapter's own. */
export function recallResults(on: boolean): void {
  recalling = on;
  results.clear();
}

/** The same function with the stopwatch, which runs once when one metered function calls another. Anything else is left as it is. */
export function metered(value: unknown): unknown {
  if (typeof value !== 'function') return value;
  const timed = stopwatch(value as Metered);
  return (...args: readonly unknown[]): unknown => {
    if (!recalling) return timed(...args);
    const key = [value.name, ...args.map((arg) => (arg instanceof Uint8Array ? Buffer.from(arg).toString('latin1') : JSON.stringify(arg)))].join(
      '\n',
    );
    if (!results.has(key)) results.set(key, timed(...args));
    return results.get(key);
  };
}

type Metered = (...args: readonly unknown[]) => unknown;

function stopwatch(call: Metered): Metered {
  return (...args) => {
    const from = process.hrtime.bigint();
    depth += 1;
    try {
      return call(...args);
    } finally {
      depth -= 1;
      if (depth === 0) spentNs += process.hrtime.bigint() - from;
    }
  };
}

/** From now on imports of these files by others than the wrappers themselves lead to wrappers. */
export async function meterAsymmetric(): Promise<void> {
  const wrappers = new Map<string, string>();
  for (const file of FILES) {
    const { href } = new URL(file, KIT);
    const names = Object.keys((await import(href)) as object);
    const exported = names.map((name) => `export const ${name} = metered(real.${name});`);
    wrappers.set(href, [`import * as real from '${href}';`, `import { metered } from '${import.meta.url}';`, ...exported].join('\n'));
  }
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      return wrappers.has(resolved.url) && context.parentURL?.endsWith(METERED) !== true ? { ...resolved, url: resolved.url + METERED } : resolved;
    },
    load(url, context, next) {
      const source = url.endsWith(METERED) ? wrappers.get(url.slice(0, -METERED.length)) : undefined;
      return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
    },
  });
}
