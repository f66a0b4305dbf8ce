/**
 * One data folder and the many deaths of the servers on it. Each cycle: a server starts on what the last one left, is inspected, is asked
 * again for what it had answered, is pressed, and dies. In the end one is left in peace until everything has come to rest.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import { createDice, type Dice } from '../../fixtures/demo/dice.ts';
import { freePort } from '../../src/cli/own-server.ts';
import { createVault } from '../../src/runtime/vault.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { createCaller } from './caller.ts';
import { spawnServer, type Child, type Ending } from './child.ts';
import { KILL_POINTS, STILL_RUNNING, type Fault } from './faults.ts';
import { openHub } from './hub.ts';
import { deliveryIds, inspect, unsettled, type Inspection } from './inspect.ts';
import { Ledger, type Asked } from './ledger.ts';
import { create, press, type Walk } from './load.ts';
import type { Order } from './server.ts';

export interface LifeOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly photo: Uint8Array;
  readonly onCycle: () => void;
  /** Leaves the data where it is when something was wrong. */
  readonly keepData: boolean;
  /** Every cycle dies like this; drawn by chance when absent. */
  readonly fault?: (dice: Dice) => Fault;
}
export interface LifeReport {
  readonly ledger: Ledger;
  /** How often it died of what. */
  readonly deaths: Readonly<Record<string, number>>;
  readonly inspections: number;
  readonly delivered: number;
  readonly callbacks: number;
}

/** A server that does not reach its point dies after this. */
const LONGEST_CYCLE_MS = 1_000;
/** Borrowers at once. */
const LANES = 5;
/** Repeats at once, when every key is tried again. */
const REPEAT_LANES = 12;
/** Older keys that are asked for again beside those of the last cycle. */
const OLD_REPLAYS = 3;
/** Longer than an effect may take before its timer assumes that it died. */
const AWAY_MS = 25_000;
const REST_ROUNDS = 12;

export async function live(options: LifeOptions): Promise<LifeReport> {
  const life = await openLife(options);
  try {
    let standby = spawnServer();
    for (let cycle = 0; cycle < options.cycles; cycle += 1) {
      const child = standby;
      standby = spawnServer();
      await dieOnce(life, child, cycle);
      options.onCycle();
    }
    await comeToRest(life, standby);
    return {
      ledger: life.ledger,
      deaths: Object.fromEntries(life.deaths),
      inspections: life.inspections,
      delivered: life.hub.delivered.size,
      callbacks: life.hub.callbacks.size,
    };
  } finally {
    await life.close();
  }
}

type Life = Awaited<ReturnType<typeof openLife>>;

async function openLife({ seed, photo, fault, keepData }: LifeOptions) {
  const dice = createDice(seed);
  const port = await freePort();
  const hub = await openHub(port, createDice(seed + 1));
  const sandbox = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.05, callbackDelayMs: 20, seed });
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
  const forget = (): void => rmSync(dataDir, { recursive: true, force: true });
  process.once('exit', forget);
  const key = randomBytes(32);
  const ledger = new Ledger();
  const order: Omit<Order, 'fault' | 'clockAheadMs'> = {
    dataDir,
    port,
    publicUrl: hub.url,
    masterKey: key.toString('base64'),
    funderUrls: Object.fromEntries(sandbox.funders.map(({ id, url }) => [id, url])),
    webhook: hub.webhook,
  };
  let applications = 0;
  return {
    dice,
    port,
    hub,
    ledger,
    dataDir,
    order,
    photo,
    drawFault: fault ?? drawFault,
    vault: createVault({ masterKeys: [{ version: 1, key }], current: 1 }, randomBytes),
    deaths: new Map<string, number>(),
    inspections: 0,
    nextApplication: () => (applications += 1),
    async close() {
      hub.close();
      await sandbox.close();
      process.off('exit', forget);
      if (ledger.sound || !keepData) forget();
      else ledger.faults.push(`the data is kept for a look: ${dataDir}, key ${key.toString('base64')}`);
    },
  };
}

/** Half at a moment of chance, the rest at a named point; now and then the disk fails instead. */
function drawFault(dice: Dice): Fault {
  const sort = dice.weighted({ chance: 45, point: 45, disk: 10 });
  if (sort === 'chance') return { kind: 'none' };
  if (sort === 'disk') {
    return {
      kind: 'disk',
      code: dice.pick(['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_WRITE', 'SQLITE_FULL']),
      when: dice.pick(['before_commit', 'after_commit'] as const),
      nth: dice.between(2, 40),
    };
  }
  const at = dice.pick(KILL_POINTS);
  const most = { before_commit: 40, after_commit: 40, nth_write: 1_000, funder_answered: 25, webhook_answered: 40, object_written: 1 }[at];
  return { kind: 'kill', at, nth: dice.between(1, most) };
}

async function dieOnce(life: Life, child: Child, cycle: number): Promise<void> {
  const { dice, ledger } = life;
  const fault = life.drawFault(dice);
  // One in eight of the deaths of chance falls into the start itself.
  const early = fault.kind === 'none' && dice.chance(0.12);
  const lastsMs = fault.kind === 'none' ? dice.between(20, early ? 150 : 450) : LONGEST_CYCLE_MS;
  if (early) setTimeout(() => child.kill(), lastsMs);
  const secret = await child.start({ ...life.order, clockAheadMs: 0, fault });
  if (secret !== null) {
    if (!early) setTimeout(() => child.kill(), lastsMs);
    if (inspect(inspection(life, cycle % 10 === 9))) life.inspections += 1;
    const walk = walkOf(life, secret);
    await Promise.all([replay(walk, life), ...Array.from({ length: LANES }, () => press(walk, () => child.gone))]);
    walk.caller.close();
  }
  judge(life, await child.ended, fault);
  const cause = fault.kind === 'none' ? 'chance' : fault.kind === 'kill' ? fault.at : fault.kind === 'disk' ? fault.code : fault.kind;
  life.deaths.set(cause, (life.deaths.get(cause) ?? 0) + 1);
  for (const asked of ledger.asked.values()) asked.replayed = asked.replayed && dice.chance(0.98);
}

/** Asks again for what the last lives have answered or left unanswered. */
async function replay(walk: Walk, { ledger, dice }: Life): Promise<void> {
  const open = [...ledger.asked.values()].filter(({ replayed }) => !replayed);
  for (const asked of open.slice(-30)) {
    const view = await create(walk, asked);
    if (view === null) continue;
    asked.replayed = true;
    ledger.replays += 1;
  }
  for (let n = 0; n < OLD_REPLAYS && ledger.keyed.length > 0; n += 1) await replayKeyed(walk, ledger, dice.pick(ledger.keyed));
}

async function replayKeyed({ caller }: Walk, ledger: Ledger, { path, key, body, reply }: Ledger['keyed'][number]): Promise<void> {
  const answer = await caller.call('POST', path, body, { 'idempotency-key': key });
  if (answer === null || answer.status === 409 || answer.status === 503) return;
  ledger.replays += 1;
  if (answer.text !== reply) ledger.lost.push(`key ${key} of ${path} was answered ${answer.status} with other bytes`);
}

function judge({ ledger }: Life, { code, signal, said }: Ending, fault: Fault): void {
  const stopped = fault.kind === 'disk' && code === 74;
  if (signal !== 'SIGKILL' && !stopped)
    ledger.faults.push(`it ended with ${signal ?? code} by itself (${JSON.stringify(fault)}): ${said.slice(-600)}`);
  if (said.includes(STILL_RUNNING)) ledger.faults.push(`it went on after its disk had failed (${JSON.stringify(fault)})`);
  for (const line of said.split('\n')) {
    if (line.includes('"level":"error"') && !(fault.kind === 'disk' && line.includes('disk.failed'))) ledger.faults.push(line.slice(0, 400));
  }
}

/** Starts on what is left, with the clock moved on so that nothing is still taken to be under way, until nothing is. */
async function comeToRest(life: Life, standby: Child): Promise<void> {
  const { ledger, hub } = life;
  let child = standby;
  let open: string[] = [];
  for (let round = 1; round <= REST_ROUNDS; round += 1) {
    const secret = await child.start({ ...life.order, clockAheadMs: round * AWAY_MS, fault: { kind: 'none' } });
    if (secret === null) {
      ledger.faults.push(`it did not start again: ${(await child.ended).said.slice(-600)}`);
      return;
    }
    life.hub.turnNobodyAway();
    if (round === 1) await repeatEverything(walkOf(life, secret), life);
    open = await waitForRest(life.dataDir);
    const last = open.length === 0 || round === REST_ROUNDS;
    if (last) inspect(inspection(life, true));
    const next = last ? null : spawnServer();
    child.kill();
    judge(life, await child.ended, { kind: 'none' });
    if (next === null) break;
    child = next;
  }
  for (const one of open) ledger.torn.push(`never came to rest: ${one}`);
  ledger.faults.push(...hub.faults);
  undelivered(life);
}

async function waitForRest(dataDir: string): Promise<string[]> {
  let open = unsettled(dataDir);
  for (let tries = 0; open.length > 0 && tries < 35; tries += 1) {
    await pause(100);
    open = unsettled(dataDir);
  }
  return open;
}

/** Every key that was ever used: an acknowledged one answers as it did, another is taken now; and a third time the same again. */
async function repeatEverything(walk: Walk, { ledger }: Life): Promise<void> {
  const left = [...ledger.asked.values()];
  const lane = async (): Promise<void> => {
    for (let asked = left.pop(); asked !== undefined; asked = left.pop()) await repeat(walk, asked);
  };
  await Promise.all(Array.from({ length: REPEAT_LANES }, lane));
  for (const keyed of ledger.keyed) await replayKeyed(walk, ledger, keyed);
  walk.caller.close();
}

async function repeat(walk: Walk, asked: Asked): Promise<void> {
  const { ledger, caller } = walk;
  await create(walk, asked);
  if ((await create(walk, asked)) === null) ledger.faults.push(`key ${asked.key} could not be repeated`);
  ledger.replays += 2;
  const other = await caller.call('POST', '/v1/applications', asked.body.replace('"consumption"', '"travel"'), { 'idempotency-key': asked.key });
  if (other?.status !== 422) ledger.faults.push(`key ${asked.key} with another body was answered ${other?.status}`);
}

/** Every event of an application has reached the receiver at least once. */
function undelivered({ hub, ledger, dataDir }: Life): void {
  for (const id of deliveryIds(dataDir)) if (!hub.delivered.has(id)) ledger.lost.push(`webhook ${id} never arrived`);
}

function inspection({ dataDir, vault, ledger, hub }: Life, thorough: boolean): Inspection {
  return { dataDir, vault, ledger, hub, thorough };
}

function walkOf({ port, ledger, dice, photo, nextApplication }: Life, secret: string): Walk {
  return { caller: createCaller(port, secret), ledger, dice, photo, next: nextApplication };
}
