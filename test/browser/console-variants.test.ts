/** Variants of the borrower's page in the console: read side by side, made and changed by two people, looked at before anybody is shown them. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rollUp } from '../../src/flow/roll-up.ts';
import { startService, type RealService } from '../journey/world.ts';
import type { JsonValue } from '../world.ts';
import { seriousFaults } from './axe.ts';
import { inChromium, launchChromium } from './chromium.ts';
import { signedIn } from './console.ts';

const CALM = { id: 'calm', name: '慢慢看', channel: 'h5-demo', status: 'live', weight: 100, texts: { zh: { headline: '慢慢看，想好再借' } } };
const BRISK = { id: 'brisk', name: '快一点', channel: 'h5-demo', status: 'live', weight: 300 };

inChromium('variants of the page in the console', () => {
  let service: RealService;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), launchChromium()]);
    for (const body of [CALM, BRISK]) {
      const made = await service.call('POST', '/v1/desk/changes', {
        key: service.keys.operator,
        json: { kind: 'page_variant', id: body.id, note: 'for a test', body },
      });
      await approve(made.json);
    }
    const told = await service.call('GET', '/v1/pages/h5-demo');
    const visits = ['calm', 'calm', 'calm', 'brisk'].map((variant, n) => ({ variant, visitor: `visitor-000000000000${n}` }));
    for (const json of visits) await service.call('POST', '/v1/visits', { key: String(told.json['key']), json });
    const { deps } = service.server.service;
    while (deps.store.feed.lastSeq() > (deps.store.feed.consumer('rollups')?.cursor ?? 0)) await rollUp(deps);
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  async function approve({ id, hash }: JsonValue): Promise<void> {
    const reply = await service.call('POST', `/v1/desk/changes/${String(id)}/approve`, { key: service.keys.approver, json: { hash } });
    expect(reply.status).toBe(200);
  }
  async function approveNewest(): Promise<JsonValue> {
    const { json } = await service.call('GET', '/v1/desk/changes?state=proposed', { key: service.keys.operator });
    const [newest] = json['data'] as unknown as JsonValue[];
    await approve(newest!);
    return newest!['body'] as JsonValue;
  }
  const rowOf = (page: Page, words: RegExp): Locator => page.getByRole('row', { name: words });
  const propose = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: '提交，等另一人批准' }).click();
  };

  it('shows who sees which and how each does, and a change in words to whoever approves it', async () => {
    const page = await signedIn(browser, service, 'operator', '/page-variants');
    await page.getByRole('heading', { level: 2, name: 'H5 demo' }).waitFor();
    await rowOf(page, /慢慢看.*启用.*25\.0%.*3 0 0\.0%/).waitFor();
    await rowOf(page, /快一点.*启用.*75\.0%.*1 0 0\.0%/).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: '修改 慢慢看' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('权重').fill('900');
    await form.getByText('约分到该渠道访客的 75.0%').waitFor();
    await form.getByLabel('为什么要改').fill('慢的更好');
    await propose(page);
    await form.getByRole('link', { name: /查看变更/ }).click();
    await page.getByText('权重由 100 调高到 900').waitFor();
    await approveNewest();
    await page.goto(`${service.url}/console/page-variants`);
    await rowOf(page, /慢慢看.*75\.0%/).waitFor();
    await page.context().close();
  });

  it('says beside each field what is wrong, and makes one by the keyboard that can be looked at before it is shown', async () => {
    const page = await signedIn(browser, service, 'operator', '/page-variants', { colorScheme: 'dark' });
    await page.getByRole('button', { name: '新版本' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('编号').fill('quiet');
    await form.getByLabel('名称').fill('安静');
    await form.getByLabel('渠道').click();
    await page.locator('.ant-select-item-option').getByText('H5 demo', { exact: true }).click();
    await form.getByLabel('标题（中文）', { exact: true }).fill('百分百通过');
    await form.getByLabel('限制金额').check();
    for (const [label, sum] of [
      ['最低金额', '9000'],
      ['最高金额', '8000'],
      ['预设金额', '8000'],
    ] as const)
      await form.getByLabel(label).fill(sum);
    await form.getByLabel('为什么要改').fill('试试安静的');
    await propose(page);
    const faultOf = (label: string): Locator =>
      form.locator('.ant-form-item', { has: page.getByLabel(label, { exact: true }) }).locator('.ant-form-item-explain-error');
    await expect.poll(() => faultOf('标题（中文）').allTextContents()).toEqual(['文案不得承诺或暗示审批通过']);
    expect(await faultOf('最低金额').allTextContents()).toEqual(['最低金额不能大于最高金额']);
    expect(await seriousFaults(page)).toEqual([]);
    await form.getByLabel('标题（中文）', { exact: true }).fill('安静地看看');
    await form.getByLabel('最低金额').fill('5000');
    await form.getByRole('button', { name: '身份: 下移' }).focus();
    await page.keyboard.press('Enter');
    // Where the step went the keyboard goes, and somebody who hears the page is told.
    await form.getByRole('status').getByText('身份：第 2 步').waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('身份: 下移');
    await form.getByRole('button', { name: '资产: 不问' }).click();
    await form.getByRole('button', { name: '加上：资产' }).waitFor();
    await propose(page);
    await form.getByText('已提交，等待另一人批准').waitFor();
    expect(await approveNewest()).toEqual({
      id: 'quiet',
      name: '安静',
      channel: 'h5-demo',
      status: 'live',
      weight: 0,
      texts: { zh: { headline: '安静地看看' }, en: {} },
      steps: ['work', 'identity', 'purpose', 'photos'],
      amount: { min_fen: 500_000, max_fen: 800_000, preset_fen: 800_000 },
      terms: null,
    });

    await page.reload();
    const asked: string[] = [];
    page.context().on('request', (request) => asked.push(request.url()));
    const [preview] = await Promise.all([
      page.waitForEvent('popup'),
      rowOf(page, /安静.*0\.0%/)
        .getByRole('link', { name: '预览 安静' })
        .click(),
    ]);
    await preview.getByRole('heading', { name: '安静地看看' }).waitFor();
    await preview.getByText('预览“quiet”：不计入版本数据').waitFor();
    expect(asked.filter((url) => url.includes('/v1/visits'))).toEqual([]);
    expect(asked.some((url) => url.includes('/v1/pages/'))).toBe(true);
    await page.context().close();
  });

  it('fits a phone, in English, and is read-only for a viewer', async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-GB' };
    const page = await signedIn(browser, service, 'operator', '/page-variants', phone);
    await page.route('**/v1/session', async (route) => {
      const reply = await route.fetch();
      const session = (await reply.json()) as { operator: object };
      await route.fulfill({ response: reply, json: { ...session, operator: { ...session.operator, role: 'viewer' } } });
    });
    await page.reload();
    await page.getByRole('button', { name: 'Look 慢慢看' }).click();
    const form = page.getByRole('dialog');
    expect(await form.getByLabel('Headline (Chinese)').inputValue()).toBe('慢慢看，想好再借');
    expect(await form.getByLabel('Headline (Chinese)').isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Propose to another person' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'New variant' }).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.context().close();
  });
});
