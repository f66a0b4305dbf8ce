/** What somebody who cannot see or click as others do would stumble over, by axe. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
/** For a dialogue on its way out, or a colour on its way to another: neither is what anybody is left with. */
const SETTLES_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 250;

/** Serious and critical findings that stay on the page as it stands: its title, the rule, and each place. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const untilMs = performance.now() + SETTLES_WITHIN_MS;
  for (;;) {
    const faults = await findFaults(page);
    if (faults.length === 0 || performance.now() > untilMs) return faults;
    await page.waitForTimeout(LOOK_AGAIN_MS);
  }
}

function findFaults(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${document.title}: ${id} ${html.slice(0, 160)}`));
  });
}
