/** Runs once before the browser tests: finds Chromium and tells them where it is. */
import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { findChromium } from './find-chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the program; null when this machine has none, and the tests are skipped. */
    readonly chromium: string | null;
  }
}

export default function start(project: TestProject): void {
  const found = findChromium(process.env, existsSync);
  if ('path' in found) return project.provide('chromium', found.path);
  if (found.fatal) throw new Error(`Browser tests: ${found.missing}`);
  process.stderr.write(`\n!!! BROWSER TESTS SKIPPED: ${found.missing}\n\n`);
  project.provide('chromium', null);
}
