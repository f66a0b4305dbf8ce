/** Runs on Node before the tests in workerd: a live double of every adapter, whose addresses the tests are told. */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDouble } from '../../src/sandbox/start-double.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Base URL of the live double, by adapter. */
    readonly doubles: Readonly<Record<string, string>>;
  }
}

const ADAPTERS = join(import.meta.dirname, '../../adapters');

export default async function startDoubles(project: TestProject): Promise<() => Promise<void>> {
  const running = await Promise.all(
    readdirSync(ADAPTERS)
      .filter((id) => existsSync(join(ADAPTERS, id, 'double.ts')))
      .map(async (id) => {
        const world = JSON.parse(readFileSync(join(ADAPTERS, id, 'cases/world.json'), 'utf8')) as Record<
          'secrets' | 'params' | 'funder_secrets',
          Record<string, string> | undefined
        >;
        const double = await startDouble({
          adapter: id,
          secrets: { ...world.secrets, ...world.funder_secrets },
          params: world.params ?? {},
          latencyScale: 0.02,
          callbackDelayMs: 20,
        });
        return { id, double };
      }),
  );
  project.provide('doubles', Object.fromEntries(running.map(({ id, double }) => [id, double.url])));
  return async () => void (await Promise.all(running.map(({ double }) => double.close())));
}
