import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real servers, files and native modules: a process for each file, so that nothing leaks from one world to the next.
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 30_000,
    retry: 0,
    setupFiles: ['test/setup.ts'],
    env: { TZ: 'UTC' },
  },
});
