import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, launchChromium, openContext } from './chromium.ts';
import { DEBIAN_CHROMIUM, findChromium } from './find-chromium.ts';

describe('which Chromium', () => {
  const none = (): boolean => false;

  it('is the one that is named, or that of Debian', () => {
    expect(findChromium({ CHROMIUM_PATH: '/opt/chrome' }, () => true)).toEqual({ path: '/opt/chrome' });
    expect(findChromium({ CHROMIUM_PATH: '' }, (path) => path === DEBIAN_CHROMIUM)).toEqual({ path: DEBIAN_CHROMIUM });
  });

  it('when there is none: said with its remedy, and fatal where nobody would read it', () => {
    expect(findChromium({}, none)).toMatchObject({ missing: expect.stringContaining('apt-get install'), fatal: false });
    expect(findChromium({ CI: 'false' }, none)).toMatchObject({ fatal: false });
    expect(findChromium({ CI: 'true' }, none)).toMatchObject({ fatal: true });
  });

  it('one that is named and not there is never passed over', () => {
    const elsewhere = findChromium({ CHROMIUM_PATH: '/opt/chrome' }, (path) => path === DEBIAN_CHROMIUM);
    expect(elsewhere).toMatchObject({ missing: expect.stringContaining('/opt/chrome'), fatal: true });
  });
});

inChromium('Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('has a Chinese font: no two characters look alike, and none like one that no font has', async () => {
    const page = await (await openContext(browser, 'phone')).newPage();
    await page.setContent('<html lang="zh-CN"><body style="font: 32px sans-serif">');
    const characters = [...'贷款申请月费率鑫', '\u{10FFFD}'];
    const drawn = await page.evaluate(
      (all) =>
        all.map((one) => {
          const canvas = new OffscreenCanvas(48, 48);
          const on = canvas.getContext('2d')!;
          on.font = getComputedStyle(document.body).font;
          on.fillText(one, 4, 40);
          const ink = on.getImageData(0, 0, 48, 48).data.filter((_, index) => index % 4 === 3);
          return ink.join();
        }),
      characters,
    );
    expect(new Set(drawn).size).toBe(characters.length);
    await page.context().close();
  });

  it('is a Chinese phone in Shanghai, or an office screen', async () => {
    const look = async (which: 'phone' | 'desktop') => {
      const context = await openContext(browser, which);
      const page = await context.newPage();
      const seen = await page.evaluate(() => [
        navigator.language,
        Intl.DateTimeFormat().resolvedOptions().timeZone,
        screen.width,
        matchMedia('(pointer: coarse)').matches,
      ]);
      await context.close();
      return seen;
    };
    expect(await look('phone')).toEqual(['zh-CN', 'Asia/Shanghai', 390, true]);
    expect(await look('desktop')).toEqual(['zh-CN', 'Asia/Shanghai', 1440, false]);
  });

  it('knows no name of the world', async () => {
    const context = await openContext(browser, 'desktop');
    const page = await context.newPage();
    await expect(page.goto('http://example.com/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
    await context.close();
  });
});
