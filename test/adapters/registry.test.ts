/** What holds for every adapter that is registered. */
/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from 'vitest';
import { paramOf, secretOf, secretOrNull } from '../../adapters/kit/context.ts';
import { adapterFor, adapters } from '../../adapters/registry.ts';
import { InvariantError } from '../../src/domain/failures.ts';
import { callOf, callsOf, casesOf } from './cases.ts';
import { doubleOf } from './funder-side.ts';
import { ATTEMPT, contextOf, FIELDS, granted, worldOf } from './world.ts';

const FOLDERS = Object.keys(import.meta.glob('../../adapters/*/index.ts')).map((path) => path.split('/').at(-2)!);

describe('adapters', () => {
  it('are all the folders, found by their names and only so', () => {
    expect(FOLDERS.filter((folder) => !adapters.has(folder))).toEqual([]);
    expect([...adapters.keys()]).toEqual(expect.arrayContaining(['cedar-sealed', 'harbor-json', 'lotus-md5']));
    for (const [id, adapter] of adapters) expect(adapter.manifest.id).toBe(id);
    expect([adapterFor('harbor-json')?.manifest.id, adapterFor('__proto__'), adapterFor('')]).toEqual(['harbor-json', null, null]);
  });

  it('take a secret or parameter only when it is their own', () => {
    const ctx = contextOf('harbor-json');
    expect([secretOrNull(ctx, 'constructor'), secretOrNull({ ...ctx, secrets: { x: '' } }, 'x')]).toEqual([null, null]);
    expect(() => secretOf(ctx, 'toString')).toThrow(InvariantError);
    expect(() => paramOf(ctx, 'toString')).toThrow(InvariantError);
  });
});

describe.each([...adapters])('%s', (id, adapter) => {
  const { manifest } = adapter;
  const ctx = contextOf(id);

  it('names the secrets and parameters its world has, and has a funder\u2019s side', () => {
    const { secrets, params, funderSecrets } = worldOf(id);
    expect(Object.keys(secrets).toSorted()).toEqual(manifest.secretNames.toSorted());
    expect(Object.keys(params).toSorted()).toEqual(manifest.paramNames.toSorted());
    expect(Object.keys(funderSecrets).filter((name) => manifest.secretNames.includes(name))).toEqual([]);
    expect(Object.keys(doubleOf(id)).toSorted()).toEqual(['acknowledged', 'callback', 'content', 'open', 'reply', 'tell', 'write']);
  });

  it('throws a bug, naming no value, when it is set up without its secrets or parameters', () => {
    const bares = [{ ...ctx, secrets: {} }, ...(manifest.paramNames.length === 0 ? [] : [{ ...ctx, params: {} }])];
    for (const bare of bares) {
      const built = (): unknown => adapter.submit.build(bare, ATTEMPT, granted(adapter.submit.needs));
      expect(built).toThrow(InvariantError);
      for (const value of [...Object.values(ctx.secrets), FIELDS.phone, FIELDS.name]) expect(built).not.toThrow(value);
    }
  });

  it.each(callsOf(adapter))('puts no secret into what %s sends, and no personal data into its address or headers', (name) => {
    const call = callOf(adapter, name)!;
    const shown = casesOf(id)
      .map(({ read }) => read())
      .find((given) => given.call === name && given.request !== undefined);
    const { url, headers, body } = call.build(ctx, ATTEMPT, call.needs === undefined ? shown?.terms : granted(call.needs));
    const text = body === null || typeof body === 'string' ? (body ?? '') : new TextDecoder().decode(body);
    for (const secret of Object.values(ctx.secrets)) for (const part of [text, url, ...Object.values(headers)]) expect(part).not.toContain(secret);
    expect(JSON.stringify([url, headers])).not.toMatch(/13912345678|11010519900307233X|6222020200112233445|张三丰|%E5%BC%A0/i);
    expect(new URL(url).origin).toBe('https://funder.example');
  });
});
