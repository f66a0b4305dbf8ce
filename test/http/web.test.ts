/** Pages and their files as they leave the service: what may run in them, how long they are kept, and nothing from outside their folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { webRoutes } from '../../src/http/web.ts';
import { folderPages } from '../../src/runtime/node/pages.ts';
import { nodeRandom } from '../../src/runtime/node/host.ts';

let folder: string;
let app: ReturnType<typeof webRoutes>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-pages-'));
  for (const name of ['h5/assets', 'console/assets', 'sdk']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'h5/index.html'), '<p>h5</p>');
  writeFileSync(join(folder, 'console/index.html'), '<meta nonce="__NONCE__"><p>console</p>');
  writeFileSync(join(folder, 'console/assets/a-1.js'), 'plain');
  writeFileSync(join(folder, 'console/assets/a-1.js.br'), 'small');
  writeFileSync(join(folder, 'sdk/millrace.js'), 'sdk');
  writeFileSync(join(folder, 'secret.js'), 'secret');
  app = webRoutes(folderPages(folder), nodeRandom());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('serves a page under every path of its own, with scripts of ours alone', async () => {
  for (const path of ['/apply', '/apply/some-channel']) {
    const reply = await app.request(path);
    expect([path, reply.status, await reply.text()]).toEqual([path, 200, '<p>h5</p>']);
    expect(reply.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(reply.headers.get('content-security-policy')).not.toMatch(/unsafe/);
  }
});

it('gives each reply of the console a nonce of its own, the same in the page and in its policy', async () => {
  const nonces = await Promise.all(
    ['/console', '/console/funders/fnd_1'].map(async (path) => {
      const reply = await app.request(path);
      const inPage = /nonce="([^"]+)"/.exec(await reply.text())![1]!;
      expect(reply.headers.get('content-security-policy')).toContain(`'nonce-${inPage}'`);
      return inPage;
    }),
  );
  expect(nonces[0]).not.toBe(nonces[1]);
  expect(nonces[0]).not.toContain('NONCE');
});

it('sends the compressed form to those who take it, and keeps files with a hash for a year', async () => {
  const small = await app.request('/console/assets/a-1.js', { headers: { 'accept-encoding': 'gzip, br' } });
  expect([small.headers.get('content-encoding'), await small.text()]).toEqual(['br', 'small']);
  expect(small.headers.get('cache-control')).toContain('immutable');
  const plain = await app.request('/console/assets/a-1.js');
  expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, 'plain']);
});

it('lets any landing page take in the script', async () => {
  const reply = await app.request('/sdk/millrace.js');
  expect([reply.status, reply.headers.get('access-control-allow-origin'), reply.headers.get('cross-origin-resource-policy')]).toEqual([
    200,
    '*',
    'cross-origin',
  ]);
});

it.each([
  '/sdk/..%2fsecret.js',
  '/h5/assets/..%2f..%2fsecret.js',
  '/h5/assets/%2e%2e',
  '/sdk/secret.js',
  '/console/assets/none.js',
  '/h5/index.html',
])('has nothing at %s', async (path) => {
  expect((await app.request(path)).status).toBe(404);
});
