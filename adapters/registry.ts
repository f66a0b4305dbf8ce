/** Every protocol we speak, by the name funder records use. One line each; a folder that is not here is not an adapter. */
import { cedarSealed } from './cedar-sealed/index.ts';
import type { FunderAdapter } from './contract.ts';
import { loadManifests } from './declared/load.ts';
import { harborJson } from './harbor-json/index.ts';
import { lotusMd5 } from './lotus-md5/index.ts';
import { mapleFull } from './maple-full/index.ts';
import { birchRsa2 } from './birch-rsa2/index.ts';
import { osmanthusSm } from './osmanthus-sm/index.ts';
import { aspenCanonical } from './aspen-canonical/index.ts';
import { heronRates } from './heron-rates/index.ts';
import { plumLogin } from './plum-login/index.ts';
import { sparrowPing } from './sparrow-ping/index.ts';
import { willowLink } from './willow-link/index.ts';
import * as bundled from './manifests/all.ts';

const coded: ReadonlyMap<string, FunderAdapter> = new Map([
  [cedarSealed.manifest.id, cedarSealed],
  [harborJson.manifest.id, harborJson],
  [lotusMd5.manifest.id, lotusMd5],
  [mapleFull.manifest.id, mapleFull],
  [birchRsa2.manifest.id, birchRsa2],
  [osmanthusSm.manifest.id, osmanthusSm],
  [aspenCanonical.manifest.id, aspenCanonical],
  [heronRates.manifest.id, heronRates],
  [plumLogin.manifest.id, plumLogin],
  [sparrowPing.manifest.id, sparrowPing],
  [willowLink.manifest.id, willowLink],
]);

/** Throws, with file, path and rule, when a manifest that is shipped is wrong. */
export const { adapters } = loadManifests(
  Object.values<{ readonly id: string }>(bundled).map((json) => ({ file: `adapters/manifests/${json.id}.json`, json })),
  coded,
);

/** The adapter of that name, or null when there is none. */
export function adapterFor(id: string): FunderAdapter | null {
  return adapters.get(id) ?? null;
}
