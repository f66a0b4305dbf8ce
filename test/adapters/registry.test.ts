/** What holds for every adapter that is registered. */
import { describe, expect, it } from 'vitest';
import { paramOf, secretOf, secretOrNull } from '../../adapters/kit/context.ts';
import { adapterFor, adapters } from '../../adapters/registry.ts';
import { InvariantError } from '../../src/domain/failures.ts';
import { ATTEMPT, contextOf, granted } from './world.ts';

describe('adapters', () => {
  it('are found by the name of their folder, and only so', () => {
    expect([...adapters.keys()]).toEqual(['cedar-sealed', 'harbor-json', 'lotus-md5']);
    for (const [id, adapter] of adapters) expect(adapter.manifest.id).toBe(id);
    expect([adapterFor('harbor-json')?.manifest.id, adapterFor('__proto__'), adapterFor('')]).toEqual(['harbor-json', null, null]);
  });
  it.each([...adapters.values()])('$manifest.id throws a bug, naming no value, when it is set up without its secrets or parameters', (adapter) => {
    const ctx = contextOf(adapter.manifest.id);
    for (const bare of [
      { ...ctx, secrets: {} },
      { ...ctx, params: {} },
    ]) {
      expect(() => adapter.submit.build(bare, ATTEMPT, granted(adapter.submit.needs))).toThrow(InvariantError);
    }
  });
  it.each([...adapters.values()])('$manifest.id puts no secret into a request, and no personal data into its address or headers', (adapter) => {
    const ctx = contextOf(adapter.manifest.id);
    const built = adapter.submit.build(ctx, ATTEMPT, granted(adapter.submit.needs));
    const whole = JSON.stringify(built);
    for (const secret of Object.values(ctx.secrets)) expect(whole).not.toContain(secret);
    expect(JSON.stringify([built.url, built.headers])).not.toMatch(/13912345678|11010519900307233X|张三丰/);
  });
  it('take a secret or parameter only when it is their own', () => {
    const ctx = contextOf('harbor-json');
    expect([secretOrNull(ctx, 'constructor'), secretOrNull({ ...ctx, secrets: { x: '' } }, 'x')]).toEqual([null, null]);
    expect(() => secretOf(ctx, 'toString')).toThrow(InvariantError);
    expect(() => paramOf(ctx, 'toString')).toThrow(InvariantError);
  });
});
