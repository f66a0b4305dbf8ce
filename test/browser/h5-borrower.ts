/** A borrower at the page: what a person does there, by what they see. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { renderSampleCard } from '../../fixtures/id-photos/render.ts';
import { openContext } from './chromium.ts';

const SMALL_PHONE = { viewport: { width: 360, height: 740 } };

export interface Borrower {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser refused or threw. */
  readonly complaints: string[];
  next(): Promise<void>;
  /** From the first look to the platform's consent, which is not given yet; with photos of a card that are uploaded, or those that a sandbox lends. */
  toAgree(phone: string, pictures?: 'uploaded' | 'lent'): Promise<void>;
  photos(): Promise<void>;
  agreeAndSubmit(): Promise<void>;
  /** Agrees to every funder on every sheet until `selector` is there. */
  agreeUntil(selector: string): Promise<void>;
}

let photo: Promise<Buffer> | null = null;

export async function borrower(browser: Browser, url: string, more: BrowserContextOptions = {}): Promise<Borrower> {
  const context = await openContext(browser, 'phone', { ...SMALL_PHONE, ...more });
  return at(context, url);
}

export async function at(context: BrowserContext, url: string): Promise<Borrower> {
  const page = await context.newPage();
  // What a funder leaves unanswered is settled after its own deadlines, on a machine that has much else to do.
  page.setDefaultTimeout(40_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Uncaught/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url);
  const next = (): Promise<void> => page.locator('button[type=submit]').click();
  const photos = async (): Promise<void> => {
    const buffer = await (photo ??= renderSampleCard('id_front', 1).then((bytes) => Buffer.from(bytes)));
    for (const kind of ['id_front', 'id_back'])
      await page.locator(`input[name=${kind}]`).setInputFiles({ name: 'id.jpg', mimeType: 'image/jpeg', buffer });
    await page.locator('.id_back img').waitFor();
    await page.locator('.id_front img').waitFor();
    await next();
  };
  return {
    page,
    context,
    complaints,
    next,
    photos,
    async toAgree(phone, pictures = 'uploaded') {
      await page.locator('input[name=amount]').waitFor();
      await next();
      await confirmPhone(page, phone);
      await page.locator('input[name=name]').fill('张三');
      await page.locator('input[name=id_number]').fill('110105199003072338');
      await next();
      await page.locator('input[value=salaried]').check();
      await page.locator('input[name=income]').fill('12000');
      await next();
      await page.locator('input[name=housing_fund][value="2y_plus"]').check();
      await next();
      await page.locator('input[value=consumption]').check();
      await next();
      if (pictures === 'uploaded') await photos();
      else await page.getByRole('button', { name: '测试环境：用示例照片' }).click();
      await page.locator('input[name=consent-platform]').waitFor();
    },
    async agreeAndSubmit() {
      await page.locator('input[name=consent-platform]').check();
      await next();
    },
    async agreeUntil(selector) {
      const sheet = page.locator('input[name^=consent-fnd]:not(:checked)').first();
      const wanted = page.locator(selector).first();
      for (;;) {
        await sheet.or(wanted).first().waitFor();
        if (await wanted.isVisible()) return;
        const all = page.locator('button[name=agree-all]');
        if (await all.isVisible()) await all.click();
        else await sheet.check();
        const answered = page.waitForResponse((response) => response.url().endsWith('/consents') && response.request().method() === 'POST');
        await next();
        await answered;
        await sheet.waitFor({ state: 'detached' });
      }
    },
  };
}

export async function confirmPhone(page: Page, phone: string): Promise<void> {
  await page.locator('input[name=phone]').fill(phone);
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=code]').fill('000000');
  await page.locator('button[type=submit]').click();
}
