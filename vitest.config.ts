import { availableParallelism } from 'node:os';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What must hold under workerd's crypto as well as under OpenSSL: the kit and every adapter. */
const BOTH_HOSTS = ['test/adapters/{kit-*,cases,hostile,units,registry,declared}.test.ts'];
/** Runs in workerd alone: every adapter there against its live double on Node. */
const WORKERD_ALONE = ['test/workerd/*.test.ts'];
/** What a borrower, a partner and a channel see by HTTP, whatever serves it. */
const JOURNEYS = ['test/journey/{borrower,counterparties,magic-phones}.test.ts'];
/** The whole edge host, started and killed from outside. */
const EDGE_ALONE = ['test/edge/*.test.ts'];

/** Files that take ten seconds and more. Begun last, one of them would hold up the end with nothing beside it. */
const LONG = [
  'sim/sim',
  'edge/crash',
  'edge/demo',
  'journey/magic-phones',
  'crash/crash',
  'cli/main',
  'docs/adding-a-funder',
  'cli/new-funder',
  'journey/new-funder',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at === -1 ? LONG.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    // For a machine that does much else: real servers answer late then, and nothing here waits for a timeout to pass.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongFirst },
    retry: 0,
    // Left to itself vitest keeps one core for its own process, which mostly waits; of two that is half. And servers that are waited for need none.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...WORKERD_ALONE, ...EDGE_ALONE],
          // Real servers, files and native modules: a process for each file, so that nothing leaks from one world to the next.
          pool: 'forks',
          setupFiles: ['test/setup.ts'],
          env: { TZ: 'UTC' },
        },
      },
      {
        extends: true,
        // The tests run on Node and the service in workerd: the journeys are the same files, told which host to start.
        test: {
          name: 'edge',
          include: [...JOURNEYS, ...EDGE_ALONE],
          pool: 'forks',
          setupFiles: ['test/setup.ts'],
          env: { TZ: 'UTC', MILLRACE_TEST_HOST: 'edge' },
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            miniflare: {
              compatibilityDate: '2026-10-01',
              compatibilityFlags: ['nodejs_compat'],
              modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
            },
          }),
        ],
        // Pure functions leave nothing behind, and a workerd for each file costs most of a second: each worker keeps its own.
        test: {
          name: 'workerd',
          include: [...BOTH_HOSTS, ...WORKERD_ALONE],
          globalSetup: ['test/workerd/start-doubles.ts', 'test/workerd/start-photos.ts'],
          setupFiles: ['test/setup.ts'],
          isolate: false,
        },
      },
    ],
  },
});
