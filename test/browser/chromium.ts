/**
 * A real Chromium for the tests of what people see. Each file launches its own, in a new empty profile that goes with it, and opens
 * a context for each visitor: contexts share nothing. It reaches this machine alone, so that a page which needs the world fails here.
 */
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { describe, inject } from 'vitest';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Names of the world are never looked up; a page of ours has no business there.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Like `describe`; all of it, with its hooks, is skipped where there is no Chromium. Every test that needs one goes in here. */
export const inChromium = describe.skipIf(inject('chromium') === null);

/** Starts Chromium without a window. Whoever launches it closes it, in `afterAll`. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = inject('chromium');
  if (executablePath === null) throw new Error('no Chromium on this machine: put the test into inChromium(...)');
  return chromium.launch({ executablePath, headless: true, args: ARGS });
}

/** Screens in CSS pixels: a common phone, held upright and touched, and a small office screen. */
const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 } },
} as const satisfies Record<string, BrowserContextOptions>;
export type Screen = keyof typeof SCREENS;

/** A visitor of their own, with nothing stored: in Chinese and in Shanghai unless `more` says otherwise. */
export async function openContext(browser: Browser, screen: Screen, more: BrowserContextOptions = {}): Promise<BrowserContext> {
  // Movement is for eyes, and costs a core of a machine that draws without a graphics card.
  return browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', ...SCREENS[screen], ...more });
}
