/** Before tests that start the edge host: the pages and the Worker are those of the sources, made once for all of them. */
import { ensureWeb } from '../scripts/web.mjs';
import { bundleEdge } from '../src/runtime/node/edge-bundle.ts';

export default async function builtEdge(): Promise<void> {
  await ensureWeb();
  await bundleEdge();
}
