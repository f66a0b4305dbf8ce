import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** What must hold under workerd's crypto as well as under OpenSSL: the kit and every adapter. */
const BOTH_HOSTS = ['test/adapters/{kit-*,cases,hostile,units,registry,declared}.test.ts'];
/** Runs in workerd alone: every adapter there against its live double on Node. */
const WORKERD_ALONE = ['test/workerd/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 15_000,
    hookTimeout: 30_000,
    retry: 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: WORKERD_ALONE,
          // Real servers, files and native modules: a process for each file, so that nothing leaks from one world to the next.
          pool: 'forks',
          setupFiles: ['test/setup.ts'],
          env: { TZ: 'UTC' },
        },
      },
      {
        extends: true,
        plugins: [cloudflareTest({ miniflare: { compatibilityDate: '2026-10-01', compatibilityFlags: ['nodejs_compat'] } })],
        // Pure functions leave nothing behind, and a workerd for each file costs most of a second: one for all.
        test: {
          name: 'workerd',
          include: [...BOTH_HOSTS, ...WORKERD_ALONE],
          globalSetup: ['test/workerd/start-doubles.ts'],
          setupFiles: ['test/setup.ts'],
          isolate: false,
          fileParallelism: false,
        },
      },
    ],
  },
});
