/** Finds a protocol's funder's side by the adapter's name, so that a new adapter is served as soon as its folder is there. */
import type { Manner, Protocol } from './protocols/wire.ts';

export interface Double {
  readonly protocol: Protocol;
  readonly manner: Manner;
}

/** Rejects when there is no such adapter, or it has no double. */
export async function doubleOf(adapter: string): Promise<Double> {
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(adapter)) throw new Error('an adapter is named by the name of its folder');
  const file = new URL(`../../adapters/${adapter}/double.ts`, import.meta.url).href;
  const { double, manner } = (await import(file).catch((error: unknown) => {
    throw (error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND'
      ? new Error(`adapters/${adapter}/double.ts could not be loaded`, { cause: error })
      : error;
  })) as { double: Protocol; manner?: Manner };
  return { protocol: double, manner: manner ?? {} };
}
