/** The operator's way in the console: other weights, tried on what has been, proposed, approved by somebody else, followed by new traffic, and taken back. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applicationFor, apply, attemptsOf, startService, until, type RealService } from '../journey/world.ts';
import { seriousFaults } from './axe.ts';
import { inChromium, launchChromium } from './chromium.ts';
import { signedIn } from './console.ts';

/** Approved by whoever is asked; approved by the least strict alone. */
const WILLING = '13800000001';
const HARD = '13800000002';
const MOST_TABS = 80;

inChromium('routing in the console', () => {
  let service: RealService;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), launchChromium()]);
    const phones = [...Array.from({ length: 12 }, () => WILLING), HARD, HARD];
    const made = await Promise.all(phones.map((phone) => apply(service, applicationFor(phone))));
    await Promise.all(made.map(({ json }) => until(service, json['id'], 'offered', 'declined')));
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  const at = (who: 'operator' | 'approver', path: string, more: BrowserContextOptions = {}): Promise<Page> =>
    signedIn(browser, service, who, path, more);

  /** Whether the bank is in the plan of somebody who applies now. Where in it is learnt, also from how quickly this machine answers. */
  async function plansBank(): Promise<boolean> {
    const { json } = await apply(service, applicationFor(WILLING));
    expect(Object.keys(attemptsOf(await until(service, json['id'], 'offered'))).length).toBeGreaterThan(0);
    const detail = await service.call('GET', `/v1/desk/applications/${json['id'] as unknown as string}`, { key: service.keys.operator });
    const [first] = detail.json['plans'] as unknown as { steps: { funder: string }[] }[];
    return first!.steps.some(({ funder }) => funder === 'fnd_river');
  }

  it('changes weights, tries them, has another approve, sees traffic follow, and rolls back', async () => {
    expect(await plansBank()).toBe(true);
    const operator = await at('operator', '/routing');
    await answered(operator);
    await operator.getByRole('spinbutton', { name: '长河银行' }).fill('0');
    await operator.getByText('长河银行的权重由 2.8 调低到 0').waitFor();
    await answered(operator);
    // The bank is asked no more; the figures are of stored applications, with their intervals.
    await operator.getByRole('row', { name: /长河银行.*→ 0\.00/ }).waitFor();
    expect(await seriousFaults(operator)).toEqual([]);
    await operator.getByLabel('为什么要改').fill('长河近两周批得少');
    await operator.getByRole('button', { name: /提\s*交/ }).click();
    await operator.getByRole('link', { name: /查看变更/ }).click();
    await operator.getByText('这是您自己提出的：必须由另一人批准').waitFor();
    expect(await operator.getByRole('button', { name: /批\s*准/ }).isDisabled()).toBe(true);
    expect(await plansBank()).toBe(true);

    const approver = await at('approver', '/changes');
    await approver.getByRole('button', { name: /策略 · Sandbox default/ }).click();
    await approver.getByText('长河银行的权重由 2.8 调低到 0').waitFor();
    await answered(approver);
    expect(await seriousFaults(approver)).toEqual([]);
    await approver.getByRole('button', { name: /批\s*准/ }).click();
    await approver
      .getByRole('tooltip')
      .getByRole('button', { name: /确\s*[定认]/ })
      .click();
    await approver.locator('.ant-card-head').getByText('已生效', { exact: true }).waitFor();
    expect(await plansBank()).toBe(false);

    await approver.getByRole('tab', { name: '策略版本与回退' }).click();
    await approver.getByRole('button', { name: '回退到第 1 版' }).click();
    await approver.getByLabel('为什么回退').fill('长河恢复了');
    await approver.getByRole('dialog').getByRole('button', { name: '回退到第 1 版' }).click();
    await approver.getByText('已回退，第 1 版的内容重新生效').waitFor();
    expect(await plansBank()).toBe(true);
  }, 90_000);

  it('by the keyboard alone, in English', async () => {
    const page = await at('operator', '/routing', { locale: 'en-GB' });
    await answered(page);
    await tabTo(page, page.getByRole('slider', { name: '长河银行' }));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByText('Weight of 长河银行: raised from 2.8 to 2.9').waitFor();
    await tabTo(page, page.getByLabel('Why (for the approver)'));
    await page.keyboard.type('River approves more');
    await tabTo(page, page.getByRole('button', { name: 'Propose' }));
    await page.keyboard.press('Enter');
    await page.getByText('Proposed; another person has to approve it').waitFor();
  }, 60_000);

  it('shows funders at a glance, and one with why it sees its traffic', async () => {
    const page = await at('operator', '/funders');
    await page.getByRole('row', { name: /长河银行.*可以送.*剩/ }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('link', { name: '长河银行' }).click();
    await page.getByText(/份申请中 \d+ 份的首个方案里有它/).waitFor();
    await page.getByText('批准率变了吗？').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('says beside the control, in the operator’s language, what a policy may not be', async () => {
    const page = await at('operator', '/routing');
    await page.getByRole('tab', { name: '旋钮' }).click();
    await page.getByRole('spinbutton', { name: '顺序偏离上限' }).fill('50');
    await page.getByRole('spinbutton', { name: '最多尝试次数 K' }).fill('18');
    await page.getByText('限制偏离度时最多尝试 16 家').waitFor();
    expect(await page.getByRole('button', { name: /提\s*交/ }).isDisabled()).toBe(true);
    await page.getByRole('spinbutton', { name: '最多尝试次数 K' }).fill('16');
    await page.getByText('限制偏离度时最多尝试 16 家').waitFor({ state: 'detached' });
    await answered(page);
  }, 60_000);
});

/** Past applications have answered, and nothing more is being asked. */
async function answered(page: Page): Promise<void> {
  await page.locator('section[data-status=done]').waitFor();
}

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('the keyboard does not reach it');
}
