/** The same crowd through both hosts: who is refused, asked, approved and declined does not depend on where the service runs, nor on how quick it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import type { Funnel } from '../../src/cli/demo/funnel.ts';
import { runDemo } from '../../src/cli/demo/run.ts';
import { freePort } from '../../src/cli/own-server.ts';
import { startEdge, type RunningEdge } from '../../src/runtime/node/edge.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';
import { startService, type RealService } from '../journey/world.ts';

const APPLICANTS = 32;
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-edge-demo-'));
let beside: Sandbox;
let node: RealService;
let edge: RunningEdge;

beforeAll(async () => {
  beside = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.02, callbackDelayMs: 20 });
  const urls = Object.fromEntries(beside.funders.map(({ id, url }) => [id, url]));
  node = await startService({}, { sandbox: { funders: sandboxFunders(urls), secrets: SANDBOX_SECRETS } });
  edge = await startEdge({ port: await freePort(), dataDir, logLevel: 'error', cells: '3', sandbox: urls });
}, 120_000);
afterAll(async () => {
  await edge.close();
  await node.close();
  await beside.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** All but the times, which are each host's own. */
async function funnelOf(host: { readonly url: string; readonly partnerSecret: string }, concurrency: number): Promise<object> {
  const { funders, ...counts }: Funnel = await runDemo({
    url: host.url,
    applications: APPLICANTS,
    seed: 11,
    concurrency,
    routing: 'ladder',
    partnerSecret: host.partnerSecret,
    onDone: () => undefined,
  });
  return { ...counts, funders: funders.map(({ median_ms: _time, ...rest }) => rest) };
}

it('one seed gives one funnel on both hosts, whatever order people come in', { timeout: 120_000 }, async () => {
  const [here, there] = await Promise.all([funnelOf(node, APPLICANTS), funnelOf(edge, 7)]);
  expect(there).toEqual(here);
  const { refused, accepted, disbursed, declined, partner_clicks: clicks } = here as Funnel;
  // So that none of it is equal because it is nothing.
  expect(Math.min(refused, accepted, disbursed, declined, clicks)).toBeGreaterThan(0);
});
