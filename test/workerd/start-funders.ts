/** Runs on Node before the tests in workerd: the six simulated funders, whose addresses the tests are told. */
import type { TestProject } from 'vitest/node';
import { SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import { startSandbox } from '../../src/sandbox/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Base URL by funder id. */
    readonly funders: Readonly<Record<string, string>>;
  }
}

export default async function startFunders(project: TestProject): Promise<() => Promise<void>> {
  const sandbox = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.02, callbackDelayMs: 20 });
  project.provide('funders', Object.fromEntries(sandbox.funders.map(({ id, url }) => [id, url])));
  return () => sandbox.close();
}
