/** Dry decisions and explanations over the API. */
import { describe, expect, it } from 'vitest';
import { makeWorld } from '../../world.ts';

const FACTS = { age: 35, region: '110105', monthly_income_fen: 1_200_000, employment: 'salaried', amount_fen: 2_000_000, term_months: 12 };
const key = (world: Awaited<ReturnType<typeof makeWorld>>) => world.roleKeys.viewer;

describe('a dry decision', () => {
  it('by facts is the plan such an application would get, and leaves nothing behind', async () => {
    const world = await makeWorld();
    const before = world.db.get('SELECT total_changes() AS n') as { n: number };
    const decided = await world.call('POST', '/v1/desk/decide', { key: key(world), json: { facts: FACTS } });
    expect(decided.status).toBe(200);
    const dry = decided.json as unknown as { plan: { steps: { funderId: string }[] }; policy_version: number };
    expect(world.db.get('SELECT total_changes() AS n')).toEqual(before);
    const made = await world.apply({ monthly_income_fen: 1_200_000 }, { amount_fen: 2_000_000, term_months: 12 });
    const row = world.service.deps.store.applications.plansOf(made.json['id'] as string)[0]!;
    const real = JSON.parse(row.result) as typeof dry.plan;
    expect([dry.plan.steps.map(({ funderId }) => funderId), dry.policy_version]).toEqual([
      real.steps.map(({ funderId }) => funderId),
      row.policyVersion,
    ]);
    await world.close();
  });

  it('of an application knows its history, and can be explained', async () => {
    const world = await makeWorld();
    const made = await world.apply({ phone: '13800000003' });
    await world.settle(10_000);
    const id = made.json['id'] as string;
    const decided = await world.call('POST', '/v1/desk/decide', { key: key(world), json: { application: id, explain: true } });
    const dry = decided.json as unknown as {
      plan: { steps: unknown[]; excluded: { code: string }[] };
      explanation: { left_out: { words: { zh: string } }[] };
    };
    expect([dry.plan.steps, new Set(dry.plan.excluded.map(({ code }) => code))]).toEqual([[], new Set(['already_attempted'])]);
    expect(dry.explanation.left_out[0]!.words.zh).toContain('本次申请已试过');
    expect((await world.call('POST', '/v1/desk/decide', { key: key(world), json: { application: 'app_none' } })).status).toBe(404);
    await world.close();
  });

  it('names the field that is wrong', async () => {
    const world = await makeWorld();
    const wrong = await world.call('POST', '/v1/desk/decide', { key: key(world), json: { facts: { ...FACTS, age: 7, mood: 'good' } } });
    expect([wrong.status, (wrong.json['errors'] as unknown as { pointer: string }[]).map(({ pointer }) => pointer).toSorted()]).toEqual([
      422,
      ['/facts/age', '/facts/mood'],
    ]);
    await world.close();
  });
});

describe('an explanation of what was decided', () => {
  it('covers every plan and every funder, is the same when asked again, and goes with the person', async () => {
    const world = await makeWorld();
    const made = await world.apply({ phone: '13800000002' });
    await world.settle(10_000);
    const path = `/v1/desk/applications/${made.json['id']}/explanation`;
    const told = await world.call('GET', path, { key: key(world) });
    const { plans } = told.json as unknown as { plans: { explanation: { steps: { funder: string }[]; left_out: { funder: string }[] } | null }[] };
    expect(plans).toHaveLength(6);
    for (const { explanation } of plans) {
      expect(new Set([...explanation!.steps, ...explanation!.left_out].map(({ funder }) => funder)).size).toBe(6);
    }
    expect((await world.call('GET', path, { key: key(world) })).text).toBe(told.text);
    await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: made.json['id'] } });
    const after = (await world.call('GET', path, { key: key(world) })).json as unknown as { plans: { explanation: unknown }[] };
    expect(new Set(after.plans.map(({ explanation }) => explanation))).toEqual(new Set([null]));
    await world.close();
  });
});
