/** The read models as a consumer of the feed: rebuilt to equal rows, each application once per stage, and the same figures as the rows themselves. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUNDER_COUNTS, FUNNEL_COUNTS, startOf, type FunderCount, type FunnelCount, type RollupBasis } from '../../src/domain/rollups.ts';
import { rolledUpTo } from '../../src/flow/roll-up.ts';
import { showSummary } from '../../src/flow/desk/show-summary.ts';
import type { Store, Summed } from '../../src/store/index.ts';
import { feeds, rolled, tables, type FeedEvent } from './rollup-feed.ts';
import { approves, DAY, declines, funder, HOUR, order, person, planOf, scripted, type Script } from './scripted.ts';

const ALL = { fromMs: 0, toMs: Date.parse('2030-01-01T00:00:00Z') };
const EMPTY_FUNNEL = Object.fromEntries(FUNNEL_COUNTS.map((name) => [name, 0]));
const funnelOf = (store: Store, basis: RollupBasis, step: 'hour' | 'day' = 'hour'): Summed<FunnelCount> | undefined =>
  store.rollups.funnel({ basis, step, ...ALL }, {}, null)[0];

describe('a feed, however it is cut', () => {
  it('becomes the same rows', () => {
    fc.assert(
      fc.property(feeds, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }), (events, spans) => {
        expect(rolled(events, spans).rows()).toEqual(rolled(events, [10_000]).rows());
      }),
      { numRuns: 40 },
    );
  });

  it('counts each application once per stage, as a plain recount of the events does', () => {
    fc.assert(
      fc.property(feeds, (events) => {
        const { store } = rolled(events, [7]);
        const counted = (basis: RollupBasis) => funnelOf(store, basis) ?? EMPTY_FUNNEL;
        expect(counted('cohort')).toMatchObject(recount(events));
        expect(counted('activity')).toMatchObject(stagesOf(recount(events)));
        for (const basis of ['cohort', 'activity'] as const) expect(funnelOf(store, basis, 'day')).toEqual(funnelOf(store, basis, 'hour'));
      }),
      { numRuns: 80 },
    );
  });

  it('puts what came late into the hour of its submission, and as activity into its own', () => {
    const at = (type: string, seq: number, hour: number, data: object = {}): FeedEvent => ({
      type,
      applicationId: 'app_1',
      applicationSeq: seq,
      channelId: 'h5',
      atMs: Date.parse('2026-11-20T00:10:00Z') + hour * HOUR,
      data: { ...data },
    });
    const { store } = rolled(
      [
        at('application.drafted', 1, 0, { variant: 'a' }),
        at('application.submitted', 2, 3, { variant: 'b', amount_fen: 900 }),
        at('application.routing', 3, 3),
        at('attempt.submitted', 4, 3, { funder_id: 'fnd_a' }),
        at('attempt.declined', 5, 4, { funder_id: 'fnd_a', latency_ms: 3_000 }),
        at('application.declined', 6, 4),
        at('attempt.approved', 7, 30, { funder_id: 'fnd_b', latency_ms: 5_000 }),
        at('offer.created', 8, 30, { funder_id: 'fnd_b', amount_fen: 500, asked_fen: 900 }),
        at('offer.created', 9, 31, { funder_id: 'fnd_b', amount_fen: 800, asked_fen: 900 }),
        at('application.offered', 10, 30),
      ],
      [1],
    );
    const hours = (basis: RollupBasis, count: FunnelCount): (string | number)[] =>
      store.rollups
        .funnel({ basis, step: 'hour', ...ALL }, {}, 'start')
        .flatMap((row) => (row[count] === 0 ? [] : [new Date(row.key).toISOString().slice(8, 13)]));
    expect([hours('cohort', 'started'), hours('cohort', 'submitted'), hours('cohort', 'offered')]).toEqual([['20T03'], ['20T03'], ['20T03']]);
    expect([hours('activity', 'started'), hours('activity', 'submitted'), hours('activity', 'offered')]).toEqual([['20T00'], ['20T03'], ['21T06']]);
    // It was declined and is not any more: an offer came after all.
    expect([hours('cohort', 'declined'), hours('activity', 'declined'), hours('cohort', 'open')]).toEqual([[], ['20T04'], ['20T03']]);
    const byFunder = (count: FunderCount) =>
      Object.fromEntries(store.rollups.funders({ basis: 'cohort', step: 'day', ...ALL }, {}, 'funder').map((row) => [row.key, row[count]]));
    expect([byFunder('granted_fen'), byFunder('asked_fen'), byFunder('open')]).toEqual([
      { fnd_a: 0, fnd_b: 800 },
      { fnd_a: 0, fnd_b: 900 },
      { fnd_a: 1, fnd_b: 1 },
    ]);
    expect([byFunder('decided_4s'), byFunder('decided_8s')]).toEqual([
      { fnd_a: 1, fnd_b: 0 },
      { fnd_a: 0, fnd_b: 1 },
    ]);
    expect(FUNDER_COUNTS).toContain('open');
  });

  it('has days of China', () => {
    expect(new Date(startOf('day', Date.parse('2026-11-20T16:00:00Z'))).toISOString()).toBe('2026-11-20T16:00:00.000Z');
    expect(new Date(startOf('day', Date.parse('2026-11-20T15:59:59Z'))).toISOString()).toBe('2026-11-19T16:00:00.000Z');
  });
});

describe('a service that ran for a while', () => {
  it('has rolled up what its rows say, and from the first event again to the same rows', async () => {
    let asked = 0;
    const script =
      (every: number): Script =>
      (ask) => {
        if (ask.kind === 'submit') return (asked += 1) % every === 0 ? approves(ask) : declines(ask);
        const loan = { status: 'disbursed', amount_fen: 1_500_000, instalments: planOf(1_500_000, 12, 1_200) };
        return order(ask, { status: 'approved', loan: ask.kind === 'draw' ? { status: 'disbursing' } : loan });
      };
    const world = await scripted([funder('one', 1), funder('two', 2)], { fnd_one: script(2), fnd_two: script(3) });
    const agreed: string[] = [];
    let borrowed = -1;
    for (let n = 0; n < 24; n += 1) {
      const { json } = await world.apply(
        { ...person(n), ...(n % 6 === 5 ? { employment: 'student' } : {}) },
        {},
        { visit: { channel: 'h5-demo', variant: n % 2 === 0 ? 'a' : 'b' } },
      );
      if (json['status'] === 'offered' && agreed.push(json['id']) % 2 === 0) {
        const path = `/v1/applications/${json['id']}/offers/${json['offers'][0]!['id']}`;
        const shown = await world.call('POST', `${path}/disclosure`, { key: world.keys.secret });
        await world.settle(30_000);
        await world.call('POST', `${path}/accept`, { key: world.keys.secret, json: { disclosure_hash: shown.json['hash'] } });
        borrowed = n;
      }
      if (n === 3) await world.call('POST', `/v1/applications/${json['id']}/withdraw`, { key: world.keys.secret });
      await world.settle(10 * 60_000);
    }
    // One who had a loan comes back, and is refused: who has just applied shall wait.
    const again = await world.apply(person(borrowed));
    expect(again.json['status']).toBe('refused');
    const draft = { draft: true, applicant: { phone: '13900000077', phone_verification_id: 'pv_sandbox' } };
    await world.call('POST', '/v1/applications', { key: world.keys.secret, json: draft, headers: { 'idempotency-key': 'draft' } });
    await world.settle(DAY);
    const { deps } = world.service;
    expect(rolledUpTo(deps.store)).toBe(deps.store.feed.lastSeq());
    const summary = await showSummary(deps);
    const { total, submitted, passed, offered, by_state: states } = summary.applications;
    const state = (name: string): number => states[name] ?? 0;
    const funnel = funnelOf(deps.store, 'cohort', 'day')!;
    expect(funnel).toMatchObject({
      started: total,
      submitted,
      passed,
      offered,
      refused: state('refused'),
      declined: state('declined'),
      disbursed: state('disbursed'),
    });
    expect([funnel.disbursed, funnel.refused, funnel.withdrawn + funnel.expired + funnel.declined]).toEqual([
      funnel.accepted,
      5,
      submitted - 5 - funnel.disbursed,
    ]);
    expect(funnel.reloan).toBe(1);
    expect(funnel.disbursed).toBeGreaterThan(1);
    expect([funnel.accepted_fen, funnel.disbursed_fen]).toEqual([funnel.accepted * 2_000_000, funnel.disbursed * 1_500_000]);
    expect(funnel.commission_fen).toBeGreaterThan(0);
    const funders = deps.store.rollups.funders({ basis: 'cohort', step: 'hour', ...ALL }, {}, 'funder');
    expect(funders.map(({ key, attempts, sent, approved, declined }) => ({ id: key, attempts, submitted: sent, approved, declined }))).toEqual(
      summary.funders.map(({ id, attempts, submitted: sent, approved, declined }) => ({ id, attempts, submitted: sent, approved, declined })),
    );
    const events = deps.store.feed.eventsSince(0, 100_000);
    const own = tables((query) => world.db.all(query));
    expect(rolled(events, [13]).rows()).toEqual(own);
    expect(rolled(events.slice(0, -20), [13]).rows()).not.toEqual(own);
    // Counted by rules that have changed since: it forgets all of it and begins again by itself.
    await deps.commit((tx) => {
      tx.feed.saveConsumer({ ...tx.feed.consumer('rollups')!, state: 'other rules' });
      world.db.run(sql`UPDATE funnel_rollups SET submitted = 99`);
    });
    expect(rolledUpTo(deps.store)).toBe(0);
    await world.settle(HOUR);
    expect(tables((query) => world.db.all(query))).toEqual(own);
    await world.close();
  });
});

/** The cohort figures by sets of applications: slow, and nothing to do with how the fold does it. */
function recount(events: readonly FeedEvent[]): Partial<Record<FunnelCount, number>> {
  const sets = new Map<string, Set<string>>();
  const put = (stage: string, id: string): void => void sets.set(stage, (sets.get(stage) ?? new Set()).add(id));
  const ends = new Map<string, string>();
  const seen = new Set<string>();
  let leads = 0;
  let looks = 0;
  for (const { type, applicationId, applicationSeq, data } of events) {
    if (type.startsWith('page.')) put(type === 'page.visited' ? 'visited' : 'phone_verified', `${(looks += 1)}`);
    if (applicationId === null) continue;
    const id = applicationId;
    if (seen.has(`${id} ${applicationSeq}`)) continue;
    seen.add(`${id} ${applicationSeq}`);
    const [noun, verb] = type.split('.') as [string, string];
    if (verb === 'drafted' || (verb === 'submitted' && noun === 'application')) put('started', id);
    if (type === 'application.submitted') {
      const earlier = String(data['after_loan']);
      if (sets.get('submitted')?.has(id) !== true && sets.get('disbursed')?.has(earlier) === true) put('reloan', earlier);
      put('submitted', id);
    }
    if (type === 'application.step_done' && sets.get('started')?.has(id) === true && sets.get('submitted')?.has(id) !== true)
      put(`step_${String(data['step'])}`, id);
    if (sets.get('submitted')?.has(id) !== true || type === 'application.submitted') continue;
    if (noun === 'application') {
      if (['routing', 'needs_consent', 'pending', 'offered', 'declined'].includes(verb)) put('passed', id);
      if (['quarantined', 'offered', 'accepted', 'disbursed'].includes(verb)) put(verb, id);
      if (!['drafted', 'erased', 'step_done'].includes(verb)) ends.set(id, verb);
      if (['refused', 'declined', 'expired', 'withdrawn'].includes(verb)) put(`ever ${verb}`, id);
    }
    if (noun === 'attempt' && data['funder_id'] !== undefined && (verb === 'submitted' || verb === 'approved'))
      put(verb === 'submitted' ? 'sent' : verb, id);
    if (noun === 'loan') put(verb, id);
    if (type === 'partner_offer.converted' && data['kind'] === 'lead') leads += 1;
  }
  const size = (stage: string): number => sets.get(stage)?.size ?? 0;
  const ended = (verb: string): number => [...ends.values()].filter((each) => each === verb).length;
  const ENDS = ['refused', 'declined', 'expired', 'withdrawn'];
  const open = size('submitted') - [...ENDS, 'disbursed'].reduce((sum, verb) => sum + ended(verb), 0);
  return {
    ...Object.fromEntries(
      [
        'visited',
        'phone_verified',
        'step_identity',
        'step_work',
        'step_assets',
        'step_purpose',
        'step_photos',
        'started',
        'submitted',
        'quarantined',
        'passed',
        'sent',
        'approved',
        'offered',
        'accepted',
        'disbursed',
        'overdue',
        'settled',
        'written_off',
        'reloan',
      ].map((stage) => [stage, size(stage)]),
    ),
    ...Object.fromEntries(ENDS.map((verb) => [verb, ended(verb)])),
    open,
    partner_leads: leads,
  };
}

/** What does not depend on how an application ended. */
function stagesOf({ open: _o, refused: _r, declined: _d, expired: _e, withdrawn: _w, ...rest }: Partial<Record<FunnelCount, number>>) {
  return rest;
}
