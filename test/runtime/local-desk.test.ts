/** The desk beside the cell: immutable snapshots, quota that is never lent twice, secrets opened for those who need them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import type { Facts } from '../../src/domain/applicant.ts';
import { setSecret } from '../../src/flow/desk/secrets.ts';
import { nothingLearnt } from '../../src/flow/learnt.ts';
import { APPLICANT_SCHEMA, levelsOfFacts } from '../../src/routing/model/applicant-features.ts';
import { learn } from '../../src/routing/model/model.ts';
import { encode } from '../../src/routing/model/schema.ts';
import { createLocalDesk } from '../../src/runtime/local-desk.ts';
import { SANDBOX_PARTNER, sandboxPartnerSecret, seedSandbox } from '../../src/runtime/sandbox-seed.ts';
import { createVault } from '../../src/runtime/vault.ts';
import { createGroupCommit } from '../../src/store/group-commit.ts';
import { createStore } from '../../src/store/index.ts';
import { emptyDatabase } from '../empty-database.ts';
import { seededRandom } from '../world.ts';

const URLS = Object.fromEntries(Object.keys(SANDBOX_SECRETS).map((id) => [id, `http://${id.slice(4)}.test`]));
const FACTS: Facts = {
  age: 36,
  sex: 'm',
  region: '110105',
  province: '11',
  monthly_income_fen: 1_200_000,
  employment: 'salaried',
  amount_fen: 2_000_000,
  term_months: 12,
  purpose: 'consumption',
  assets: {},
  channel: 'h5-demo',
} as unknown as Facts;

async function make() {
  const { db, transact } = emptyDatabase();
  const store = createStore(db);
  const random = seededRandom(3);
  const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(7) }], current: 1 }, (count) => random.bytes(count));
  const commit = createGroupCommit({ store, transact, defer: queueMicrotask, onDiskFailure: () => undefined });
  await commit((tx) => seedSandbox(tx, vault, { funders: sandboxFunders(URLS), secrets: SANDBOX_SECRETS }, 1_000));
  const desk = createLocalDesk({ store, commit, vault, nowMs: () => 1_000, learnt: nothingLearnt() });
  return { db, store, vault, commit, desk };
}

describe('the snapshot', () => {
  it('is one immutable whole until the desk is read again, and then another', async () => {
    const { store, commit, desk } = await make();
    const before = desk.snapshot();
    expect([before.funders.size, before.policy.id, Object.isFrozen(before), before.version]).toEqual([
      6,
      'pol_default',
      true,
      store.desk.recordsVersion(),
    ]);
    const record = store.desk.record('funder', 'fnd_river')!;
    await commit((tx) =>
      tx.desk.insertRecord({ ...record, version: 2, body: JSON.stringify({ ...(JSON.parse(record.body) as object), status: 'paused' }) }),
    );
    expect(desk.snapshot()).toBe(before);
    expect(before.funders.get('fnd_river')!.status).toBe('live');
    desk.reload();
    expect([desk.snapshot().funders.get('fnd_river')!.status, desk.snapshot().version, before.funders.get('fnd_river')!.status]).toEqual([
      'paused',
      before.version + 1,
      'live',
    ]);
  });

  it('leaves out what is retired, and says whether anybody is blacklisted', async () => {
    const { store, commit, desk } = await make();
    expect(desk.hasBlacklist()).toBe(false);
    const record = store.desk.record('partner_offer', 'pof_card')!;
    await commit((tx) => {
      tx.desk.insertRecord({ ...record, version: 2, retired: true });
      tx.desk.insertBlacklist({ kind: 'phone', mark: 'x', reason: 'r', author: 'a', createdAtMs: 1 });
    });
    desk.reload();
    expect([desk.snapshot().partnerOffers.has('pof_card'), desk.hasBlacklist()]).toEqual([false, true]);
  });

  it('of a record that does not fit its schema stops the reading; what was in force stays', async () => {
    const { store, commit, desk } = await make();
    const record = store.desk.record('funder', 'fnd_river')!;
    const before = desk.snapshot();
    await commit((tx) => tx.desk.insertRecord({ ...record, version: 2, body: '{"id":"fnd_river"}' }));
    expect(() => desk.reload()).toThrow('fnd_river');
    expect(desk.snapshot()).toBe(before);
  });
});

describe('lending quota', () => {
  it('never gives more than the limit, in whatever bites and however many ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 6 }), { maxLength: 6 }),
        async (limit, turns) => {
          const { store, desk } = await make();
          let lent = 0;
          let wanted = 0;
          for (const turn of turns) {
            for (const got of await Promise.all(turn.map((want) => desk.lendCap('fnd_a/day/1', limit, want)))) lent += got;
            wanted += turn.reduce((sum, want) => sum + want, 0);
            expect(lent).toBe(Math.min(limit, wanted));
          }
          expect(store.desk.lent('fnd_a/day/1')).toBe(lent);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps windows apart, gives what is left when more is asked, and nothing once a limit was lowered', async () => {
    const { desk } = await make();
    expect([
      await desk.lendCap('a', 10, 7),
      await desk.lendCap('a', 10, 7),
      await desk.lendCap('a', 10, 7),
      await desk.lendCap('b', 10, 7),
      await desk.lendCap('a', 5, 1),
      await desk.lendCap('a', 12, 9),
    ]).toEqual([7, 3, 0, 7, 0, 2]);
  });

  it('is remembered by a desk made anew on the same data', async () => {
    const { store, vault, commit, desk } = await make();
    await desk.lendCap('a', 10, 8);
    const again = createLocalDesk({ store, commit, vault, nowMs: () => 2_000, learnt: nothingLearnt() });
    expect(await again.lendCap('a', 10, 8)).toBe(2);
  });
});

describe('secrets', () => {
  it('are opened by owner and name; partners’ newest first; who has none gets none', async () => {
    const { vault, commit, desk } = await make();
    expect(desk.funderSecrets('fnd_river')).toEqual(SANDBOX_SECRETS['fnd_river']);
    expect(desk.funderSecrets('fnd_nobody')).toEqual({});
    expect(desk.partnerSecrets(SANDBOX_PARTNER)).toEqual([sandboxPartnerSecret(vault)]);
    await commit((tx) => setSecret(tx, vault, SANDBOX_PARTNER, 'next', 'newer', 2_000));
    desk.reload();
    expect(desk.partnerSecrets(SANDBOX_PARTNER)).toEqual(['newer', sandboxPartnerSecret(vault)]);
  });

  it('lie sealed, each bound to its place: swapped rows do not open', async () => {
    const { db, store, vault, commit } = await make();
    const rows = store.desk.secretsOf('fnd_river');
    for (const row of rows) expect(row.sealed.toString('latin1')).not.toContain('sandbox-river');
    await commit((tx) => tx.desk.setSecret({ ...store.desk.secretsOf('fnd_summit')[0]!, owner: 'fnd_river' }));
    const desk = createLocalDesk({ store, commit, vault, nowMs: () => 1, learnt: nothingLearnt() });
    expect(() => desk.funderSecrets('fnd_river')).toThrow();
    expect(db).toBeDefined();
  });

  it('of an endpoint come with their end', async () => {
    const { vault, commit, desk } = await make();
    await commit((tx) => {
      setSecret(tx, vault, 'ep_1', 'whsec_1', 'older', 1, 5_000);
      setSecret(tx, vault, 'ep_1', 'whsec_2', 'newer', 2);
    });
    expect(desk.endpointSecrets('ep_1').map(({ secret, expiresAtMs }) => [secret, expiresAtMs])).toEqual([
      ['older', 5_000],
      ['newer', null],
    ]);
  });
});

it('a published model is in force at once, under its version, also for funders that come later', async () => {
  const { store, commit, desk } = await make();
  const before = desk.likelihoods();
  const declined = { funderId: 'fnd_river', levels: encode(APPLICANT_SCHEMA, levelsOfFacts(FACTS)), approved: false, atMs: 1_000, weight: 1 };
  const { model, spread } = nothingLearnt();
  desk.publishLearnt({
    model: learn(
      model,
      Array.from({ length: 50 }, () => declined),
    ),
    spread,
    cursor: 77,
  });
  const mean = ({ alpha, beta }: { alpha: number; beta: number }): number => alpha / (alpha + beta);
  expect([before.version, desk.likelihoods().version]).toEqual([0, 77]);
  expect(mean(desk.likelihoods().predict('fnd_river', FACTS))).toBeLessThan(mean(before.predict('fnd_river', FACTS)));
  const record = store.desk.record('funder', 'fnd_river')!;
  await commit((tx) =>
    tx.desk.insertRecord({ ...record, id: 'fnd_new', version: 1, body: JSON.stringify({ ...(JSON.parse(record.body) as object), id: 'fnd_new' }) }),
  );
  expect(() => desk.likelihoods().predict('fnd_new', FACTS)).toThrow();
  desk.reload();
  expect(mean(desk.likelihoods().predict('fnd_new', FACTS))).toBeGreaterThan(0);
});
