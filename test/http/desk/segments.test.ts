/** Segments at work: who goes by which policy, what is remembered of it, and what the desk refuses to have. */
import { describe, expect, it } from 'vitest';
import { makeIdNumber } from '../../../src/domain/id-number.ts';
import { armOf } from '../../../src/flow/choose-policy.ts';
import { makeWorld, type Reply, type World } from '../../world.ts';

async function change(world: World, kind: string, id: string, body: object | null): Promise<Reply> {
  const proposed = await world.call('POST', '/v1/desk/changes', {
    key: world.roleKeys.operator,
    json: { kind, id, note: 'because', ...(body === null ? { retire: true } : { body }) },
  });
  if (proposed.status !== 201) return proposed;
  return world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, {
    key: world.roleKeys.approver,
    json: { hash: proposed.json['hash'] },
  });
}
const policyLike = (world: World, id: string, over: object): object => ({ ...world.service.desk.snapshot().policy, id, ...over });
const ALL = { id: 'all', name: 'Everybody', rule: true, order: 1_000, champion: 'pol_default', challenger: null };
const faultsOf = (reply: Reply): [string, string][] =>
  (reply.json['errors'] as unknown as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code]);
const rowOf = (world: World, reply: Reply) => world.service.deps.store.applications.byId(reply.json['id'] as unknown as string)!;
const plansOf = (world: World, reply: Reply) => world.service.deps.store.applications.plansOf(reply.json['id'] as unknown as string);
const replay = async (world: World, reply: Reply) =>
  (await world.call('POST', `/v1/desk/applications/${reply.json['id']}/replay`, { key: world.roleKeys.viewer })).json['equal'];

describe('an application', () => {
  it('goes by the policy of its segment from its submission on, and its events say so', async () => {
    const world = await makeWorld();
    await change(world, 'policy', 'pol_small', policyLike(world, 'pol_small', { max_attempts: 1, deadlines: { application_s: 7_200 } }));
    const small = { id: 'small', name: 'Small', rule: { '<': [{ var: 'amount_fen' }, 1_000_000] }, order: 1, champion: 'pol_small' };
    expect((await change(world, 'segment', 'small', small)).status).toBe(200);
    const [one, other] = [await world.apply({}, { amount_fen: 500_000 }), await world.apply({}, { amount_fen: 2_000_000 })];
    expect(rowOf(world, one)).toMatchObject({ policyId: 'pol_small', segmentId: 'small', arm: 'champion' });
    expect(rowOf(world, other)).toMatchObject({ policyId: 'pol_default', segmentId: 'all', arm: 'champion' });
    expect(plansOf(world, one).map(({ policyId, policyVersion }) => [policyId, policyVersion])).toEqual([['pol_small', 1]]);
    const events = world.service.deps.store.feed.eventsOf(one.json['id'] as unknown as string, 0);
    for (const type of ['application.submitted', 'application.routing'])
      expect(events.find((event) => event.type === type)?.data).toMatchObject({ policy_id: 'pol_small', segment_id: 'small', arm: 'champion' });
    expect([await replay(world, one), await replay(world, other)]).toEqual([true, true]);
    await world.close();
  });

  it('is asked for the photos that the policy it will go by wants', async () => {
    const world = await makeWorld();
    const { prescreen } = world.service.desk.snapshot().policy;
    await change(world, 'policy', 'pol_bare', policyLike(world, 'pol_bare', { prescreen: { ...prescreen, required_documents: [] } }));
    await change(world, 'segment', 'small', {
      ...ALL,
      id: 'small',
      rule: { '<': [{ var: 'amount_fen' }, 1_000_000] },
      order: 1,
      champion: 'pol_bare',
    });
    const [bare, whole] = [await world.apply({}, { amount_fen: 500_000 }, { documents: [] }), await world.apply({}, {}, { documents: [] })];
    expect([bare.json['status'] === 'draft', whole.json['status'], whole.json['needs']]).toMatchObject([false, 'draft', [{ kind: 'documents' }]]);
    expect(rowOf(world, whole)).toMatchObject({ policyId: null, segmentId: null, arm: null });
    await world.close();
  });

  it('stays on its arm through replans; when its policy is retired it is given another, and every plan can still be made again', async () => {
    const world = await makeWorld();
    await change(world, 'policy', 'pol_new', policyLike(world, 'pol_new', { name: 'New' }));
    await change(world, 'segment', 'all', { ...ALL, challenger: { policy: 'pol_new', share: 1 } });
    // Declined by the first funder: there will be more plans.
    const made = await world.apply({ phone: '13800000003' });
    expect(rowOf(world, made)).toMatchObject({ policyId: 'pol_new', arm: 'challenger' });
    await change(world, 'segment', 'all', ALL);
    expect((await change(world, 'policy', 'pol_new', null)).status).toBe(200);
    await world.settle(60_000);
    const ids = plansOf(world, made).map(({ policyId }) => policyId);
    expect([ids[0], ids.at(-1), rowOf(world, made).policyId]).toEqual(['pol_new', 'pol_default', 'pol_default']);
    expect(await replay(world, made)).toBe(true);
    await world.close();
  });

  it('is decided dry as it would be decided, the arm included', async () => {
    const world = await makeWorld();
    await change(world, 'policy', 'pol_new', policyLike(world, 'pol_new', { max_attempts: 1 }));
    await change(world, 'segment', 'all', { ...ALL, challenger: { policy: 'pol_new', share: 1 } });
    const facts = { age: 35, region: '110105', monthly_income_fen: 1_200_000, employment: 'salaried', amount_fen: 2_000_000, term_months: 12 };
    const dry = await world.call('POST', '/v1/desk/decide', { key: world.roleKeys.viewer, json: { facts } });
    expect(dry.json).toMatchObject({ policy_id: 'pol_new', segment_id: 'all', arm: 'challenger' });
    expect((dry.json['plan'] as unknown as { steps: unknown[] }).steps).toHaveLength(1);
    await world.close();
  });
});

interface ArmTold {
  readonly policy: string;
  readonly applications: number;
  readonly immature: number;
  readonly offered: number;
  readonly offered_share: { readonly value: number; readonly low: number; readonly high: number };
  readonly revenue_per_application_fen: { readonly value: number };
}
interface Told {
  readonly champion: ArmTold;
  readonly challenger: ArmTold;
  readonly challenger_better: { readonly offered_share: number };
}

describe('the verdict', () => {
  it('counts what has ended on each arm since the experiment began, and earns what was paid out', async () => {
    const world = await makeWorld();
    const people = Array.from({ length: 24 }, (_, at) => ({
      phone: `139${String(10_000_000 + at * 7_919)}`,
      id_number: makeIdNumber({ region: '110105', birthDate: '1990-03-07', sequence: at, sex: 'm' }),
    }));
    await world.apply(people[0]);
    await world.settle(1_000);
    await change(world, 'policy', 'pol_new', policyLike(world, 'pol_new', { max_attempts: 1 }));
    const challenger = { policy: 'pol_new', share: 0.5 };
    await change(world, 'segment', 'all', { ...ALL, challenger });
    const { store } = world.service.deps;
    const ids = { champion: [] as string[], challenger: [] as string[] };
    for (const person of people.slice(1)) {
      const row = rowOf(world, await world.apply(person));
      expect(row.arm).toBe(armOf({ id: 'all', challenger }, row.borrowerId));
      ids[row.arm!].push(row.id);
    }
    const verdict = async () => (await world.call('GET', '/v1/desk/segments/all/verdict', { key: world.roleKeys.viewer })).json as unknown as Told;
    const early = await verdict();
    for (const arm of ['champion', 'challenger'] as const) {
      expect(early[arm].immature).toBeGreaterThan(0);
      expect(early[arm].applications + early[arm].immature).toBe(ids[arm].length);
    }
    await world.settle(170_000);
    // Everybody who can takes an offer; whoever is left over runs out of time.
    for (const { id } of store.applications.page({ state: 'offered', limit: 100 })) {
      const path = `/v1/applications/${id}/offers/${store.offers.ofApplication(id)[0]!.id}`;
      await world.call('POST', `${path}/disclosure`, { key: world.keys.secret });
      await world.settle(3_000);
      await world.call('POST', `${path}/accept`, { key: world.keys.secret, json: {} });
    }
    await world.settle(400_000);
    const told = await verdict();
    for (const arm of ['champion', 'challenger'] as const) {
      const of = told[arm];
      expect([of.policy, of.applications, of.immature]).toEqual([arm === 'champion' ? 'pol_default' : 'pol_new', ids[arm].length, 0]);
      const earned = ids[arm].map((id) => {
        const loan = store.offers.loanOf(id);
        if (loan === undefined || loan.disbursedAtMs === null) return 0;
        const { cpa_fen, cps_bps } = world.service.desk.snapshot().funders.get(loan.funderId)!.terms;
        return cpa_fen + (cps_bps * loan.amountFen) / 10_000;
      });
      const sum = earned.reduce((total, each) => total + each, 0);
      expect(sum).toBeGreaterThan(0);
      expect(of.revenue_per_application_fen.value).toBeCloseTo(sum / ids[arm].length, 6);
      expect(of.offered_share.value).toBeCloseTo(of.offered / of.applications, 12);
      expect(of.offered_share.low).toBeLessThan(of.offered_share.high);
    }
    expect(told.challenger_better.offered_share).toBeLessThan(0.5);
    const none = await world.call('GET', '/v1/desk/segments/none/verdict', { key: world.roleKeys.viewer });
    const odd = await world.call('GET', '/v1/desk/segments/all/verdict?since=yesterday', { key: world.roleKeys.viewer });
    expect([none.status, odd.status]).toEqual([404, 422]);
    await world.close();
  });
});

describe('a segment is refused', () => {
  const young = { ...ALL, id: 'young', rule: { '<': [{ var: 'age' }, 30] }, order: 1 };
  it.each<[string, string, object | null, [string, string][]]>([
    [
      'with policies that are not in force',
      'young',
      { ...young, champion: 'pol_none', challenger: { policy: 'pol_gone', share: 0.1 } },
      [
        ['/body/champion', 'unknown_policy'],
        ['/body/challenger/policy', 'unknown_policy'],
      ],
    ],
    [
      'that challenges itself',
      'young',
      { ...young, challenger: { policy: 'pol_default', share: 0.1 } },
      [['/body/challenger/policy', 'same_policy']],
    ],
    ['with a rule of no sense', 'young', { ...young, rule: { '<': [{ var: 'mood' }, 3] } }, [['/body/rule/</0/var', 'rule_unknown_fact']]],
    ['at another’s place', 'young', { ...young, order: 1_000 }, [['/body/order', 'same_order']]],
    ['behind the last', 'young', { ...young, order: 2_000 }, [['/body/rule', 'last_takes_all']]],
    ['that hides those behind it', 'young', { ...young, rule: true }, [['/body/rule', 'unreachable']]],
    ['when the last no longer takes everybody', 'all', { ...ALL, rule: false }, [['/body/rule', 'last_takes_all']]],
    ['when the last would be retired', 'all', null, [['/retire', 'needed']]],
  ])('%s', async (_, id, body, faults) => {
    const world = await makeWorld();
    const refused = await change(world, 'segment', id, body);
    expect([refused.status, faultsOf(refused)]).toEqual([422, faults]);
    await world.close();
  });

  it('and so is a policy that would take over where there are no segments', async () => {
    const world = await makeWorld();
    const { sql } = await import('drizzle-orm');
    world.db.run(sql`DELETE FROM desk_records WHERE kind = 'segment'`);
    world.service.desk.reload();
    const refused = await change(world, 'policy', 'pol_aaa', policyLike(world, 'pol_aaa', {}));
    expect(faultsOf(refused)).toEqual([['/body/id', 'takes_over']]);
    expect((await change(world, 'policy', 'pol_zzz', policyLike(world, 'pol_zzz', {}))).status).toBe(200);
    const made = await world.apply();
    expect(rowOf(world, made)).toMatchObject({ policyId: 'pol_default', segmentId: null, arm: null });
    await world.close();
  });
});
