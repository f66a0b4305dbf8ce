/** Caps and promised volumes priced by the hour: the plan goes by the price long before a reservation has to refuse. */
import { describe, expect, it } from 'vitest';
import { loadPricing } from '../../src/flow/price-volume.ts';
import type { Plan, PlanStep } from '../../src/domain/plan.ts';
import { approves, change, DAY, funder, HOUR, MINUTE, person, policy, scripted, state, type ScriptedWorld } from './scripted.ts';

const cap = (limit: number) => ({ id: 'daily', unit: 'count', window: 'day', limit }) as const;
/** Two alike in all but what they pay: without prices everybody goes to the rich one. */
const PAIR = (more: object) => [
  funder('rich', 1, { terms: { cpa_fen: 30_000, cps_bps: 0, attempt_cost_fen: 0 }, cooling_off_days: 0, ...more }),
  funder('poor', 1, { terms: { cpa_fen: 20_000, cps_bps: 0, attempt_cost_fen: 0 }, cooling_off_days: 0 }),
];

function planOf({ service: { deps } }: ScriptedWorld, id: unknown): Plan {
  return JSON.parse(deps.store.applications.plansOf(id as string)[0]!.result) as Plan;
}
function stepOf(world: ScriptedWorld, id: unknown, name: string): PlanStep {
  return planOf(world, id).steps.find(({ funderId }) => funderId === `fnd_${name}`)!;
}
function priceOf({ service: { deps } }: ScriptedWorld, target: string): number {
  return loadPricing(deps).prices[target]?.priceFen ?? 0;
}
/** `count` people, one after the other; returns the funder each was sent to first. */
async function stream(world: ScriptedWorld, count: number, from = 0, apartMs = MINUTE): Promise<string[]> {
  const first: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { json } = await world.apply(person(from + n));
    first.push(planOf(world, json['id']).steps[0]!.funderId.slice(4));
    await world.settle(apartMs);
  }
  return first;
}
const untilMidnight = async (world: ScriptedWorld): Promise<void> => world.leap(DAY - ((world.clock.nowMs() + 8 * HOUR) % DAY) + HOUR);

describe('volume', () => {
  it('that is capped is spread over the day by a price, and stays within the cap', async () => {
    const world = await scripted(PAIR({ caps: [cap(60)] }));
    await policy(world, { exploration_share: 0 });
    await untilMidnight(world);
    const first = await stream(world, 40);
    // Forty in forty minutes of a day that has room for sixty: most of them have to go elsewhere, but not the first.
    expect(first.slice(0, 2)).toEqual(['rich', 'rich']);
    const rich = first.filter((name) => name === 'rich').length;
    expect(rich).toBeGreaterThan(2);
    expect(rich).toBeLessThan(20);
    expect(priceOf(world, 'fnd_rich/cap/daily')).toBeGreaterThan(0);
    const { json } = await world.apply(person(900));
    expect(stepOf(world, json['id'], 'rich').approvalPriceFen).toBeGreaterThan(0);
    const { json: replayed } = await world.call('POST', `/v1/desk/applications/${json['id'] as string}/replay`, { key: world.roleKeys.viewer });
    expect(replayed['equal']).toBe(true);
    const { json: status } = await world.call('GET', '/v1/desk/funders/fnd_rich/status', { key: world.roleKeys.viewer });
    expect(status['volume']).toMatchObject([{ id: 'fnd_rich/cap/daily', kind: 'cap', volume: 60, used: rich }]);
    await world.close();
  });

  it('that is promised is paid for, up to the subsidy', async () => {
    const [rich, poor] = PAIR({});
    const promise = { id: 'daily', unit: 'count', window: 'day', volume: 300, max_subsidy_fen: 15_000 } as const;
    const world = await scripted([{ ...rich!, status: 'paused' }, poor!]);
    await policy(world, { exploration_share: 0 });
    // So that the poor one is known for its approvals, and the rich one, as its peer, expected to approve as well.
    await stream(world, 20, 500);
    await untilMidnight(world);
    await change(world, 'funder', 'fnd_rich', (body) => ({ ...body, status: 'live' }));
    await change(world, 'funder', 'fnd_poor', (body) => ({ ...body, promises: [promise] }));
    await world.settle(MINUTE);
    const first = await stream(world, 30, 0, 10 * MINUTE);
    expect(first[0]).toBe('rich');
    expect(first.at(-1)).toBe('poor');
    expect(priceOf(world, 'fnd_poor/promise/daily')).toBeLessThan(-5_000);
    expect(priceOf(world, 'fnd_poor/promise/daily')).toBeGreaterThanOrEqual(-15_000);
    // What we expect to earn is money, not what the price pretends.
    const { json } = await world.apply(person(901));
    expect(stepOf(world, json['id'], 'poor').valueFen).toBe(20_000);
    await world.close();
  });

  it('given back by an approval that came to nothing counts as unused', async () => {
    const world = await scripted(PAIR({ caps: [cap(50)] }), { fnd_rich: (ask) => approves(ask) });
    await untilMidnight(world);
    const { json } = await world.apply(person(1));
    await world.settle(20_000);
    const used = (): number => loadPricing(world.service.deps).prices['fnd_rich/cap/daily']!.used;
    expect(used()).toBe(1);
    await world.call('POST', `/v1/applications/${json['id'] as string}/withdraw`, { key: world.keys.secret, json: {} });
    await world.settle(MINUTE);
    expect(state(world, json['id'])).toBe('withdrawn');
    expect(used()).toBe(0);
    await world.close();
  });

  it('is priced anew at once when the cap is changed, and costs nothing when it is lifted', async () => {
    const world = await scripted(PAIR({ caps: [cap(40)] }));
    await policy(world, { exploration_share: 0 });
    await untilMidnight(world);
    await stream(world, 15);
    expect(world.service.desk.volumePrices(1_000_000)).toMatchObject({ fnd_rich: { approvalFen: expect.any(Number) as number } });
    await change(world, 'funder', 'fnd_rich', (body) => ({ ...body, caps: [] }));
    await world.settle(11_000);
    expect(world.service.desk.volumePrices(1_000_000)).toBeUndefined();
    await world.close();
  });
});
