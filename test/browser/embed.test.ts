/** The example landing page, on an origin of its own, in a real browser: an application goes in once, and the page hears what becomes of it. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderSampleCard } from '../../fixtures/id-photos/render.ts';
import { startService, type RealService } from '../journey/world.ts';
import { inChromium, launchChromium, openContext } from './chromium.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const EXAMPLE = readFileSync(`${ROOT}examples/landing-page.html`, 'utf8');

it('the script is small enough for any page', () => {
  expect(gzipSync(readFileSync(`${ROOT}dist/web/sdk/millrace.js`), { level: 9 }).length).toBeLessThan(5_000);
});

inChromium('a landing page with the embed', () => {
  let service: RealService;
  let site: Server;
  let origin: string;
  let browser: Browser;
  let photo: Buffer;

  beforeAll(async () => {
    service = await startService();
    // The page as it is in the repository, but for the address of the service.
    const html = EXAMPLE.replaceAll('http://127.0.0.1:8787', service.url);
    expect(html).not.toBe(EXAMPLE);
    site = createServer((_, reply) => reply.setHeader('content-type', 'text/html').end(html));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(site.address() as AddressInfo).port}`;
    browser = await launchChromium();
    photo = Buffer.from(await renderSampleCard('id_front', 1));
  });
  afterAll(async () => {
    await browser.close();
    site.close();
    await service.close();
  });

  async function filled(phone: string): Promise<Page> {
    const page = await (await openContext(browser, 'phone')).newPage();
    await page.goto(`${origin}/?key=${service.keys.publishable}&utm_source=wechat&utm_campaign=autumn&gclid=click-1`);
    await page.locator('#agree0').check();
    await page.locator('#phone').fill(phone);
    await page.locator('#send').click();
    await page.getByText('验证码已发送').waitFor();
    await page.locator('#code').fill('000000');
    await page.locator('#name').fill('张三');
    await page.locator('#id_number').fill('110105199003072338');
    await page.locator('#income').fill('12000');
    for (const id of ['front', 'back']) await page.locator(`#${id}`).setInputFiles({ name: 'id.jpg', mimeType: 'image/jpeg', buffer: photo });
    return page;
  }

  async function applications(): Promise<string[]> {
    const list = await service.call('GET', '/v1/desk/applications?limit=100', { key: service.keys.operator });
    return (list.json['data'] as unknown as { id: string }[]).map(({ id }) => id);
  }

  it('goes in once although its reply was lost, with where the visitor came from, and is followed until it needs its borrower', async () => {
    const page = await filled('13800000001');
    let lost = 0;
    let visit: unknown;
    await page.route('**/v1/applications', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue();
      lost += 1;
      visit = (route.request().postDataJSON() as { visit: unknown }).visit;
      // It arrives; the line goes before the answer comes back.
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.locator('button:not([type])').click();
    await page.locator('#status[data-needs~="consents"]').waitFor();
    expect(lost).toBe(1);
    const ids = await applications();
    expect(ids).toHaveLength(1);
    expect(await page.locator('#status').textContent()).toContain(ids[0]);
    expect(visit).toMatchObject({
      utm: { source: 'wechat', campaign: 'autumn' },
      click_id: 'click-1',
      variant: 'example',
      landing_page: `${origin}/`,
    });

    // Who comes back on the same device finds it again; nothing personal was kept for that.
    await page.reload();
    await page.locator(`#status:has-text("${ids[0]}")`).waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toMatch(/13800000001|张三|110105/);
    await page.context().close();
  });

  it('says beside the form what is wrong, in the words of the service', async () => {
    const page = await filled('13800000002');
    await page.locator('#id_number').fill('110105199003072339');
    await page.locator('button:not([type])').click();
    await page.locator('#problem:has-text("身份证")').waitFor();
    expect(await applications()).toHaveLength(1);
    await page.context().close();
  });
});
