/**
 * How quick a page is on a slow phone: a real Chromium with the network of slow 3G and a processor four times slower, an empty cache, once for each
 * round. `node bench/page.ts [url …] [--rounds 5] [--network slow3g|fast4g|none]`; without an address it starts a sandbox and measures /apply and /console.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startQuiet } from './quiet-server.ts';

/** As Chromium's own tools name them: bits per second and milliseconds of a round trip, as they are set. */
const NETWORKS = {
  slow3g: { down: 400_000, up: 400_000, latencyMs: 400 },
  fast4g: { down: 9_000_000, up: 1_500_000, latencyMs: 60 },
  none: null,
} as const;
const CPU_SLOWER = 4;
/** Quiet for so long means that nothing more is coming: of the main thread for interactivity, of the network for bytes. */
const QUIET_MS = 2_000;
const LONGEST_MS = 60_000;
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];

interface Measured {
  readonly fcpMs: number;
  readonly lcpMs: number;
  /** End of the last long task before two quiet seconds, and not before the first picture. */
  readonly ttiMs: number;
  /** Long tasks' time beyond 50 ms each, between the first picture and interactivity. */
  readonly blockedMs: number;
  readonly requests: number;
  /** Over the wire, compressed, headers included. */
  readonly bytes: number;
  readonly scriptBytes: number;
}
type Timeline = { readonly fcp: number; readonly lcp: number; readonly tasks: readonly (readonly [start: number, ms: number])[] };

async function measure(browser: Browser, url: string, network: keyof typeof NETWORKS): Promise<Measured> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: 'zh-CN',
  });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  const line = NETWORKS[network];
  if (line !== null)
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: line.latencyMs,
      downloadThroughput: line.down / 8,
      uploadThroughput: line.up / 8,
    });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER });
  let [requests, bytes, scriptBytes, lastAtMs] = [0, 0, 0, performance.now()];
  const kinds = new Map<string, string>();
  cdp.on('Network.responseReceived', ({ requestId, type }) => void kinds.set(requestId, type));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    requests += 1;
    bytes += encodedDataLength;
    if (['Script', 'Stylesheet'].includes(kinds.get(requestId) ?? '')) scriptBytes += encodedDataLength;
    lastAtMs = performance.now();
  });
  await page.addInitScript(watch);
  await page.goto(url, { waitUntil: 'load', timeout: LONGEST_MS });
  const timeline = await untilQuiet(page, () => performance.now() - lastAtMs);
  await context.close();
  return { ...reckon(timeline), requests, bytes, scriptBytes };
}

/** Runs in the page, before anything of its own. */
function watch(): void {
  const seen = { lcp: 0, tasks: [] as [number, number][] };
  (globalThis as unknown as { seen: typeof seen }).seen = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.tasks.push([entry.startTime, entry.duration]);
  }).observe({ type: 'longtask', buffered: true });
}

async function untilQuiet(page: Page, networkQuietMs: () => number): Promise<Timeline> {
  const startedMs = performance.now();
  for (;;) {
    const now = await page.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: { lcp: number; tasks: [number, number][] } };
      const fcp = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
      const last = seen.tasks.reduce((end, [start, ms]) => Math.max(end, start + ms), fcp);
      return { fcp, lcp: seen.lcp, tasks: seen.tasks, quietMs: performance.now() - last };
    });
    if (now.fcp > 0 && now.quietMs > QUIET_MS && networkQuietMs() > QUIET_MS) return now;
    // One that asks again and again is never at rest; what it did until now is told.
    if (performance.now() - startedMs > LONGEST_MS && now.fcp > 0) return now;
    if (performance.now() - startedMs > 2 * LONGEST_MS) throw new Error('nothing is drawn');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function reckon({ fcp, lcp, tasks }: Timeline): Pick<Measured, 'fcpMs' | 'lcpMs' | 'ttiMs' | 'blockedMs'> {
  const after = tasks.filter(([start, ms]) => start + ms > fcp);
  const ttiMs = after.reduce((end, [start, ms]) => Math.max(end, start + ms), fcp);
  const blockedMs = after.reduce((sum, [, ms]) => sum + Math.max(0, ms - 50), 0);
  return { fcpMs: fcp, lcpMs: lcp, ttiMs, blockedMs };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '5' }, network: { type: 'string', default: 'slow3g' } },
  });
  const network = values.network as keyof typeof NETWORKS;
  if (!(network in NETWORKS)) throw new Error(`--network is one of ${Object.keys(NETWORKS).join(', ')}`);
  if (!existsSync(CHROMIUM)) throw new Error(`no Chromium at ${CHROMIUM}; set CHROMIUM_PATH`);
  const own = positionals.length === 0 ? await sandbox() : null;
  const urls = own === null ? positionals : [`${own.url}/apply`, `${own.url}/console`];
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGS });
  console.log(`network ${network}, processor ${CPU_SLOWER}x slower, cache empty, median of ${values.rounds}\n`);
  console.log('| Page | FCP ms | LCP ms | TTI ms | blocked ms | requests | KB | of it JS and CSS |\n|---|---|---|---|---|---|---|---|');
  for (const url of urls) {
    const rounds: Measured[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) rounds.push(await measure(browser, url, network));
    const of = (name: keyof Measured): number => Math.round(median(rounds.map((each) => each[name])));
    const kb = (name: keyof Measured): string => (of(name) / 1_024).toFixed(1);
    console.log(
      `| ${new URL(url).pathname} | ${of('fcpMs')} | ${of('lcpMs')} | ${of('ttiMs')} | ${of('blockedMs')} | ${of('requests')} | ${kb('bytes')} | ${kb('scriptBytes')} |`,
    );
  }
  await browser.close();
  await own?.close();
}

/** A sandbox of its own on a free port, gone afterwards. */
async function sandbox(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-page-'));
  const server = await startQuiet(dataDir);
  return {
    url: server.url,
    close: async () => {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

if (import.meta.main) await main();
