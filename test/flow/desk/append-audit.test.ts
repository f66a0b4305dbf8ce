import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { appendAudit, auditPage, verifyAudit } from '../../../src/flow/desk/append-audit.ts';
import { makeWorld, type World } from '../../world.ts';

async function chained(count: number): Promise<World> {
  const world = await makeWorld();
  for (let index = 0; index < count; index += 1) await append(world, index);
  // The triggers are the store's own guard; whoever can write to the file can drop them first.
  world.db.run(sql`DROP TRIGGER audit_is_append_only_update`);
  world.db.run(sql`DROP TRIGGER audit_is_append_only_delete`);
  return world;
}

async function append(world: World, index: number): Promise<void> {
  const { deps } = world.service;
  await deps.commit((tx) => appendAudit(tx, deps, { actor: `key_${index}`, action: 'test.done', subject: `thing_${index}`, detail: { index } }));
}

const verdict = (world: World) => verifyAudit(world.service.deps).verdict;

describe('the audit trail', () => {
  it('is sound when empty and as it grows, and pages newest first', async () => {
    const world = await makeWorld();
    expect(verdict(world)).toEqual({ ok: true });
    for (let index = 0; index < 5; index += 1) await append(world, index);
    expect(verdict(world)).toEqual({ ok: true });
    expect(verifyAudit(world.service.deps).head.count).toBe(5);
    const first = auditPage(world.service.deps, undefined, 2);
    expect(first.map((row) => row.subject)).toEqual(['thing_4', 'thing_3']);
    expect(auditPage(world.service.deps, first.at(-1)!.seq, 2).map((row) => row.subject)).toEqual(['thing_2', 'thing_1']);
  });

  it('cannot be changed or shortened through the store', async () => {
    const world = await makeWorld();
    await append(world, 0);
    expect(() => world.db.run(sql`UPDATE audit SET actor = 'someone'`)).toThrow();
    expect(() => world.db.run(sql`DELETE FROM audit`)).toThrow();
  });

  it.each([
    ['a changed actor', sql`UPDATE audit SET actor = 'key_9' WHERE seq = 2`, { at: 1, why: 'record' }],
    ['a changed detail', sql`UPDATE audit SET detail = '{"index":7}' WHERE seq = 3`, { at: 2, why: 'record' }],
    ['a changed time', sql`UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 1`, { at: 0, why: 'record' }],
    ['one taken out of the middle', sql`DELETE FROM audit WHERE seq = 2`, { at: 1, why: 'record' }],
    ['two swapped', sql`UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)`, { at: 0, why: 'record' }],
    ['the last cut off', sql`DELETE FROM audit WHERE seq = 4`, { at: 3, why: 'count' }],
    ['all cut off', sql`DELETE FROM audit`, { at: 0, why: 'count' }],
    ['the head taken away', sql`DELETE FROM audit_head`, { at: 0, why: 'count' }],
  ])('shows %s', async (_, tamper, found) => {
    const world = await chained(4);
    expect(verdict(world)).toEqual({ ok: true });
    world.db.run(tamper);
    expect(verdict(world)).toEqual({ ok: false, ...found });
  });

  it('shows a chain that was shortened together with its head, also after it has grown again', async () => {
    const world = await chained(4);
    const kept = world.service.deps.store.desk.auditAll()[2]!;
    world.db.run(sql`DELETE FROM audit WHERE seq = 4`);
    world.db.run(sql`UPDATE audit_head SET count = 3, hash = ${kept.hash}`);
    expect(verdict(world)).toEqual({ ok: false, at: 3, why: 'head' });
    await append(world, 5);
    await append(world, 6);
    expect(verdict(world)).toMatchObject({ ok: false, why: 'head' });
  });

  it('shows one whose head was taken away after it has grown again', async () => {
    const world = await chained(3);
    world.db.run(sql`DELETE FROM audit_head`);
    await append(world, 4);
    expect(verdict(world).ok).toBe(false);
  });

  it('goes with its deed: a commit that fails leaves no trace in it', async () => {
    const world = await chained(1);
    const { deps } = world.service;
    await expect(
      deps.commit((tx) => {
        appendAudit(tx, deps, { actor: 'key_1', action: 'test.failed', subject: 'x' });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(verifyAudit(deps)).toMatchObject({ verdict: { ok: true }, head: { count: 1 } });
  });
});
