/** The learner as a consumer of the feed: rebuilt from zero to the byte, used by the next plan; and plans made again to the byte. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FunderState, PlanInputs } from '../../src/domain/plan.ts';
import { inputsFromJson, inputsToJson } from '../../src/flow/plan-inputs.ts';
import { learnAll, rebuildLearnt } from '../../src/flow/learn-from-feed.ts';
import { learntToJson, loadLearnt, nothingLearnt } from '../../src/flow/learnt.ts';
import { APPLICANT_SCHEMA, levelsOfFacts } from '../../src/routing/model/applicant-features.ts';
import { encodeLevels } from '../../src/routing/model/level-code.ts';
import { facts as factsWith } from '../routing/world.ts';
import { seededRandom } from '../world.ts';
import { approves, change, DAY, declines, funder, leftOut, person, policy, scripted, state, type ScriptedWorld } from './scripted.ts';

const SEED = 20_261_120;
const LEVELS = encodeLevels(APPLICANT_SCHEMA, levelsOfFacts(factsWith()));
const THREE = ['one', 'two', 'three'].map((name, at) => funder(name, at + 1, { cooling_off_days: 0 }));

/** A desk whose three funders have decided on `count` borrowers, `one` hardly ever with a yes. */
async function experienced(count: number): Promise<ScriptedWorld> {
  const luck = seededRandom(SEED);
  const yes = { fnd_one: 0.05, fnd_two: 0.4, fnd_three: 0.8 };
  const world = await scripted(
    THREE,
    Object.fromEntries(Object.entries(yes).map(([id, share]) => [id, (ask) => (luck.uniform() < share ? approves(ask) : declines(ask))])),
  );
  for (let n = 0; n < count; n += 1) await world.apply({ ...person(n), assets: { zhima_band: n % 2 === 0 ? 'under_600' : '750_plus' } });
  await world.settle(3_000);
  return world;
}
/** What the first plan of an application was made from, as it is stored. */
function inputsOf({ service: { deps } }: ScriptedWorld, id: unknown): PlanInputs {
  const [plan] = deps.store.applications.plansOf(id as string);
  const borrower = deps.store.applications.borrowerById(deps.store.applications.byId(id as string)!.borrowerId)!;
  return inputsFromJson(new TextDecoder().decode(deps.keys.of(borrower)!.open(`plans/${plan!.id}/inputs`, plan!.inputsSealed!)), plan!);
}
function meanOf(world: ScriptedWorld, id: unknown, name: string): number {
  const { alpha, beta } = inputsOf(world, id).funders.find(({ funderId }) => funderId === `fnd_${name}`)!.likelihood;
  return alpha / (alpha + beta);
}

describe('the model', () => {
  it('learnt in passing equals the model of the whole feed, to the byte', async () => {
    const world = await experienced(40);
    const { store } = world.service.deps;
    const { deps } = world.service;
    const { now } = deps.learner;
    expect(now.cursor).toBe(store.feed.lastSeq());
    expect(now.model.version).toBeGreaterThan(60);
    expect(now.spread.seen).toBeGreaterThan(20);
    expect(learntToJson(now)).toBe(learntToJson(rebuildLearnt(store, now.cursor)));
    expect(learntToJson(rebuildLearnt(store, now.cursor - 50))).not.toBe(learntToJson(now));
    expect(world.service.desk.likelihoods().version).toBe(now.cursor);
    await world.close();
  });

  it('survives a restart: what came after the snapshot is learnt again, to the byte, and a snapshot that does not fit is passed over', async () => {
    const world = await experienced(20);
    const { deps } = world.service;
    const { store } = deps;
    await world.leap(DAY);
    await world.apply(person(3_000));
    await world.leap(60_000);
    await world.apply(person(3_001));
    await world.settle(3_000);
    const told: string[] = [];
    const log = { ...deps.log, error: (event: string, fields?: object) => told.push(`${event} ${JSON.stringify(fields)}`) };
    const saved = loadLearnt(store, log);
    expect([saved.cursor, deps.learner.savedCursor]).toEqual([deps.learner.savedCursor, deps.learner.savedCursor]);
    expect(saved.cursor).toBeLessThan(store.feed.lastSeq());
    expect(learntToJson(saved)).toBe(learntToJson(rebuildLearnt(store, saved.cursor)));
    world.db.run(sql`UPDATE consumers SET state = replace(state, '"schema":"', '"schema":"0') WHERE name = 'likelihood-model'`);
    const kept = loadLearnt(store, log);
    expect(told.join()).toMatch(/model\.refused.*likelihood-model.*other features/);
    expect(kept.cursor).toBeGreaterThan(0);
    expect(kept.cursor).toBeLessThan(saved.cursor);
    const caughtUp = store.feed.read(kept.cursor, 1e6, ['attempt.approved', 'attempt.declined']);
    expect(learntToJson(learnAll(kept, caughtUp.events))).toBe(learntToJson(deps.learner.now));
    world.db.run(sql`UPDATE consumers SET state = 'nonsense' WHERE name LIKE 'likelihood-model%'`);
    expect(loadLearnt(store, log)).toEqual(nothingLearnt());
    await world.close();
  });

  it('is what the next plan goes by: who declines much is believed less', async () => {
    const world = await scripted(THREE, { fnd_one: declines, fnd_two: declines });
    const first = await world.apply(person(1));
    for (let n = 2; n < 30; n += 1) await world.apply(person(n));
    await world.settle(3_000);
    const last = await world.apply(person(30));
    expect(meanOf(world, last.json['id'], 'one')).toBeLessThan(meanOf(world, first.json['id'], 'one') / 2);
    expect(meanOf(world, last.json['id'], 'three')).toBeGreaterThan(meanOf(world, first.json['id'], 'three'));
    const { store } = world.service.deps;
    expect([first, last].map(({ json }) => store.applications.plansOf(json['id'])[0]!.modelVersion)).toEqual([
      0,
      world.service.desk.likelihoods().version,
    ]);
    // So little is left to hope for from the strictest that the plan does without it.
    expect(leftOut(world, last.json['id'])['one']).toContain('not_worth_it');
    await world.close();
  });

  it('catches up with a backlog of several batches at once', async () => {
    const world = await scripted(THREE);
    const { deps } = world.service;
    await deps.commit((tx) => {
      for (let n = 0; n < 4_500; n += 1) {
        tx.feed.append({
          type: n % 3 === 0 ? 'attempt.approved' : 'attempt.declined',
          applicationId: null,
          applicationSeq: null,
          channelId: null,
          atMs: world.clock.nowMs(),
          data: {
            funder_id: THREE[n % 3]!.id,
            ...(n % 7 === 0 ? {} : { levels: LEVELS }),
            tier: (n % 3) + 1,
            funder_type: 'bank',
            prior_ppm: 400_000,
            mean_ppm: 300_000 + (n % 50),
          },
        });
      }
    });
    await world.settle(3_000);
    const { now } = deps.learner;
    expect(now.cursor).toBe(deps.store.feed.lastSeq());
    expect(now.model.version).toBe(4_500 - Math.ceil(4_500 / 7));
    expect(learntToJson(now)).toBe(learntToJson(rebuildLearnt(deps.store, now.cursor)));
    await world.close();
  });

  it('learns nothing from magic phones, cancelled orders and events it does not know', async () => {
    const world = await scripted(THREE);
    await world.apply({ phone: '13800000001' });
    await world.settle(3_000);
    const empty = nothingLearnt();
    expect({ ...world.service.deps.learner.now, cursor: 0 }).toEqual(empty);
    const row = { seq: 1, applicationId: null, applicationSeq: null, channelId: null, atMs: 0 };
    for (const event of [
      { type: 'attempt.cancelled', data: { funder_id: 'fnd_one', levels: LEVELS, tier: 1, funder_type: 'bank' } },
      { type: 'attempt.approved', data: { funder_id: 'fnd_one', levels: `${LEVELS}0`, tier: 1, funder_type: 'bank' } },
      { type: 'attempt.approved', data: { funder_id: 'fnd_one', levels: LEVELS, tier: 1, funder_type: 'shop' } },
      { type: 'attempt.approved', data: {} },
    ]) {
      expect(learnAll(empty, [{ ...row, ...event }])).toBe(empty);
    }
    await world.close();
  });
});

describe('a stored plan', () => {
  const replay = (world: ScriptedWorld, id: unknown): ReturnType<ScriptedWorld['call']> =>
    world.call('POST', `/v1/desk/applications/${id as string}/replay`, { key: world.roleKeys.viewer });

  it('is made again to the same bytes, whatever the desk and the model have become since', async () => {
    const world = await experienced(15);
    await policy(world, { exploration_share: 1 });
    const ids: unknown[] = [];
    for (let n = 100; n < 106; n += 1) ids.push((await world.apply(person(n))).json['id']);
    await policy(world, { strategy: 'rate_table', patience: 0.5, weights: { fnd_one: 9 } });
    await change(world, 'funder', 'fnd_two', (body) => ({ ...body, tier: 9, status: 'paused' }));
    await world.leap(2 * DAY);
    for (const id of ids) {
      const { json } = await replay(world, id);
      expect(json['equal']).toBe(true);
      expect((json['plans'] as unknown as unknown[]).length).toBe(world.service.deps.store.applications.plansOf(id as string).length);
    }
    await world.close();
  });

  it('that was altered is found out, and one whose inputs are gone says so', async () => {
    const world = await scripted(THREE);
    const [altered, erased] = [(await world.apply(person(1))).json['id'], (await world.apply(person(2))).json['id']];
    world.db.run(sql`UPDATE plans SET result = replace(result, '"tier":2', '"tier":7') WHERE application_id = ${altered}`);
    const found = await replay(world, altered);
    expect(found.json).toMatchObject({ equal: false, plans: [{ equal: false, diff: [{ pointer: '/steps', change: 'changed' }] }] });
    await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: erased } });
    await world.settle();
    expect([state(world, erased), (await replay(world, erased)).json['equal']]).toEqual(['erased', null]);
    await world.close();
  });

  it('has its inputs stored short and read back whole', async () => {
    const world = await scripted(THREE, { fnd_one: declines });
    const { facts } = inputsOf(world, (await world.apply(person(1))).json['id']);
    const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null });
    const state = fc.record<FunderState>({
      funderId: fc.constantFrom('fnd_one', 'fnd_two'),
      likelihood: fc.record({ alpha: fc.double({ min: 0.1, max: 99, noNaN: true }), beta: fc.double({ min: 0.1, max: 99, noNaN: true }) }),
      exhaustedCap: maybe(fc.constant('daily')),
      breakerOpen: fc.boolean(),
      latencyMs: fc.nat(),
      declinedAtMs: maybe(fc.nat()),
      attempted: fc.boolean(),
      consentRefused: fc.boolean(),
    });
    const inputs = fc.record<PlanInputs>({
      nowMs: fc.nat(),
      seed: fc.nat(),
      facts: fc.constant(facts),
      snapshotVersion: fc.nat(),
      policyVersion: fc.nat(),
      modelVersion: fc.nat(),
      funders: fc.array(state, { maxLength: 3 }),
      attemptsUsed: fc.nat(3),
      declinedLikelihoods: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
      exposedEntities: fc.array(fc.string(), { maxLength: 2 }),
      maxAprBps: fc.constantFrom({}, { bank: 2_400 }),
    });
    fc.assert(
      fc.property(inputs, (each) => {
        const row = { createdAtMs: each.nowMs, snapshotVersion: each.snapshotVersion, policyVersion: each.policyVersion };
        // As JSON: a minus sign before a zero is the one thing it does not keep.
        expect(inputsFromJson(inputsToJson(each), row)).toEqual(JSON.parse(JSON.stringify(each)));
      }),
    );
    await world.close();
  });
});
