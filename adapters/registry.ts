/** Every protocol we speak, by the name funder records use: those of `coded.ts` and those of `manifests/all.ts`, a line each. */
import * as coded from './coded.ts';
import type { FunderAdapter } from './contract.ts';
import { loadManifests } from './declared/load.ts';
import * as bundled from './manifests/all.ts';

/** Throws, with file, path and rule, when a manifest that is shipped is wrong. */
export const { adapters } = loadManifests(
  Object.values<{ readonly id: string }>(bundled).map((json) => ({ file: `adapters/manifests/${json.id}.json`, json })),
  new Map(Object.values<FunderAdapter>(coded).map((adapter) => [adapter.manifest.id, adapter])),
);

/** The adapter of that name, or null when there is none. */
export function adapterFor(id: string): FunderAdapter | null {
  return adapters.get(id) ?? null;
}
