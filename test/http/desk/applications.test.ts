import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeIdNumber } from '../../../src/domain/id-number.ts';
import { makeWorld, type JsonValue, type Reply, type World } from '../../world.ts';

const see = (world: World, id: unknown): Promise<Reply> => world.call('GET', `/v1/desk/applications/${id as string}`, { key: world.roleKeys.viewer });
const list = async (world: World, query: string): Promise<string[]> =>
  ((await world.call('GET', `/v1/desk/applications${query}`, { key: world.roleKeys.viewer })).json['data'] as unknown as { id: string }[]).map(
    ({ id }) => id,
  );

/** Puts a policy rule that sets a person of this income aside into force, by two people. */
async function policy(world: World, change: (policy: Record<string, JsonValue>) => object): Promise<void> {
  const current = await world.call('GET', '/v1/desk/records/policy/pol_default', { key: world.roleKeys.viewer });
  const body = change(current.json['body'] as unknown as Record<string, JsonValue>);
  const proposed = await world.call('POST', '/v1/desk/changes', {
    key: world.roleKeys.risk,
    json: { kind: 'policy', id: 'pol_default', note: 'test', body },
  });
  const approved = await world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, {
    key: world.roleKeys.approver,
    json: { hash: proposed.json['hash'] },
  });
  expect(approved.status).toBe(200);
}
const withRule =
  (action: 'quarantine' | 'refuse') =>
  (body: Record<string, JsonValue>): object => ({
    ...body,
    prescreen: {
      ...(body['prescreen'] as unknown as object),
      rules: [{ id: 'look', when: { '==': [{ var: 'employment' }, 'freelance'] }, action, note: 'freelancers' }],
    },
  });

describe('applications at the desk', () => {
  it('are masked, and explained from plan to receipt', async () => {
    const world = await makeWorld();
    const made = await world.apply();
    const view = await see(world, made.json['id']);
    expect(view.json).toMatchObject({
      state: 'offered',
      channel: 'h5-demo',
      amount_fen: 2_000_000,
      term_months: 12,
      applicant: { name: '张*', phone: '138****0001', id_number: '110***********2338' },
      facts: { age: 36, sex: 'm', province: { en: 'Beijing' }, monthly_income_fen: 1_200_000, employment: 'salaried' },
    });
    const types = view.json['timeline'] as unknown as { type: string; seq: number }[];
    expect(types.map(({ seq }) => seq)).toEqual(types.map((_, index) => index + 1));
    expect(types.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['application.submitted', 'attempt.submitted', 'attempt.approved', 'application.offered']),
    );
    const [plan] = view.json['plans'] as unknown as { steps: { funder: string; mean: number }[]; excluded: { funder: string; code: string }[] }[];
    // Every funder of the desk is either tried or left out with a reason.
    expect([...plan!.steps, ...plan!.excluded].map(({ funder }) => funder).toSorted()).toEqual(
      [...world.service.desk.snapshot().funders.keys()].toSorted(),
    );
    const [attempt] = view.json['attempts'] as unknown as {
      id: string;
      funder: { id: string };
      propensity: number;
      latency_ms: number;
      state: string;
    }[];
    expect(attempt).toMatchObject({ state: 'approved', latency_ms: 0 });
    expect(attempt!.propensity).toBeCloseTo(plan!.steps[0]!.mean, 5);
    expect(view.json['receipts']).toMatchObject([
      { attempt_id: attempt!.id, capability: 'submit', outcome: 'approved', fields: expect.arrayContaining(['id_number']) as unknown },
    ]);
    expect(view.json['offers']).toMatchObject([{ attempt_id: attempt!.id, state: 'open', quoted_apr_bps: 1_080 }]);
    expect((view.json['consents'] as unknown as unknown[]).length).toBe(7);
    for (const secret of ['张三', '13800000001', '110105199003072338', '19900307']) expect(view.text).not.toContain(secret);
  });

  it('show offers that were blocked, and callbacks with what came of them', async () => {
    const world = await makeWorld();
    const caps = await world.call('GET', '/v1/desk/records/cost_cap', { key: world.roleKeys.viewer });
    for (const { id, body } of caps.json['data'] as unknown as { id: string; body: object }[]) {
      const proposed = await world.call('POST', '/v1/desk/changes', {
        key: world.roleKeys.risk,
        json: { kind: 'cost_cap', id, note: 'x', body: { ...body, max_apr_bps: 2_000 } },
      });
      await world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, {
        key: world.roleKeys.approver,
        json: { hash: proposed.json['hash'] },
      });
    }
    // Only the least strict one approves: quoted and all-in above the new ceiling, so the plan leaves it out or its offer is blocked.
    const made = await world.apply({ phone: '13800000002' });
    await world.settle(30_000);
    const view = await see(world, made.json['id']);
    const [last] = (view.json['plans'] as unknown as { excluded: { funder: string; code: string }[] }[]).slice(-1);
    const blocked = (view.json['offers'] as unknown as { state: string }[]).filter(({ state }) => state === 'blocked');
    expect(blocked.length + last!.excluded.filter(({ code }) => code === 'cost_cap').length).toBeGreaterThan(0);
    expect((view.json['callbacks'] as unknown as { state: string }[]).every(({ state }) => state === 'processed' || state === 'ignored')).toBe(true);
  });

  it('are listed newest first, by state, channel and quarantine, a page at a time', async () => {
    const world = await makeWorld();
    await policy(world, withRule('quarantine'));
    const offered = (await world.apply()).json['id'] as string;
    await world.settle(10);
    const aside = (
      await world.apply({
        phone: '13900000001',
        employment: 'freelance',
        id_number: makeIdNumber({ region: '310101', birthDate: '1988-05-12', sequence: 1, sex: 'f' }),
      })
    ).json['id'] as string;
    expect(await list(world, '')).toEqual([aside, offered]);
    expect(await list(world, '?state=offered')).toEqual([offered]);
    expect(await list(world, '?quarantined=true')).toEqual([aside]);
    expect(await list(world, '?quarantined=false&channel=h5-demo')).toEqual([offered]);
    expect(await list(world, '?channel=none')).toEqual([]);
    const first = await world.call('GET', '/v1/desk/applications?limit=1', { key: world.roleKeys.viewer });
    expect(first.json['next_cursor']).toBe(aside);
    expect(await list(world, `?limit=1&cursor=${aside}`)).toEqual([offered]);
    expect((await world.call('GET', '/v1/desk/applications?state=nowhere', { key: world.roleKeys.viewer })).status).toBe(422);
  });

  it('that were erased show nothing of the person', async () => {
    const world = await makeWorld();
    const made = await world.apply();
    const id = made.json['id'] as unknown as string;
    expect((await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: id } })).status).toBe(201);
    const view = await see(world, id);
    expect(view.json).toMatchObject({ state: 'erased', applicant: null, facts: null });
    expect((await world.call('POST', `/v1/desk/applications/${id}/replay`, { key: world.roleKeys.viewer })).json).toMatchObject({
      equal: null,
      plans: [{ equal: null }],
    });
  });
});

describe('replay', () => {
  it('makes every plan again to the same bytes, also after policy and funders have changed', async () => {
    const world = await makeWorld();
    const made = await world.apply({ phone: '13800000003', monthly_income_fen: 900_000 });
    await world.settle(60_000);
    const id = made.json['id'] as unknown as string;
    const before = world.service.deps.store.applications.plansOf(id);
    expect(before.length).toBeGreaterThan(1);
    await policy(world, (body) => ({ ...body, patience: 0.5, weights: { fnd_ember: 9 }, exploration_share: 0 }));
    const change = await world.call('GET', '/v1/desk/records/funder/fnd_summit', { key: world.roleKeys.viewer });
    const proposed = await world.call('POST', '/v1/desk/changes', {
      key: world.roleKeys.risk,
      json: {
        kind: 'funder',
        id: 'fnd_summit',
        note: 'x',
        body: { ...(change.json['body'] as unknown as object), status: 'paused', terms: { cps_bps: 9_000 } },
      },
    });
    await world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, {
      key: world.roleKeys.approver,
      json: { hash: proposed.json['hash'] },
    });

    const replayed = await world.call('POST', `/v1/desk/applications/${id}/replay`, { key: world.roleKeys.viewer });
    expect(replayed.json['equal']).toBe(true);
    expect((replayed.json['plans'] as unknown as { id: string; equal: boolean }[]).map(({ id: plan, equal }) => [plan, equal])).toEqual(
      before.map((row) => [row.id, true]),
    );
    // Under the records of now they would come out otherwise: what made them equal are those of then.
    world.db.run(sql`UPDATE plans SET snapshot_version = snapshot_version + 2`);
    const otherwise = await world.call('POST', `/v1/desk/applications/${id}/replay`, { key: world.roleKeys.viewer });
    expect(otherwise.json['equal']).toBe(false);
    expect((otherwise.json['plans'] as unknown as { diff: unknown[] }[]).every(({ diff }) => diff.length > 0)).toBe(true);
  });

  it('says which plan is not the same, and how', async () => {
    const world = await makeWorld();
    const made = await world.apply();
    const id = made.json['id'] as unknown as string;
    world.db.run(sql`UPDATE plans SET result = replace(result, '"explored":false', '"explored":true')`);
    const replayed = await world.call('POST', `/v1/desk/applications/${id}/replay`, { key: world.roleKeys.viewer });
    expect(replayed.json).toMatchObject({ equal: false, plans: [{ equal: false, diff: [{ pointer: '/explored', from: true, to: false }] }] });
  });
});

describe('one that was set aside', () => {
  async function setAside(world: World): Promise<string> {
    await policy(world, withRule('quarantine'));
    const made = await world.apply({ employment: 'freelance' });
    expect(made.json['status']).toBe('screening');
    return made.json['id'] as unknown as string;
  }

  it('goes on when it is released: every rule runs again, and the rule that set it aside is noted only', async () => {
    const world = await makeWorld();
    const id = await setAside(world);
    expect((await see(world, id)).json).toMatchObject({ quarantined: true, reasons: [{ code: 'under_review', detail: 'rule look: freelancers' }] });
    const released = await world.call('POST', `/v1/desk/applications/${id}/release`, { key: world.roleKeys.risk });
    expect(released.json).toMatchObject({ quarantined: false, released: true, state: 'routing' });
    await world.settle();
    const view = await see(world, id);
    expect(view.json['state']).toBe('offered');
    expect((view.json['timeline'] as unknown as { type: string }[]).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['application.quarantined', 'application.released']),
    );
    const audit = await world.call('GET', '/v1/desk/audit?limit=1', { key: world.roleKeys.risk });
    expect(audit.json['data']).toMatchObject([
      { action: 'application.released', actor: 'key_risk', subject: id, detail: { reasons: 'under_review' } },
    ]);
  });

  it('is refused on release when it has come onto the blacklist meanwhile', async () => {
    const world = await makeWorld();
    const id = await setAside(world);
    await world.call('POST', '/v1/desk/blacklist', {
      key: world.roleKeys.risk,
      json: { entries: [{ kind: 'phone', value: '13800000001', reason: 'fraud' }] },
    });
    const released = await world.call('POST', `/v1/desk/applications/${id}/release`, { key: world.roleKeys.operator });
    expect(released.json).toMatchObject({ state: 'refused', reasons: [{ code: 'blacklisted' }] });
  });

  it('can be refused by a person, whose note goes to operators alone', async () => {
    const world = await makeWorld();
    const id = await setAside(world);
    const refused = await world.call('POST', `/v1/desk/applications/${id}/refuse`, {
      key: world.roleKeys.risk,
      json: { note: 'documents look borrowed' },
    });
    expect(refused.json).toMatchObject({
      state: 'refused',
      quarantined: false,
      reasons: [{ code: 'operator_rule', detail: 'by key_risk: documents look borrowed' }],
    });
    const told = await world.call('GET', `/v1/applications/${id}`, { key: world.keys.secret });
    expect(told.text).not.toContain('borrowed');
    expect(JSON.stringify(world.db.all(sql`SELECT data FROM events UNION ALL SELECT detail FROM audit`))).not.toContain('borrowed');
    expect(world.service.deps.store.feed.timer('application', id)).toBeUndefined();
  });

  it('is released once; one that was refused by a rule may be looked at again once the rule has gone', async () => {
    const world = await makeWorld();
    const id = await setAside(world);
    const release = () => world.call('POST', `/v1/desk/applications/${id}/release`, { key: world.roleKeys.risk });
    const replies = await Promise.all([release(), release()]);
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);

    const other = await makeWorld();
    await policy(other, withRule('refuse'));
    const made = await other.apply({ employment: 'freelance' });
    expect(made.json['status']).toBe('refused');
    const again = () => other.call('POST', `/v1/desk/applications/${made.json['id']}/release`, { key: other.roleKeys.risk });
    expect((await again()).json['state']).toBe('refused');
    await policy(other, (body) => ({ ...body, prescreen: { ...(body['prescreen'] as unknown as object), rules: [] } }));
    expect((await again()).json['state']).toBe('routing');
  });

  it('and nothing else can be released or refused', async () => {
    const world = await makeWorld();
    const made = await world.apply();
    for (const [action, json] of [
      ['release', undefined],
      ['refuse', { note: 'x' }],
    ] as const) {
      const reply = await world.call('POST', `/v1/desk/applications/${made.json['id']}/${action}`, {
        key: world.roleKeys.risk,
        ...(json === undefined ? {} : { json }),
      });
      expect([reply.status, reply.json['code']]).toEqual([409, 'illegal_transition']);
      expect(
        (await world.call('POST', `/v1/desk/applications/app_none/${action}`, { key: world.roleKeys.risk, ...(json === undefined ? {} : { json }) }))
          .status,
      ).toBe(404);
    }
    expect(world.service.deps.store.desk.auditHead()).toBeUndefined();
  });
});
