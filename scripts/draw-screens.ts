/**
 * npm run draw:screens -- [--applications 120]
 *
 * A picture of every page of both faces, as they are with a small crowd in the sandbox: all of them into `dist/screens` (Chinese and light, English and
 * dark; the borrower's page on a phone), and two of them into `docs/pictures`, for the README. Needs Chromium, as the browser tests do.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Secret, TOTP } from 'otpauth';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startQuiet } from '../bench/quiet-server.ts';
import { runDemo } from '../src/cli/demo/run.ts';
import type { RunningServer } from '../src/runtime/node/server.ts';
import { findChromium } from '../test/browser/find-chromium.ts';

const { values } = parseArgs({ options: { applications: { type: 'string', default: '120' } } });
const ROOT = new URL('../', import.meta.url).pathname;
const SCREENS = join(ROOT, 'dist', 'screens');
const PICTURES = join(ROOT, 'docs', 'pictures');
/** In the README. */
const KEPT = { 'apply-zh.png': 'screen-apply.png', 'routing-zh.png': 'screen-console.png' } as const;
const PAGES = [
  ['overview', '/'],
  ['funnel', '/funnel?days=7'],
  ['applications', '/applications'],
  ['funders', '/funders'],
  ['routing', '/routing'],
  ['changes', '/changes'],
  ['channels', '/channels'],
  ['page-variants', '/page-variants'],
  ['prescreen', '/prescreen'],
  ['partner-offers', '/partner-offers'],
  ['webhooks', '/webhooks'],
  ['audit', '/audit'],
  ['team', '/team'],
] as const;
const LOOKS = [
  ['zh', 'light'],
  ['en', 'dark'],
] as const;
const EPOCH = { locale: 'zh-CN', timezoneId: 'Asia/Shanghai' } as const;

const found = findChromium(process.env, existsSync);
if ('missing' in found) throw new Error(found.missing);
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-screens-'));
mkdirSync(SCREENS, { recursive: true });
const server = await startQuiet(dataDir);
const browser = await chromium.launch({ executablePath: found.path, headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
try {
  await fill(server);
  await drawBorrower(browser, server.url);
  await drawConsole(browser, server);
  for (const [screen, picture] of Object.entries(KEPT)) copyFileSync(join(SCREENS, screen), join(PICTURES, picture));
} finally {
  await browser.close();
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
}

/** A crowd, what was spent on it, and a change that waits for somebody. */
async function fill({ url, keys }: RunningServer): Promise<void> {
  const applications = Number(values.applications);
  await runDemo({ url, applications, seed: 1, concurrency: 32, partnerSecret: null, routing: 'learnt', onDone: () => undefined });
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const call = (method: string, path: string, body: object): Promise<Response> =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${keys!.operator}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await call('PUT', `/v1/desk/channels/h5-demo/spend/${day}`, { spend_fen: 240_000 });
  const channel = { id: 'shop', name: '商城 Shop', status: 'live', allowed_origins: ['https://shop.example'] };
  await call('POST', '/v1/desk/changes', { kind: 'channel', id: 'shop', note: '新渠道：商城落地页', body: channel });
  // The figures are counted every few seconds.
  await until(async () => {
    const reply = await fetch(`${url}/v1/desk/today`, { headers: { authorization: `Bearer ${keys!.operator}` } });
    return ((await reply.json()) as { behind: number }).behind === 0;
  });
}

async function drawBorrower(on: Browser, url: string): Promise<void> {
  for (const [lang, colorScheme] of LOOKS) {
    const context = await on.newContext({
      ...EPOCH,
      locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
      colorScheme,
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
    });
    const page = await context.newPage();
    await page.goto(`${url}/apply`, { waitUntil: 'networkidle' });
    await page.screenshot({ path: join(SCREENS, `apply-${lang}.png`) });
    await context.close();
  }
}

async function drawConsole(on: Browser, { url, links, keys }: RunningServer): Promise<void> {
  const context = await on.newContext({ ...EPOCH, viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  const draw = (name: string): Promise<unknown> => page.screenshot({ path: join(SCREENS, `${name}.png`) });
  await page.goto(`${url}/console/sign-in`, { waitUntil: 'networkidle' });
  await draw('sign-in-zh');
  await page.goto(links.first!);
  await page.locator('code').waitFor();
  await draw('welcome-zh');
  await signIn(page);
  const reply = await fetch(`${url}/v1/desk/applications?state=disbursed&limit=1`, { headers: { authorization: `Bearer ${keys!.operator}` } });
  const { data } = (await reply.json()) as { data: { id: string }[] };
  const one = data.map(({ id }) => ['application', `/applications/${id}`] as const);
  for (const [lang, theme] of LOOKS) {
    await page.evaluate(([l, t]) => (localStorage.setItem('millrace.language', l!), localStorage.setItem('millrace.theme', t!)), [lang, theme]);
    for (const [name, path] of [...PAGES, ...one, ['funder', '/funders/fnd_river'] as const]) {
      await page.goto(`${url}/console${path}`, { waitUntil: 'networkidle' });
      await page.locator('h1').first().waitFor();
      await draw(`${name}-${lang}`);
    }
  }
  await context.close();
}

/** The first administrator, by the form on the page. */
async function signIn(page: Page): Promise<void> {
  const secret = (await page.locator('code').innerText()).replaceAll(' ', '');
  await page.getByLabel('姓名').fill('王敏');
  await page.getByLabel('邮箱').fill('wang@example.cn');
  await page.getByLabel('密码', { exact: true }).fill('the weir below the old mill');
  await page.getByLabel('6 位验证码').fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
  await page.getByRole('button', { name: '完成并登录' }).click();
  await page.getByRole('heading', { name: '总览' }).waitFor();
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the figures are still being counted after a minute');
}
