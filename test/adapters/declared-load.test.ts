/** Manifests as a whole: those that are shipped, aliases, directories from outside, and what two hundred of them cost a request. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadManifests, ManifestError } from '../../adapters/declared/load.ts';
import { adapters } from '../../adapters/registry.ts';
import { Funder } from '../../src/domain/funder.ts';
import { inSandbox, readFunderManifest, readManifests } from '../../src/runtime/node/manifests.ts';
import { makeWorld } from '../world.ts';

const SHIPPED = new URL('../../adapters/manifests/', import.meta.url).pathname;
const names = readdirSync(SHIPPED).filter((name) => name.endsWith('.json'));
const shipped = names.map((name) => ({ name, text: readFileSync(join(SHIPPED, name), 'utf8') }));
const partridge = JSON.parse(readFileSync(join(SHIPPED, 'fnd_partridge.json'), 'utf8')) as Record<string, unknown>;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-manifests-'));
  folders.push(folder);
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return folder;
}
const faultsOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};
const alias = (number: number, more: object = {}): object => ({ ...partridge, id: `fnd_alias_${number}`, ...more });

describe('what is shipped', () => {
  it('is named after its id, is loaded where it is a protocol, and a funder is under 20 lines', () => {
    expect(shipped.length).toBeGreaterThanOrEqual(3);
    for (const { name, text } of shipped) {
      const json = JSON.parse(text) as { kind: string; id: string };
      expect(`${json.id}.json`).toBe(name);
      if (json.kind === 'protocol') expect(adapters.has(json.id)).toBe(true);
      else expect(text.split('\n').length).toBeLessThan(20);
    }
  });
  it('holds funders that the desk takes as they are', () => {
    const files = shipped
      .map(({ name, text }) => ({ file: name, json: JSON.parse(text) as { kind: string } }))
      .filter(({ json }) => json.kind === 'funder');
    const { funders } = loadManifests(files, adapters);
    expect(funders.map(({ id, adapter, status }) => [id, adapter, status])).toEqual([
      ['fnd_partridge', 'lotus-md5', 'paused'],
      ['fnd_quail', 'quail-json', 'paused'],
    ]);
    for (const funder of funders) expect(Funder.parse(funder)).toEqual(funder);
  });
});

describe('a funder’s manifest', () => {
  const told = (json: unknown): string => faultsOf(() => loadManifests([{ file: 'f.json', json }], adapters));

  it.each<[string, object, string]>([
    ['an unknown protocol', { protocol: 'nosuch' }, 'f.json: /protocol: there is no such protocol; there are '],
    ['a missing parameter', { params: { merchant_no: 'M1' } }, 'f.json: /params/product_no: is missing'],
    ['a parameter too many', { params: { merchant_no: 'M1', product_no: 'P', key: 'k' } }, 'f.json: /params/key: the protocol has no such parameter'],
    ['no legal entity', { legal_entity: undefined }, 'f.json: /legal_entity: is missing'],
    [
      'a member of another kind',
      { product: { min_amount_fen: 'much' } },
      'f.json: /product/min_amount_fen: Invalid input: expected number, received string',
    ],
    ['a secret among the parts', { secrets: { sign_key: 'x' } }, 'f.json: /secrets: is not known here'],
    ['an id that is no funder’s', { id: 'partridge' }, 'f.json: /id: Invalid string: must match pattern'],
  ])('is refused for %s', (_what, change, message) => {
    expect(told({ ...partridge, ...change })).toContain(message);
  });
  it('is refused when another has its id, and a protocol when there is one of that name', () => {
    const quail = JSON.parse(shipped.find(({ name }) => name === 'quail-json.json')!.text) as object;
    expect(
      faultsOf(() =>
        loadManifests(
          [alias(1), alias(1)].map((json, index) => ({ file: `${index}.json`, json })),
          adapters,
        ),
      ),
    ).toBe('1.json: /id: another manifest has it already');
    expect(faultsOf(() => loadManifests([{ file: 'q.json', json: quail }], adapters))).toBe('q.json: /id: there is an adapter of that name already');
  });
});

describe('a directory from outside', () => {
  const lark = { ...(JSON.parse(shipped.find(({ name }) => name === 'quail-json.json')!.text) as object), id: 'lark-json' };

  it('adds protocols and funders behind them, in whatever order the files come', () => {
    const folder = folderOf({ 'a.json': alias(1, { protocol: 'lark-json', params: { app_id: 'x' } }), 'z.json': lark, 'notes.txt': 'not one' });
    const read = readManifests(folder);
    expect([read.adapters.size, read.adapters.get('lark-json')?.manifest.id]).toEqual([adapters.size + 1, 'lark-json']);
    expect(read.funders.map(({ id, adapter }) => [id, adapter])).toEqual([['fnd_alias_1', 'lark-json']]);
    expect(adapters.has('lark-json')).toBe(false);
    expect(readFunderManifest(join(folder, 'a.json'))).toMatchObject({ id: 'fnd_alias_1', adapter: 'lark-json', status: 'paused' });
    expect(faultsOf(() => readFunderManifest(join(folder, 'z.json')))).toMatch(/z\.json: \/kind: must be "funder"/);
  });
  it('is told of by file, path and rule, all faults of all files at once, and quotes nothing', () => {
    const folder = folderOf({ 'a.json': alias(1, { tier: 0 }), 'b.json': { ...lark, shape: 'full' } });
    expect(
      faultsOf(() => readManifests(folder))
        .split('\n')
        .map((line) => line.replace(`${folder}/`, '').slice(0, 34)),
    ).toEqual(['b.json: /shape: must be one of dir', 'a.json: /tier: Too small: expected']);
    const broken = folderOf({ 'c.json': '{"sign_key": "canary-secret" oops}' });
    const told = faultsOf(() => readManifests(broken));
    expect(told).toMatch(/c\.json: is not JSON/);
    expect(told).not.toContain('canary');
    expect(faultsOf(() => readManifests('/nowhere/at/all'))).toBe('the manifests in /nowhere/at/all cannot be read (ENOENT)');
    expect(readManifests(null)).toEqual({ adapters, funders: [] });
  });
  it('is live in a sandbox, with the secrets that the funder’s side has there', () => {
    const manifests = readManifests(
      folderOf({ 'a.json': alias(1), 'b.json': lark, 'c.json': alias(2, { protocol: 'lark-json', params: { app_id: 'x' } }) }),
    );
    const { funders, secrets } = inSandbox({ funders: [], secrets: {} }, manifests);
    expect(funders.map(({ id, status }) => [id, status])).toEqual([
      ['fnd_alias_1', 'live'],
      ['fnd_alias_2', 'live'],
    ]);
    expect([Object.keys(secrets['fnd_alias_1']!), secrets['fnd_alias_2']]).toEqual([['sign_key'], {}]);
  });
  it('stops with an error of its own kind', () => {
    expect(() => readManifests(folderOf({ 'a.json': {} }))).toThrow(ManifestError);
  });
});

describe('two hundred aliases', () => {
  const many = Array.from({ length: 200 }, (_, index) => ({ file: `${index}.json`, json: alias(index) }));

  it('are two hundred records and not one adapter more', () => {
    const loaded = loadManifests(many, adapters);
    expect([loaded.funders.length, loaded.adapters.size]).toEqual([200, adapters.size]);
    expect(loaded.adapters.get('lotus-md5')).toBe(adapters.get('lotus-md5'));
  });
  it('add no look-up of an adapter to an application', async () => {
    const { funders } = loadManifests(many, adapters);
    const lookUps = async (beside: readonly Funder[]): Promise<number> => {
      // They take other amounts, so that the application goes the same way with and without them.
      const others = beside.map((funder) => ({ ...funder, status: 'live' as const, product: { ...funder.product, min_amount_fen: 3_000_000 } }));
      let six: readonly string[] = [];
      const world = await makeWorld({
        funders: (all) => {
          six = all.map(({ id }) => id);
          return [...all, ...others];
        },
      });
      const get = vi.spyOn(world.service.deps.adapters, 'get');
      const agreed = { text_version: '2026-11-01', agreed_at: new Date(world.clock.nowMs()).toISOString() };
      const consents = ['platform', ...six].map((recipient) => ({
        recipient,
        purpose: recipient === 'platform' ? 'application' : 'credit_decision',
        ...agreed,
      }));
      const made = await world.apply({}, {}, { consents });
      for (let waited = 0; waited < 20 && made.json['status'] !== 'offered'; waited += 1) await world.settle(1_000);
      const view = await world.call('GET', `/v1/applications/${made.json['id']}`, { key: world.keys.secret });
      expect([made.status, view.json['status']]).toEqual([201, 'offered']);
      await world.close();
      return get.mock.calls.length;
    };
    const [few, lots] = [await lookUps([]), await lookUps(funders)];
    expect(few).toBeGreaterThan(0);
    expect(lots).toBe(few);
  });
});
