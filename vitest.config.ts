import { availableParallelism } from 'node:os';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What must hold under workerd's crypto as well as under OpenSSL: the kit and every adapter. */
const BOTH_HOSTS = ['test/adapters/{kit-*,cases,hostile,units,registry,declared}.test.ts'];
/** Schema, queries, migrations and the commit seam: on better-sqlite3, and on the storage of a Durable Object. */
const STORE = ['test/store/*.test.ts'];
/** Runs in workerd alone: adapters there against their live doubles on Node, and objects that fail, throw and are evicted. */
const WORKERD_ALONE = ['test/workerd/*.test.ts'];
/** What a borrower, a partner and a channel see by HTTP, whatever serves it. */
const JOURNEYS = ['test/journey/{borrower,counterparties,magic-phones}.test.ts'];
/** The whole edge host, started and killed from outside. */
const EDGE_ALONE = ['test/edge/*.test.ts'];
/** What people see, in a real Chromium. */
const BROWSER = ['test/browser/**/*.test.ts'];

/** Signals, the fetch and the log of the whole process, worlds by the hundred: each in a fresh process, so that nothing is left to the next. */
const ALONE = ['test/{crash,sim}/*.test.ts', 'test/runtime/{fetch-transport,log-mover,signals}.test.ts', 'test/security/{canary,wire}.test.ts'];
/** For our processes and for those they start in their turn: a start makes more garbage than is ever kept. */
const QUICK_START = { NODE_OPTIONS: `--max-semi-space-size=32 --import ${new URL('test/quick-start.ts', import.meta.url).href}` };

/** Files that take ten seconds and more. Begun last, one of them would hold up the end with nothing beside it. */
const LONG = [
  'sim/sim',
  'edge/crash',
  'edge/import',
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
    // Left to itself vitest keeps one core for its own process, which mostly waits; and files that start servers wait much themselves. One more than there
    // are cores keeps these busy.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...WORKERD_ALONE, ...EDGE_ALONE, ...BROWSER, ...ALONE],
          pool: 'forks',
          // Each test makes its own world, and what modules remember is remembered by world: a worker loads the service once for all its files.
          isolate: false,
          setupFiles: ['test/setup.ts'],
          env: { TZ: 'UTC', ...QUICK_START },
        },
      },
      {
        extends: true,
        test: {
          name: 'node-alone',
          include: ALONE,
          pool: 'forks',
          setupFiles: ['test/setup.ts'],
          env: { TZ: 'UTC', ...QUICK_START },
        },
      },
      {
        extends: true,
        // The tests run on Node and the service in workerd: the journeys are the same files, told which host to start.
        test: {
          name: 'edge',
          include: [...JOURNEYS, ...EDGE_ALONE],
          pool: 'forks',
          // Every file starts hosts of its own; what starts them, wrangler and the libraries, is loaded once for each worker.
          isolate: false,
          globalSetup: ['test/built-edge.ts'],
          setupFiles: ['test/setup.ts'],
          env: { TZ: 'UTC', MILLRACE_TEST_HOST: 'edge', ...QUICK_START },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: BROWSER,
          pool: 'forks',
          // As in `node`: each file has a server and a browser of its own.
          isolate: false,
          // A page that is drawn waits for three processes.
          testTimeout: 60_000,
          globalSetup: ['test/browser/start.ts', 'test/built-pages.ts'],
          setupFiles: ['test/setup.ts'],
          env: { TZ: 'UTC', ...QUICK_START },
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest({
            main: 'test/workerd/main.ts',
            wrangler: { configPath: 'wrangler.toml' },
            remoteBindings: false,
            miniflare: { durableObjects: { BARE: { className: 'Bare', useSQLite: true } } },
          }),
        ],
        // Pure functions leave nothing behind, objects are new for each test, and a workerd for each file costs most of a second: each worker keeps its own.
        test: {
          name: 'workerd',
          include: [...BOTH_HOSTS, ...STORE, ...WORKERD_ALONE],
          globalSetup: ['test/workerd/start-doubles.ts', 'test/workerd/start-photos.ts', 'test/workerd/start-funders.ts'],
          setupFiles: ['test/setup.ts'],
          isolate: false,
        },
      },
    ],
  },
});
