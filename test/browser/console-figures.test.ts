/** The console as its people meet it: the first link, the sign-in, the figures, who may do what; in both languages, in light and dark. */
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FunnelShown } from '../../src/flow/desk/show-funnel.ts';
import { rollUp } from '../../src/flow/roll-up.ts';
import { startService, type RealService } from '../journey/world.ts';
import { seriousFaults } from './axe.ts';
import { inChromium, launchChromium, openContext } from './chromium.ts';

const PASSWORD = 'the weir below the old mill';
const EMAIL = 'wang@example.cn';
const STEP_MS = 30_000;

inChromium('the console', () => {
  let service: RealService;
  let browser: Browser;
  let visitor: BrowserContext;
  let page: Page;
  let secret: string;
  const code = (stepsAgo: number): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() - stepsAgo * STEP_MS });
  const broken: string[] = [];

  beforeAll(async () => {
    service = await startService();
    for (const n of [1, 2, 3]) await apply(n, n === 3 ? 'student' : 'salaried');
    const { deps } = service.server.service;
    while (deps.store.feed.lastSeq() > (deps.store.feed.consumer('rollups')?.cursor ?? 0)) await rollUp(deps);
    browser = await launchChromium();
    visitor = await openContext(browser, 'desktop');
    page = await visitor.newPage();
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) broken.push(message.text());
    });
    page.on('pageerror', (error) => broken.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  async function apply(n: number, employment: string): Promise<void> {
    const agreed = { text_version: '2026-11-01', agreed_at: new Date().toISOString() };
    const made = await service.call('POST', '/v1/applications', {
      key: service.keys.secret,
      headers: { 'idempotency-key': `apply-${n}` },
      json: {
        applicant: {
          name: '张三',
          id_number: '110105199003072338',
          phone: `1380000000${n}`,
          phone_verification_id: 'pv_sandbox',
          monthly_income_fen: 1_200_000,
          employment,
          assets: {},
        },
        request: { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption' },
        documents: ['doc_sandbox_front', 'doc_sandbox_back'],
        consents: [{ recipient: 'platform', purpose: 'application', ...agreed }],
      },
    });
    expect(made.status).toBe(201);
  }

  it('lets the first administrator in by the link of the start, once, and then by password and code', async () => {
    await page.goto(service.server.links.first!);
    const key = page.locator('code');
    await key.waitFor();
    secret = (await key.innerText()).replaceAll(' ', '');
    expect(await page.getByRole('img', { name: '二维码' }).locator('path').getAttribute('d')).toMatch(/^(M\d+ \d+h1v1h-1z){200,}$/);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel('姓名').fill('王敏');
    await page.getByLabel('邮箱').fill(EMAIL);
    await page.getByLabel('密码', { exact: true }).fill('short');
    await page.getByLabel('6 位验证码').fill(code(1));
    await page.getByRole('button', { name: '完成并登录' }).click();
    await page.getByText('密码至少 12 个字符').waitFor();
    await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
    await page.getByLabel('6 位验证码').fill(code(1));
    await page.getByRole('button', { name: '完成并登录' }).click();
    await page.getByRole('heading', { name: '总览' }).waitFor();
    expect(page.url()).toBe(`${service.url}/console/`);

    await page.getByRole('button', { name: /王敏/ }).click();
    await page.getByText('退出登录').click();
    await page.getByRole('heading', { name: '登录控制台' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    // The page that was asked for is the page one comes to.
    await page.goto(`${service.url}/console/funnel?days=28&by=funder`);
    await page.getByLabel('邮箱').fill(EMAIL);
    await page.getByLabel('密码', { exact: true }).fill('something quite different');
    await page.getByLabel('动态验证码').fill(code(0));
    await page.getByRole('button', { name: /登\s*录/ }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
    await page.getByLabel('动态验证码').fill(code(0));
    await page.getByRole('button', { name: /登\s*录/ }).click();
    await page.getByRole('heading', { name: '漏斗' }).waitFor();
    expect(page.url()).toBe(`${service.url}/console/funnel?days=28&by=funder`);
    // The first link has done its work.
    const late = await (await openContext(browser, 'desktop')).newPage();
    await late.goto(service.server.links.first!);
    await late.getByText('这个链接不能用了').waitFor();
    await late.context().close();
  });

  it('shows the funnel that the desk answers, with what every figure means', async () => {
    await page.goto(`${service.url}/console/funnel`);
    const told = (await service.call('GET', '/v1/desk/funnel', { key: service.keys.operator })).json as unknown as FunnelShown;
    await page.locator('[data-stage="submitted"] [data-count]').first().waitFor();
    const shown = await page
      .locator('[data-stage]')
      .evaluateAll((rows) =>
        Object.fromEntries(
          rows.map((row) => [row.getAttribute('data-stage'), Number(row.querySelector('[data-count]')!.getAttribute('data-count'))]),
        ),
      );
    expect(shown).toEqual(Object.fromEntries(told.total.stages.map(({ stage, count }) => [stage, count])));
    expect(shown).toMatchObject({ submitted: 3, refused: 1, passed: 2 });
    await page.locator('[data-stage="passed"] span[tabindex]').hover();
    await page.getByRole('tooltip').getByText('通过预审、做过路由计划的申请').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('speaks English and goes dark at one click each, and stays so', async () => {
    await page.goto(`${service.url}/console/`);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.locator('[data-stage="submitted"]').waitFor();
    expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset['theme']])).toEqual(['en', 'dark']);
    expect(await seriousFaults(page)).toEqual([]);
    await page.goto(`${service.url}/console/audit`);
    await page.getByText('Accepted the invitation').waitFor();
    await page.getByRole('button', { name: 'Verify the whole chain' }).click();
    await page.getByText(/The chain holds: \d+ entries/).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('gives who is invited their role and no more: no actions on the page, and none by the API', async () => {
    await page.goto(`${service.url}/console/team`);
    await page.getByRole('button', { name: 'Invite' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Li Lei');
    await form.getByLabel('Email').fill('li@example.cn');
    await form.getByRole('button', { name: 'Invite' }).click();
    const link = await page.getByRole('textbox', { name: 'Give this link to Li Lei' }).inputValue();
    expect(link).toMatch(/\/console\/welcome#.{20,}/);

    const other = await openContext(browser, 'desktop');
    const guest = await other.newPage();
    await guest.goto(link);
    secret = (await guest.locator('code').innerText()).replaceAll(' ', '');
    await guest.getByLabel('姓名').fill('李雷');
    await guest.getByLabel('密码', { exact: true }).fill(PASSWORD);
    await guest.getByLabel('6 位验证码').fill(code(0));
    await guest.getByRole('button', { name: '完成并登录' }).click();
    await guest.getByRole('heading', { name: '总览' }).waitFor();
    expect(await guest.getByRole('link', { name: '团队' }).count()).toBe(0);
    await guest.goto(`${service.url}/console/channels`);
    await guest.getByRole('cell', { name: 'H5 demo' }).waitFor();
    expect(await guest.getByRole('button', { name: '登记费用' }).count()).toBe(0);
    await guest.goto(`${service.url}/console/team`);
    await guest.getByText('只有管理员可以看团队').waitFor();
    const refused = await guest.evaluate(async () => {
      const put = { method: 'PUT', headers: { 'content-type': 'application/json', 'x-millrace-console': '1' }, body: '{"spend_fen":1}' };
      return [(await fetch('/v1/desk/team')).status, (await fetch('/v1/desk/channels/h5-demo/spend/2026-11-20', put)).status];
    });
    expect(refused).toEqual([403, 403]);
    await other.close();
  });

  it('broke no rule of its own on the way', () => {
    expect(broken).toEqual([]);
  });
});
