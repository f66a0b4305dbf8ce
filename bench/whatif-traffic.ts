/** Fills a database with past traffic as the service would have stored it: sealed inputs, plans, attempts with their answers. */
import { randomFillSync } from 'node:crypto';
import type { Facts } from '../src/domain/applicant.ts';
import { Funder } from '../src/domain/funder.ts';
import { mintId } from '../src/domain/ids.ts';
import type { FunderState, PlanInputs } from '../src/domain/plan.ts';
import { Policy } from '../src/domain/policy.ts';
import { sealInputs } from '../src/flow/plan-inputs.ts';
import { createOpenKeys, type OpenKeys } from '../src/flow/open-keys.ts';
import { bandOf } from '../src/routing/band.ts';
import { levelCodeOf } from '../src/routing/model/applicant-features.ts';
import { generator } from '../src/routing/draw.ts';
import { walk } from '../src/routing/whatif/walk.ts';
import { createVault, type MasterKey } from '../src/runtime/vault.ts';
import { openDatabase, readMigrations } from '../src/runtime/node/sqlite.ts';
import { createStore, type ApplicationRow, type AttemptRow, type Store } from '../src/store/index.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url).pathname;
const FIRST_MS = Date.UTC(2026, 8, 1);
/** One application in so many milliseconds. */
const EVERY_MS = 60_000;
const A_COMMIT = 2_000;

export interface Traffic {
  readonly path: string;
  readonly masterKeys: readonly MasterKey[];
  readonly policy: Policy;
  readonly funders: readonly Funder[];
}

export function fillDatabase(path: string, applications: number, count: number, seed: number, onDone: (done: number) => void): Traffic {
  const masterKeys = [{ version: 1, key: randomFillSync(new Uint8Array(32)) }];
  const vault = createVault({ masterKeys, current: 1 }, (bytes) => randomFillSync(new Uint8Array(bytes)));
  const data = openDatabase(path, readMigrations(MIGRATIONS), FIRST_MS);
  const store = createStore(data.db);
  const policy = Policy.parse({ id: 'pol_bench', name: 'bench', strategy: 'waterfall', exploration_share: 0.1 });
  const funders = Array.from({ length: count }, (_, at) => funderAt(at));
  data.transact(() => {
    for (const [at, record] of [policy, ...funders].entries())
      store.desk.insertRecord({
        kind: at === 0 ? 'policy' : 'funder',
        id: record.id,
        version: 1,
        body: JSON.stringify(record),
        retired: false,
        createdAtMs: FIRST_MS,
        author: 'bench',
        approver: null,
      });
  });
  const keys = createOpenKeys(vault);
  const world = { store, keys, policy, funders: new Map(funders.map((each) => [each.id, each])), uniform: generator(seed, 'traffic') };
  for (let from = 0; from < applications; from += A_COMMIT) {
    const to = Math.min(applications, from + A_COMMIT);
    data.transact(() => {
      for (let at = from; at < to; at += 1) insertOne(world, at);
    });
    store.written.clear();
    onDone(to);
  }
  data.close();
  return { path, masterKeys, policy, funders };
}

interface World {
  readonly store: Store;
  readonly keys: OpenKeys;
  readonly policy: Policy;
  readonly funders: ReadonlyMap<string, Funder>;
  readonly uniform: () => number;
}

function insertOne({ store, keys, policy, funders, uniform }: World, at: number): void {
  const nowMs = FIRST_MS + at * EVERY_MS;
  const id = (prefix: 'app' | 'bor' | 'pln' | 'att', part = 0): string =>
    mintId(
      prefix,
      0,
      nowMs + part,
      Uint8Array.from({ length: 10 }, () => Math.floor(uniform() * 32)),
    );
  const facts = factsBy(uniform);
  const inputs = inputsOf(nowMs, facts, [...funders.keys()], uniform);
  const [applicationId, borrowerId, planId] = [id('app'), id('bor'), id('pln')];
  const { key, wrapped } = keys.fresh(borrowerId);
  store.applications.insertBorrower({
    id: borrowerId,
    phoneIndex: null,
    dataKey: wrapped as Buffer,
    createdAtMs: nowMs,
    erasedAtMs: null,
  });
  const { stops } = walk({ applicationId, borrowerId, policyId: null, inputs, attempts: [], left: false }, policy, funders);
  const attempts: AttemptRow[] = [];
  for (const [ordinal, { funderId, prior }] of stops.entries()) {
    const approved = uniform() < prior;
    attempts.push({ ...ATTEMPT, id: id('att', ordinal), applicationId, borrowerId, funderId, ordinal, planId: id('pln', ordinal) });
    const last = attempts.at(-1)!;
    Object.assign(last, { state: approved ? 'approved' : 'declined', likelihood: Math.round(prior * 1e6), prior: Math.round(prior * 1e6) });
    Object.assign(last, { amountFen: facts.amount_fen, submittedAtMs: nowMs, decidedAtMs: nowMs, createdAtMs: nowMs });
    if (approved) break;
  }
  const won = attempts.at(-1)?.state === 'approved';
  store.applications.insert({
    ...APPLICATION,
    id: applicationId,
    borrowerId,
    state: won ? 'offered' : 'declined',
    bodySealed: key.seal(`applications/${applicationId}/body`, 'x'.repeat(600)) as Buffer,
    amountFen: facts.amount_fen,
    termMonths: facts.term_months,
    band: bandOf(facts),
    levels: levelCodeOf(facts),
    createdAtMs: nowMs,
    submittedAtMs: nowMs,
    deadlineAtMs: nowMs,
    updatedAtMs: nowMs,
  });
  store.applications.insertPlan({
    id: planId,
    applicationId,
    ordinal: 0,
    inputsSealed: sealInputs(key, planId, inputs),
    result: '{}',
    snapshotVersion: funders.size + 1,
    policyId: null,
    policyVersion: 1,
    modelVersion: 1,
    createdAtMs: nowMs,
  });
  for (const attempt of attempts) store.dispatch.insert(attempt);
}

const APPLICATION: ApplicationRow = {
  id: '',
  borrowerId: '',
  channelId: 'demo',
  variant: null,
  state: 'offered',
  bodySealed: null,
  amountFen: null,
  termMonths: null,
  band: null,
  levels: null,
  policyId: null,
  segmentId: null,
  arm: null,
  reasons: [],
  quarantined: false,
  released: false,
  planId: null,
  refusedRecipients: [],
  eventSeq: 0,
  phoneIndex: null,
  idIndex: null,
  deviceIndex: null,
  ipIndex: null,
  createdAtMs: 0,
  submittedAtMs: null,
  deadlineAtMs: 0,
  updatedAtMs: 0,
};
const ATTEMPT: AttemptRow = {
  id: '',
  applicationId: '',
  borrowerId: '',
  funderId: '',
  ordinal: 0,
  planId: '',
  state: 'declined',
  funderRef: null,
  eventAtMs: null,
  likelihood: 0,
  prior: 0,
  reason: null,
  reserved: [],
  amountFen: 0,
  bidFen: null,
  validUntilMs: null,
  polls: 0,
  submittedAtMs: null,
  decidedAtMs: null,
  deadlineAtMs: 0,
  createdAtMs: 0,
};

function inputsOf(nowMs: number, facts: Facts, ids: readonly string[], uniform: () => number): PlanInputs {
  const funders = ids.map((funderId, at): FunderState => {
    const mean = 1 / (1 + Math.exp(1.2 - 0.5 * Math.sin(at) - 0.8 * (uniform() - 0.5)));
    return {
      funderId,
      likelihood: { alpha: 40 * mean, beta: 40 * (1 - mean) },
      latencyMs: 800 + 37 * at,
      exhaustedCap: null,
      breakerOpen: false,
      declinedAtMs: null,
      attempted: false,
      consentRefused: false,
    };
  });
  return {
    nowMs,
    seed: Math.floor(uniform() * 2 ** 32),
    facts,
    snapshotVersion: ids.length + 1,
    policyVersion: 1,
    modelVersion: 1,
    funders,
    attemptsUsed: 0,
    declinedLikelihoods: [],
    exposedEntities: [],
  };
}

function factsBy(uniform: () => number): Facts {
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(uniform() * of.length)]!;
  return {
    age: 24 + Math.floor(uniform() * 28),
    sex: pick('f', 'm'),
    region: pick('310101', '440305', '510107', '110105'),
    monthly_income_fen: pick(250_000, 450_000, 800_000, 1_500_000),
    employment: pick('salaried', 'freelance', 'civil_servant'),
    employer_type: null,
    years_employed: 3,
    education: 'bachelor',
    housing_fund: pick(null, '1y_2y', '2y_plus'),
    social_security: pick(null, '2y_plus'),
    house: null,
    car: null,
    policy: null,
    credit_card: null,
    zhima_band: pick(null, '600_650', '700_750'),
    amount_fen: pick(1_000_000, 2_000_000, 5_000_000),
    term_months: pick(6, 12),
    purpose: 'consumption',
    channel: 'demo',
    variant: null,
    hour: 12,
  };
}

function funderAt(at: number): Funder {
  return Funder.parse({
    id: `fnd_${at}`,
    name: `Funder ${at}`,
    legal_entity: `Funder ${at} Ltd`,
    contact: '400',
    funder_type: 'bank',
    adapter: 'harbor-json',
    base_url: 'http://127.0.0.1:1',
    status: 'live',
    tier: 1 + (at % 5),
    whitelist: { evidence: 'list', valid_from: '2026-01-01', valid_to: '2027-12-31' },
    product: { min_amount_fen: 100_000, max_amount_fen: 20_000_000, terms_months: [6, 12], quoted_apr_bps: 1_000 + 40 * at },
    terms: { cpa_fen: 8_000 + ((at * 7_919) % 9_000), cps_bps: 60, attempt_cost_fen: 150 },
  });
}
