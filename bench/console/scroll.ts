/** How a table of 1,000 rows scrolls in a real browser: the audit, with its pages read until there are so many. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { RunningServer } from '../../src/runtime/node/server.ts';
import { findChromium } from '../../test/browser/find-chromium.ts';
import { round } from '../measure.ts';

export interface Scrolled {
  readonly rows: number;
  /** Tasks of the page above 50 ms while it scrolled, and the longest of them; milliseconds. */
  readonly long_tasks: number;
  readonly longest_ms: number;
}

const ROWS = 1_000;
const PAGE_ROWS = 200;
const WHEELS = 60;

/** Null where there is no Chromium. */
export async function scrollTable({ url, links }: RunningServer): Promise<Scrolled | null> {
  const found = findChromium(process.env, existsSync);
  if ('missing' in found) return null;
  const browser = await chromium.launch({ executablePath: found.path, headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 }, locale: 'zh-CN' });
    await page.goto(links.sandbox!.approver);
    await page.getByRole('heading', { name: '总览' }).waitFor();
    await page.goto(`${url}/console/audit?days=90`);
    const table = page.locator('.ant-table-tbody-virtual-holder');
    await table.waitFor();
    for (let read = PAGE_ROWS; read < ROWS; read += PAGE_ROWS) {
      const reply = page.waitForResponse((each) => each.url().includes('cursor='));
      await page.getByRole('button', { name: /再读/ }).click();
      await reply;
    }
    await page.evaluate(() => {
      const seen: number[] = [];
      Object.assign(globalThis, { seen });
      new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    });
    await table.hover();
    for (let wheel = 0; wheel < WHEELS; wheel += 1) {
      await page.mouse.wheel(0, 700);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
    return { rows: ROWS, long_tasks: seen.length, longest_ms: round(Math.max(0, ...seen), 0) };
  } finally {
    await browser.close();
  }
}
