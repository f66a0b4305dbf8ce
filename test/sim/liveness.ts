/** After the trouble: the network is sound, nobody begins anything, and days pass. Then everything must have come to its end. */
import { replayPlans } from '../../src/flow/desk/replay-plans.ts';
import { ATTEMPT_OPEN, type AttemptState } from '../../src/domain/states.ts';
import { lostFact } from './facts.ts';
import { isUnderWay } from './invariants.ts';
import { turn } from './timeline.ts';
import { WATCHED, type Table } from './watched.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;
/** Longer than the longest that anything may wait: an attempt is given up after seven days. */
const PEACE_MS = 9 * DAY_MS;
const MOST_STEPS = 60_000;
/** Standing timers that come for ever. */
const STANDING = new Set(['housekeeping', 'learn', 'watch']);

/** Lets time run until nothing is left to happen. Returns the steps taken. */
export async function settleDown(world: World): Promise<number> {
  world.close();
  const untilMs = world.timeline.nowMs + PEACE_MS;
  let steps = 0;
  let replayed = false;
  while (world.timeline.nowMs < untilMs && world.violation === null && steps < MOST_STEPS) {
    if (!replayed && world.incarnation?.alive === true) {
      replayed = true;
      await replayCreates(world);
    }
    if (!moveOn(world)) break;
    if (!world.timeline.step()) break;
    steps += 1;
    await turn();
  }
  return steps;
}

/** When everybody waits, moves the clock to the next thing that will happen; false when nothing ever will. */
function moveOn(world: World): boolean {
  const { timeline, incarnation, network } = world;
  if (incarnation === null || !incarnation.alive || !network.isQuiet(incarnation) || incarnation.service.busy() > 0) return true;
  const nextMs = Math.min(timeline.nextEternalMs(), nextTimerMs(world));
  if (nextMs === Number.POSITIVE_INFINITY) return false;
  // Sleepers of the service wake late by this, as after a suspended machine.
  if (nextMs > timeline.nowMs + 2_000) timeline.nowMs = nextMs;
  return true;
}

function nextTimerMs({ ledger }: World): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { kind, dueAtMs } of ledger.rows('timers').values()) if (!STANDING.has(kind) && dueAtMs < next) next = dueAtMs;
  return next;
}

/** Each acknowledged create, sent once more: the same bytes. */
async function replayCreates(world: World): Promise<void> {
  for (const fact of world.facts) {
    if (fact.kind !== 'created') continue;
    const reply = await world.ask(fact.ask);
    if (reply?.status !== fact.reply.status || reply.text !== fact.reply.text || reply.headers.get('idempotent-replayed') !== 'true') {
      world.fail('same_bytes_on_replay', `${fact.applicationId}: ${reply?.status} instead of ${fact.reply.status}`);
    }
  }
}

export function judgeEnd(world: World): void {
  const { ledger } = world;
  for (const fact of world.facts) {
    const lost = lostFact(ledger, fact);
    if (lost !== null) world.fail('acknowledged_is_kept', lost);
  }
  judgeLoans(world);
  for (const { id, state } of ledger.rows('applications').values()) {
    if (['draft', 'screening', 'routing', 'pending', 'needs_consent', 'offered'].includes(state)) world.fail('ends', `${id} is still ${state}`);
    if (state === 'accepted' && canBeAsked(world, id)) world.fail('ends', `${id} is still accepted`);
  }
  for (const { id, state } of ledger.rows('attempts').values())
    if (state === 'quoted' || ATTEMPT_OPEN.has(state as AttemptState)) world.fail('no_attempt_left_open', `${id} is still ${state}`);
  for (const { id, state } of ledger.rows('deliveries').values()) {
    if (state === 'waiting') world.fail('delivered_or_dead', `${id} still waits`);
    if (state === 'delivered' && !world.receiver.received.has(id)) world.fail('delivered_or_dead', `${id} is called delivered and never was`);
  }
  judgePolicies(world);
  compareWithDisk(world);
}

/** Whatever changed meanwhile, every plan can be made again to the byte; and no change waits for a time that has passed. */
function judgePolicies(world: World): void {
  const deps = world.incarnation?.service.deps;
  for (const { id } of world.ledger.rows('applications').values()) {
    const again = deps === undefined ? null : replayPlans(deps, id);
    if (again !== null && 'equal' in again && again.equal === false) world.fail('plans_can_be_made_again', id);
  }
  const waiting = world.database.count("SELECT count(*) FROM desk_changes WHERE state = 'scheduled'");
  if (waiting > 0) world.fail('changes_end', `${waiting} still scheduled`);
}

const PAID_OUT: ReadonlySet<string | null> = new Set(['disbursing', 'disbursed', 'overdue', 'settled']);

/** No loan waits but for its borrower, and every repayment has ended as it did at its funder. */
function judgeLoans(world: World): void {
  const { ledger, timeline } = world;
  for (const { id, applicationId, attemptId, state } of ledger.rows('loans').values()) {
    if (state !== 'contracting' || !canBeAsked(world, applicationId)) continue;
    const waits = ledger
      .of('borrower_steps', applicationId)
      .some((step) => step.attemptId === attemptId && step.state === 'open' && (step.expiresAtMs === null || step.expiresAtMs > timeline.nowMs));
    if (!waits || !ledger.hasTimer('loan', id)) world.fail('loan_ends', `${id} is still contracting`);
  }
  for (const { id, funderId, attemptId, state } of ledger.rows('loans').values()) {
    const there = world.funder(funderId).orders.get(attemptId)?.view.loan ?? null;
    if (state === 'failed' && PAID_OUT.has(there)) world.fail('loan_ends', `${id} is ${state}, and ${there} at its funder`);
  }
  for (const row of ledger.rows('repayments').values()) {
    if (isUnderWay(row)) world.fail('repayment_ends', `${row.id} is still ${row.state}`);
    const there = world.funder(row.funderId).loans.repayments.get(row.id)?.state ?? 'failed';
    if (there !== row.state) world.fail('repayment_ends', `${row.id} is ${row.state}, and ${there} at its funder`);
  }
}

/** A funder that cannot be queried and whose answer to the draw was lost leaves a loan that only its own word can move. */
function canBeAsked({ ledger, setting }: World, applicationId: string): boolean {
  const attempt = ledger.get('attempts', ledger.of('loans', applicationId)[0]?.attemptId ?? '');
  return setting.funders.find(({ id }) => id === attempt?.funderId)?.adapter !== 'sim-blind';
}

/** The ledger that all checks rest on is what stands on the disk, and the counts kept beside rows agree with them. */
function compareWithDisk(world: World): void {
  for (const table of Object.keys(WATCHED) as Table[]) {
    const rows = world.database.table(table);
    const known = world.ledger.rows(table);
    const key = WATCHED[table].key as (row: unknown) => string;
    const differs = rows.find((row) => JSON.stringify(row) !== JSON.stringify(known.get(key(row))));
    if (rows.length !== known.size || differs !== undefined)
      world.fail('ledger_is_complete', `${table}: ${rows.length} rows, ${known.size} known; ${JSON.stringify(differs ?? null)}`);
  }
  const { database } = world;
  const pairs = [
    ['SELECT coalesce(sum(clicks), 0) FROM partner_offer_counts', 'SELECT count(*) FROM partner_clicks'],
    ['SELECT coalesce(sum(shown), 0) FROM partner_offer_counts', 'SELECT count(*) FROM partner_impressions'],
    [
      'SELECT coalesce(sum(earned_fen), 0) FROM partner_offer_counts',
      'SELECT coalesce((SELECT sum(earned_fen) FROM partner_clicks), 0) + coalesce((SELECT sum(earned_fen) FROM partner_conversions), 0)',
    ],
    ['SELECT count(*) FROM events', 'SELECT coalesce(max(seq), 0) FROM events'],
  ] as const;
  for (const [left, right] of pairs) {
    const [one, other] = [database.count(left), database.count(right)];
    if (one !== other) world.fail('counts_agree', `${left}: ${one}; ${right}: ${other}`);
  }
}
