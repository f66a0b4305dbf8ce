/** Every protocol we speak, by the name funder records use. One line each; a folder that is not here is not an adapter. */
import { cedarSealed } from './cedar-sealed/index.ts';
import type { FunderAdapter } from './contract.ts';
import { harborJson } from './harbor-json/index.ts';
import { lotusMd5 } from './lotus-md5/index.ts';

export const adapters: ReadonlyMap<string, FunderAdapter> = new Map([
  [cedarSealed.manifest.id, cedarSealed],
  [harborJson.manifest.id, harborJson],
  [lotusMd5.manifest.id, lotusMd5],
]);

/** The adapter of that name, or null when there is none. */
export function adapterFor(id: string): FunderAdapter | null {
  return adapters.get(id) ?? null;
}
