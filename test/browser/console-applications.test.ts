/** What an operator does with applications in the console: finds one, reads why it went as it did, looks behind the mask, lets one go on. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applicationFor, apply, changeRecord, startService, until, type RealService } from '../journey/world.ts';
import { inChromium, launchChromium } from './chromium.ts';
import { seriousFaults } from './axe.ts';
import { signedIn } from './console.ts';

inChromium('applications in the console', () => {
  let service: RealService;
  let browser: Browser;
  let offered: string;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), launchChromium()]);
    offered = String((await apply(service, applicationFor('13800000002'))).json['id']);
    await until(service, offered, 'offered');
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  it('shows one masked, with who was asked and why, the same when made again, and a field in plain for a reason that stays', async () => {
    const page = await signedIn(browser, service, 'operator', '/applications');
    await page.getByRole('link', { name: offered }).click();
    await page.getByText('138****0002').waitFor();
    expect(await page.content()).not.toContain('13800000002');
    // The least strict one said yes after the others had said no, each with its place in a plan.
    await page
      .getByRole('row', { name: /星火小贷.*批准/ })
      .first()
      .waitFor();
    await page
      .getByRole('row', { name: /长河银行.*拒绝/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: /重\s*放/ }).click();
    await page.getByText('重放得到同样的结果，一个字节不差').waitFor();

    await page.getByRole('button', { name: '查看明文: 手机号' }).click();
    await page.getByLabel('为什么需要看？会记入审计').fill('借款人来电核实');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /确\s*[定认]/ })
      .click();
    await page.getByText('13800000002').waitFor();
    const trail = await service.call('GET', '/v1/desk/audit', { key: service.keys.approver });
    expect((trail.json['data'] as unknown as object[])[0]).toMatchObject({
      action: 'application.unmasked',
      subject: offered,
      detail: { field: 'phone', reason: '借款人来电核实' },
    });
    expect(await seriousFaults(page)).toEqual([]);

    await page.goto(`${service.url}/console/applications`);
    await page.getByLabel('按手机号查').fill('13800000002');
    await page.getByRole('button', { name: /查\s*询/ }).click();
    await page.getByText('手机号 …0002 的申请：1 份').waitFor();
    expect(page.url()).not.toContain('13800000002');
    expect(await seriousFaults(page)).toEqual([]);
    await page.context().close();
  });

  it('one that a rule set aside waits on the prescreen page until somebody lets it go on', async () => {
    await changeRecord(service, 'policy', 'pol_default', (policy) => ({
      ...policy,
      prescreen: {
        ...(policy['prescreen'] as object),
        rules: [{ id: 'look', when: { '==': [{ var: 'employment' }, 'freelance'] }, action: 'quarantine', note: 'freelancers' }],
      },
    }));
    const aside = String((await apply(service, applicationFor('13800000001', { employment: 'freelance' }))).json['id']);
    const page = await signedIn(browser, service, 'operator', '/prescreen');
    await page
      .getByRole('row', { name: new RegExp(aside) })
      .getByRole('button', { name: /放\s*行/ })
      .click();
    await until(service, aside, 'offered', 'declined');
    await page.getByText('没有挂起的申请。').waitFor();
    await page.getByRole('tab', { name: '规则与门槛' }).click();
    await page.getByText('freelancers').or(page.locator('input[value="freelancers"]')).first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    // A condition without its value is no rule yet.
    await page.getByRole('button', { name: '加一条规则' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByTitle('加一个条件').click();
    await dialog.getByText('有条件还没有填值').waitFor();
    const keep = dialog.getByRole('button', { name: /确\s*定/ });
    expect(await keep.isDisabled()).toBe(true);
    await dialog.getByRole('spinbutton').or(dialog.getByRole('textbox')).first().fill('30');
    await keep.click();
    await page.getByLabel('为什么要改').fill('三十岁的先看一看');
    await page.getByRole('button', { name: '提交，等另一人批准' }).click();
    await page.getByText('已提交，等待另一人批准').waitFor();
    const { json } = await service.call('GET', '/v1/desk/changes', { key: service.keys.operator });
    const [made] = json['data'] as unknown as { note: string; body: { prescreen: { rules: { when: unknown }[] } } }[];
    expect([made!.note, made!.body.prescreen.rules.length]).toEqual(['三十岁的先看一看', 2]);
    expect(JSON.stringify(made!.body.prescreen.rules[1]!.when)).toMatch(/"age".*30/);
    await page.context().close();
  });
});
