/** Caps over many cells: what is lent is never more than the limit, whatever is lost, repeated or late; and what lies idle comes back. */
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { Funder } from '../../src/domain/funder.ts';
import { borrowFromDesk, heed, returnQuota } from '../../src/flow/cells/hold-quota.ts';
import { quotaUnderWay } from '../../src/flow/lend-quota.ts';
import { DESK_CELL } from '../../src/runtime/cells/generations.ts';
import { idNumberOf, makeCells, phoneOf, type Cells } from './world.ts';

const RIVER = 'fnd_river';
let world: Cells | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

/** River alone, with so many places a day. */
const river =
  (limit: number) =>
  (funders: readonly Funder[]): readonly Funder[] =>
    funders.map((funder) =>
      funder.id === RIVER ? { ...funder, caps: [{ id: 'daily', unit: 'count', window: 'day', limit }] } : { ...funder, status: 'paused' },
    );

it('two cells race for the last unit, and one of them gets it', async () => {
  world = await makeCells({ cells: '2', funders: river(1) });
  const [first, second] = [await world.service(0), await world.service(1)];
  await world.call('GET', '/v1/desk/summary', { key: world.keys.operator });
  const lent = await Promise.all([first, second].map(({ deps }) => borrowFromDesk(deps, `${RIVER}/daily/2026-11-20`, 1, 1)));
  expect(lent.reduce((sum, each) => sum + each, 0)).toBe(1);
});

it('over all cells a funder is sent no more than its cap', async () => {
  world = await makeCells({ cells: '4', funders: river(3) });
  const replies = await Promise.all(Array.from({ length: 12 }, (_, n) => world!.apply({ phone: phoneOf(n), id_number: idNumberOf(n) })));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
  await world.settle(20_000);
  const desk = await world.service(DESK_CELL);
  expect(desk.deps.store.desk.lent(`${RIVER}/daily/2026-11-20`)).toBeLessThanOrEqual(3);
  const status = await world.call('GET', `/v1/desk/funders/${RIVER}/status`, { key: world.keys.operator });
  const { approved = 0 } = status.json['attempts'] as unknown as Record<string, number>;
  const [cap] = status.json['caps'] as unknown as { lent: number; leased: number; used: number }[];
  // What was declined took no place.
  expect(cap).toMatchObject({ lent: 3, leased: 3, used: approved });
  expect(approved).toBeLessThanOrEqual(3);
});

it('whatever is lost, repeated or late, the sum of what cells may use stays within the limit', async () => {
  world = await makeCells({ cells: '1' });
  const { deps } = await world.service(DESK_CELL);
  let run = 0;
  const step = fc.record({
    cell: fc.integer({ min: 0, max: 2 }),
    want: fc.integer({ min: 0, max: 4 }),
    gives: fc.boolean(),
    uses: fc.integer({ min: 0, max: 3 }),
    reply: fc.constantFrom('heard', 'lost', 'late'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const key = `fnd_x/${(run += 1)}/total`;
      const cells = [0, 1, 2].map(() => ({ turn: 0, held: 0, used: 0 }));
      const late: Parameters<typeof heed>[1][] = [];
      for (const { cell, want, gives, uses, reply } of steps) {
        const own = cells[cell]!;
        own.used = Math.min(own.held, own.used + uses);
        if (gives) own.held = own.used;
        own.turn += 1;
        const holding = { cell, key, turn: own.turn, held: own.held, want, limit: 10 };
        if (reply === 'late') late.push(holding);
        else {
          const { lent } = await heed(deps, holding);
          if (reply === 'heard') own.held += lent ?? 0;
          // The same once more: the same answer, and nothing changed.
          expect((await heed(deps, holding)).lent).toBe(lent);
        }
        if (late.length > 1) await heed(deps, late.shift()!);
        expect(cells.reduce((sum, { held }) => sum + held, 0)).toBeLessThanOrEqual(10);
      }
      // Everybody says what is held and wants nothing: then the desk knows it to the unit.
      for (const [cell, own] of cells.entries()) await heed(deps, { cell, key, turn: own.turn + 1, held: own.held, want: 0, limit: 10 });
      expect(deps.store.desk.lent(key)).toBe(cells.reduce((sum, { held }) => sum + held, 0));
    }),
    { numRuns: 80 },
  );
});

it('while a loan is not yet written down, nobody states that the cell has it not', async () => {
  world = await makeCells({ cells: '1', funders: river(5) });
  await world.call('GET', '/v1/desk/summary', { key: world.keys.operator });
  const key = `${RIVER}/daily/2026-11-20`;
  const { deps } = await world.service(0);
  const lent = await deps.desk.lendCap(key, 5, 2);
  quotaUnderWay(deps).set(key, new Promise(() => undefined));
  await returnQuota(deps);
  const desk = await world.service(DESK_CELL);
  expect([lent, desk.deps.store.desk.lent(key)]).toEqual([2, 2]);
  // Whoever borrowed died: what was never written down goes back.
  quotaUnderWay(deps).delete(key);
  await returnQuota(deps);
  expect(desk.deps.store.desk.lent(key)).toBe(0);
});

it('what lies idle for a minute goes back, and another cell gets it', async () => {
  world = await makeCells({ cells: '2', funders: river(1) });
  await world.call('GET', '/v1/desk/summary', { key: world.keys.operator });
  const key = `${RIVER}/daily/2026-11-20`;
  const [first, second, desk] = [await world.service(0), await world.service(1), await world.service(DESK_CELL)];
  const lent = await first.deps.desk.lendCap(key, 1, 1);
  await first.deps.commit((tx) => tx.dispatch.addLease(key, RIVER, lent));
  expect([lent, await second.deps.desk.lendCap(key, 1, 1)]).toEqual([1, 0]);
  // The desk is away when it would be told: the unit is gone from the cell, and not lent to anybody yet.
  await world.settle(60_000);
  world.cut.add(DESK_CELL);
  await world.settle(35_000);
  expect([first.deps.store.dispatch.lease(key)!.leased, desk.deps.store.desk.lent(key)]).toEqual([0, 1]);
  world.cut.clear();
  await world.settle(31_000);
  expect(desk.deps.store.desk.lent(key)).toBe(0);
  expect(await second.deps.desk.lendCap(key, 1, 1)).toBe(1);
});
