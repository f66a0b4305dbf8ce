/** The console in a browser, signed in as one of the sandbox's two people. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { RealService } from '../journey/world.ts';
import { openContext } from './chromium.ts';

/** A visitor of their own, signed in by the sandbox's link, at a page of the console. */
export async function signedIn(
  browser: Browser,
  service: RealService,
  who: 'operator' | 'approver',
  path: string,
  more: BrowserContextOptions = {},
): Promise<Page> {
  const context = await openContext(browser, 'desktop', more);
  const keys = await service.call('GET', '/v1/sandbox/keys');
  const token = String(keys.json['console']![who]).split('#')[1];
  await context.request.post(`${service.url}/v1/invitations/open`, { data: { token }, headers: { 'x-millrace-console': '1' } });
  const page = await context.newPage();
  // Below the time of a test, so that what was waited for is said.
  page.setDefaultTimeout(25_000);
  await page.goto(`${service.url}/console${path}`);
  return page;
}
