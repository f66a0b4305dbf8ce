/** Two people for every change of what decides: P7. */
import { describe, expect, it } from 'vitest';
import { makeWorld, type Reply, type World } from '../../world.ts';

interface Part {
  readonly kind: string;
  readonly id: string;
  readonly edit?: (body: Record<string, unknown>) => unknown;
  readonly body?: unknown;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly as?: 'operator' | 'risk' | 'approver' | 'admin';
}

/** Proposes a change of the record in force. */
async function propose(world: World, { kind, id, edit, body, more, as = 'operator' }: Part): Promise<Reply> {
  const current = await world.call('GET', `/v1/desk/records/${kind}/${id}`, { key: world.roleKeys.viewer });
  const proposed = edit === undefined ? body : edit(structuredClone(current.json['body']) as unknown as Record<string, unknown>);
  return world.call('POST', '/v1/desk/changes', {
    key: world.roleKeys[as],
    json: { kind, id, note: 'because', ...(proposed === undefined ? {} : { body: proposed }), ...more },
  });
}

function approve(world: World, change: Reply, as: 'approver' | 'admin' | 'operator' = 'approver', hash?: unknown): Promise<Reply> {
  return world.call('POST', `/v1/desk/changes/${change.json['id']}/approve`, {
    key: world.roleKeys[as],
    json: { hash: hash ?? change.json['hash'] },
  });
}

const pause = (body: Record<string, unknown>): unknown => ({ ...body, status: 'paused' });
const faultsOf = (reply: Reply): [string, string][] =>
  (reply.json['errors'] as unknown as { pointer: string; code: string }[]).map((each) => [each.pointer, each.code]);

describe('a change', () => {
  it('comes into force when a second person approves exactly that content, and routing uses it at once', async () => {
    const world = await makeWorld();
    const before = world.service.desk.snapshot();
    const change = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause });
    expect(change.status).toBe(201);
    expect(change.json).toMatchObject({
      state: 'proposed',
      author: 'key_operator',
      base_version: 1,
      stale: false,
      diff: [{ pointer: '/status', change: 'changed', from: 'live', to: 'paused' }],
    });
    expect(world.service.desk.snapshot()).toBe(before);

    const approved = await approve(world, change);
    expect(approved.status).toBe(200);
    expect(approved.json).toMatchObject({
      state: 'approved',
      decided_by: 'key_approver',
      diff: [{ pointer: '/status', from: 'live', to: 'paused' }],
    });
    expect(world.service.desk.snapshot().funders.get('fnd_summit')!.status).toBe('paused');
    expect(world.service.desk.snapshot().version).toBe(before.version + 1);

    const record = await world.call('GET', '/v1/desk/records/funder/fnd_summit', { key: world.roleKeys.viewer });
    expect(record.json).toMatchObject({
      version: 2,
      author: 'key_operator',
      approver: 'key_approver',
      history: [{ version: 2 }, { version: 1, author: 'sandbox' }],
    });
    const view = await world.apply();
    expect((view.json['attempts'] as unknown as { funder: { id: string } }[]).map((each) => each.funder.id)).not.toContain('fnd_summit');

    const audit = await world.call('GET', '/v1/desk/audit', { key: world.roleKeys.risk });
    expect((audit.json['data'] as unknown as { action: string; actor: string }[]).map(({ action, actor }) => [action, actor])).toEqual([
      ['change.approved', 'key_approver'],
      ['change.proposed', 'key_operator'],
    ]);
    expect((await world.call('GET', '/v1/desk/audit/verify', { key: world.roleKeys.risk })).json).toMatchObject({ ok: true, head: { count: 2 } });
  });

  it('is not approved by whoever proposed it, whatever their role', async () => {
    const world = await makeWorld();
    for (const as of ['approver', 'admin'] as const) {
      const change = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause, as });
      const refused = await approve(world, change, as);
      expect([refused.status, refused.json['code']]).toEqual([403, 'same_person']);
    }
    expect(world.service.desk.snapshot().funders.get('fnd_summit')!.status).toBe('live');
  });

  it('is not approved under the hash of another content', async () => {
    const world = await makeWorld();
    const [one, other] = [
      await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause }),
      await propose(world, { kind: 'funder', id: 'fnd_river', edit: pause }),
    ];
    const refused = await approve(world, one, 'approver', other.json['hash']);
    expect([refused.status, refused.json['code']]).toEqual([409, 'stale']);
    expect((await approve(world, one)).status).toBe(200);
  });

  it('is not approved when the stored proposal was altered after it was read', async () => {
    const world = await makeWorld();
    const change = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause });
    const { sql } = await import('drizzle-orm');
    world.db.run(sql`UPDATE desk_changes SET body = replace(body, '"tier":2', '"tier":1')`);
    expect((await approve(world, change)).json['code']).toBe('stale');
  });

  it('is stale once the record has moved on', async () => {
    const world = await makeWorld();
    const one = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause });
    const other = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: (body) => ({ ...body, tier: 3 }) });
    expect((await approve(world, other)).status).toBe(200);
    const refused = await approve(world, one);
    expect([refused.status, refused.json['code']]).toEqual([409, 'stale']);
    expect((await world.call('GET', `/v1/desk/changes/${one.json['id']}`, { key: world.roleKeys.viewer })).json['stale']).toBe(true);
  });

  it('has one outcome when two approve, reject and withdraw at once', async () => {
    const world = await makeWorld();
    const change = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause });
    const replies = await Promise.all([
      approve(world, change),
      approve(world, change, 'admin'),
      world.call('POST', `/v1/desk/changes/${change.json['id']}/reject`, { key: world.roleKeys.approver }),
      world.call('POST', `/v1/desk/changes/${change.json['id']}/withdraw`, { key: world.roleKeys.operator }),
    ]);
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.json['code'] === 'illegal_transition')).toHaveLength(3);
  });

  it('is withdrawn by its author alone and rejected by an approver', async () => {
    const world = await makeWorld();
    const change = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause });
    expect((await world.call('POST', `/v1/desk/changes/${change.json['id']}/withdraw`, { key: world.roleKeys.risk })).status).toBe(403);
    expect((await world.call('POST', `/v1/desk/changes/${change.json['id']}/withdraw`, { key: world.roleKeys.operator })).json['state']).toBe(
      'withdrawn',
    );
    const next = await propose(world, { kind: 'funder', id: 'fnd_summit', edit: pause });
    expect((await world.call('POST', `/v1/desk/changes/${next.json['id']}/reject`, { key: world.roleKeys.approver })).json['state']).toBe('rejected');
    expect((await approve(world, next)).json['code']).toBe('illegal_transition');
    const listed = await world.call('GET', '/v1/desk/changes?state=rejected', { key: world.roleKeys.viewer });
    expect((listed.json['data'] as unknown as { id: string }[]).map(({ id }) => id)).toEqual([next.json['id']]);
  });

  it('can take a record out of force, and bring it back', async () => {
    const world = await makeWorld();
    const change = await propose(world, { kind: 'partner_offer', id: 'pof_card', more: { retire: true } });
    expect(change.json).toMatchObject({ retire: true, diff: [{ pointer: '', change: 'removed' }] });
    await approve(world, change);
    expect(world.service.desk.snapshot().partnerOffers.has('pof_card')).toBe(false);
    const listed = await world.call('GET', '/v1/desk/records/partner_offer', { key: world.roleKeys.viewer });
    expect((listed.json['data'] as unknown as { id: string; retired: boolean }[]).filter(({ retired }) => retired).map(({ id }) => id)).toEqual([
      'pof_card',
    ]);
    expect((await propose(world, { kind: 'partner_offer', id: 'pof_card', more: { retire: true } })).status).toBe(404);
    const back = await propose(world, { kind: 'partner_offer', id: 'pof_card', edit: (body) => body });
    expect(back.json).toMatchObject({ base_version: 2, diff: [{ pointer: '', change: 'added' }] });
    await approve(world, back);
    expect(world.service.desk.snapshot().partnerOffers.has('pof_card')).toBe(true);
  });

  it('is made once per Idempotency-Key', async () => {
    const world = await makeWorld();
    const call = () =>
      world.call('POST', '/v1/desk/changes', {
        key: world.roleKeys.operator,
        headers: { 'idempotency-key': 'once' },
        json: { kind: 'channel', id: 'app-store', note: 'new', body: { id: 'app-store', name: 'Store', status: 'live' } },
      });
    const [one, two] = [await call(), await call()];
    expect([one.status, two.status, two.text, two.headers.get('idempotent-replayed')]).toEqual([201, 201, one.text, 'true']);
    expect(world.service.deps.store.desk.changes(undefined, 10)).toHaveLength(1);
  });
});

describe('a faulty proposal is refused with every fault, and stores nothing', () => {
  const offer = {
    id: 'pof_new',
    partner_id: 'ptn_x',
    class: 'insurance',
    title: { zh: '保险', en: 'Cover' },
    text: { zh: '广告', en: 'Ad' },
    url: 'https://x.example/',
    status: 'live',
    payouts: {},
    prior: { click: 0.1, lead: 0, sale: 0 },
  };
  const CASES: readonly [string, Part, [string, string][]][] = [
    [
      'shape of the record',
      { kind: 'funder', id: 'fnd_summit', edit: (body) => ({ ...body, tier: 'one', colour: 'red' }) },
      [
        ['/body/tier', 'type'],
        ['/body/colour', 'unknown_field'],
      ],
    ],
    ['no record at all', { kind: 'funder', id: 'fnd_new' }, [['/body', 'required']]],
    ['another id', { kind: 'funder', id: 'fnd_summit', edit: (body) => ({ ...body, id: 'fnd_other' }) }, [['/body/id', 'other_id']]],
    [
      'a rule with an unknown fact',
      { kind: 'funder', id: 'fnd_summit', edit: (body) => ({ ...body, rule: { '>': [{ var: 'agee' }, 3] } }) },
      [['/body/rule/>/0/var', 'rule_unknown_fact']],
    ],
    [
      'an unknown adapter',
      { kind: 'funder', id: 'fnd_summit', edit: (body) => ({ ...body, adapter: 'telex' }) },
      [['/body/adapter', 'unknown_adapter']],
    ],
    [
      'a time zone nobody has',
      { kind: 'funder', id: 'fnd_summit', edit: (body) => ({ ...body, time_zone: 'Mars/Olympus' }) },
      [['/body/time_zone', 'unknown_time_zone']],
    ],
    [
      'hours and dates the wrong way round',
      {
        kind: 'funder',
        id: 'fnd_summit',
        edit: (body) => ({ ...body, hours: [20, 8], whitelist: { evidence: 'x', valid_from: '2027-01-01', valid_to: '2026-01-01' } }),
      },
      [
        ['/body/hours', 'order'],
        ['/body/whitelist/valid_from', 'order'],
      ],
    ],
    [
      'two caps of one id',
      {
        kind: 'funder',
        id: 'fnd_summit',
        edit: (body) => ({ ...body, caps: [1, 2].map(() => ({ id: 'c', unit: 'count', window: 'day', limit: 1 })) }),
      },
      [['/body/caps/1/id', 'twice']],
    ],
    [
      'a weight for no funder',
      { kind: 'policy', id: 'pol_default', edit: (body) => ({ ...body, weights: { fnd_nobody: 2 } }) },
      [['/body/weights/fnd_nobody', 'unknown_funder']],
    ],
    [
      'a policy rule that calls a prototype',
      {
        kind: 'policy',
        id: 'pol_default',
        edit: (body) => ({ ...body, prescreen: { rules: [{ id: 'r', when: { toString: [] }, action: 'refuse', note: '' }] } }),
      },
      [['/body/prescreen/rules/0/when/toString', 'rule_unknown_operator']],
    ],
    [
      'an origin with a path',
      { kind: 'channel', id: 'h5-demo', edit: (body) => ({ ...body, allowed_origins: ['https://a.example', 'https://a.example/x', 'nonsense'] }) },
      [
        ['/body/allowed_origins/1', 'origin'],
        ['/body/allowed_origins/2', 'origin'],
      ],
    ],
    [
      'a partner offer that promises approval',
      { kind: 'partner_offer', id: 'pof_new', body: { ...offer, title: { zh: '包过', en: 'x' } } },
      [['/body/text', 'claims_approval']],
    ],
    [
      'a partner offer that leads astray',
      { kind: 'partner_offer', id: 'pof_new', body: { ...offer, url: 'javascript:alert(1)' } },
      [['/body/url', 'malformed']],
    ],
    [
      'a reworded consent text under its old version',
      { kind: 'consent_text', id: 'application', edit: (body) => ({ ...body, zh: '我什么都同意' }) },
      [['/body/version', 'same_version']],
    ],
    [
      'a second text for a purpose',
      { kind: 'consent_text', id: 'again', body: { id: 'again', purpose: 'application', version: '2', zh: 'x', en: 'x' } },
      [['/body/id', 'one_text']],
    ],
    [
      'a second cap from the same day',
      { kind: 'cost_cap', id: 'more', body: { id: 'more', funder_type: 'bank', valid_from: '2025-10-01', max_apr_bps: 3_600, source: 'x' } },
      [['/body/valid_from', 'same_day']],
    ],
    ['the same again', { kind: 'funder', id: 'fnd_summit', edit: (body) => body }, [['/body', 'no_change']]],
    ['retiring the policy', { kind: 'policy', id: 'pol_default', more: { retire: true } }, [['/retire', 'needed']]],
    ['retiring a consent text', { kind: 'consent_text', id: 'credit_decision', more: { retire: true } }, [['/retire', 'needed']]],
    ['a webhook endpoint, which one person may change', { kind: 'webhook_endpoint', id: 'ep_x', body: {} }, [['/kind', 'not_one_of']]],
    ['no note', { kind: 'funder', id: 'fnd_summit', edit: pause, more: { note: '' } }, [['/note', 'too_small']]],
  ];

  it.each(CASES)('%s', async (_, part, faults) => {
    const world = await makeWorld();
    const refused = await propose(world, part);
    expect(refused.status).toBe(422);
    expect(faultsOf(refused)).toEqual(faults);
    expect(world.service.deps.store.desk.changes(undefined, 10)).toEqual([]);
    expect(world.service.deps.store.desk.auditHead()).toBeUndefined();
  });

  it('and one that has become faulty since is not approved', async () => {
    const world = await makeWorld();
    const weight = await propose(world, { kind: 'policy', id: 'pol_default', edit: (body) => ({ ...body, weights: { fnd_ember: 2 } }) });
    const gone = await propose(world, { kind: 'funder', id: 'fnd_ember', more: { retire: true } });
    expect((await approve(world, gone)).status).toBe(200);
    const refused = await approve(world, weight);
    expect([refused.status, faultsOf(refused)]).toEqual([422, [['/body/weights/fnd_ember', 'unknown_funder']]]);
  });
});

describe('records', () => {
  it('unknown kinds and ids are not found', async () => {
    const world = await makeWorld();
    for (const path of ['records/secrets', 'records/funder/fnd_none', 'records/__proto__/x', 'changes/chg_none']) {
      expect((await world.call('GET', `/v1/desk/${path}`, { key: world.roleKeys.admin })).status).toBe(404);
    }
  });

  it('a misspelt filter is a fault, not everything', async () => {
    const world = await makeWorld();
    const refused = await world.call('GET', '/v1/desk/changes?stat=proposed&limit=x', { key: world.roleKeys.viewer });
    expect(Object.fromEntries(faultsOf(refused))).toEqual({ '?limit': 'invalid', '?stat': 'unknown_parameter' });
  });

  it('changes are paged', async () => {
    const world = await makeWorld();
    for (const id of ['fnd_river', 'fnd_summit', 'fnd_lotus']) await propose(world, { kind: 'funder', id, edit: pause });
    const seen: string[] = [];
    let cursor: unknown = '';
    for (let page = 0; cursor !== null && page < 5; page += 1) {
      const reply: Reply = await world.call('GET', `/v1/desk/changes?limit=2${cursor === '' ? '' : `&cursor=${cursor as string}`}`, {
        key: world.roleKeys.viewer,
      });
      seen.push(...(reply.json['data'] as unknown as { record_id: string }[]).map((each) => each.record_id));
      cursor = reply.json['next_cursor'];
    }
    expect(seen.toSorted()).toEqual(['fnd_lotus', 'fnd_river', 'fnd_summit']);
  });
});
