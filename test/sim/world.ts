/**
 * One seed's world put together: timeline, network, disk, funders, receiver, partner, borrowers, operators, and the service that lives and dies in it.
 * Every commit and every message passes the checks on its way.
 */
import { createHmac } from 'node:crypto';
import type { OutboundRequest, OutboundResponse, SendOutcome } from '../../src/ports/transport.ts';
import { refuseApplication, releaseApplication } from '../../src/flow/desk/review-application.ts';
import { setSecret } from '../../src/flow/desk/secrets.ts';
import { SANDBOX_CHANNEL, SANDBOX_PARTNER, sandboxKeys, sandboxPartnerSecret, seedSandbox } from '../../src/runtime/sandbox-seed.ts';
import type { Service } from '../../src/runtime/instance.ts';
import { createVault } from '../../src/runtime/vault.ts';
import type { Vault } from '../../src/ports/vault.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { DeskRecordKind } from '../../src/domain/desk.ts';
import { createStore, type Store } from '../../src/store/index.ts';
import { liveBorrower, type Ask, type Fact } from './borrower.ts';
import { checkCommit, type Invariant } from './checks.ts';
import { makeTemplate, openColdDisk, openWarmDisk, type SimDatabase } from './database.ts';
import { createDice, type Dice } from './dice.ts';
import { SimFunder } from './funder.ts';
import { Incarnation } from './incarnation.ts';
import { Ledger } from './ledger.ts';
import { Network, type Peer, type Reply } from './network.ts';
import type { Sabotage } from './sabotage.ts';
import { drawSetting, FUNDER_IDS, funderSecret, HOOK_URL, makePolicy, PUBLIC_URL, START_MS, type Setting } from './setting.ts';
import { Timeline } from './timeline.ts';
import { Trace } from './trace.ts';
import type { Note } from './watched.ts';
import { createWireChecks, type WireChecks } from './wire-checks.ts';

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
  readonly atMs: number;
}

const CALL_TIMEOUT_MS = 10_000;
const MASTER = { version: 1, key: new Uint8Array(32).fill(7) };
const vaultOf = (dice: Dice): Vault => createVault({ masterKeys: [{ ...MASTER, key: MASTER.key.slice() }], current: 1 }, (count) => dice.bytes(count));

let template: Buffer | null = null;

/** A migrated and seeded database, the same for every seed; made once in a process. */
function templateBytes(): Buffer {
  if (template !== null) return template;
  const vault = vaultOf(createDice(0, 'template'));
  const { funders } = drawSetting(createDice(0, 'template'));
  const secrets = Object.fromEntries(FUNDER_IDS.map((id) => [id, { key: funderSecret(id) }]));
  template = makeTemplate(START_MS, (tx) => {
    seedSandbox(tx, vault, { funders, secrets }, START_MS);
    setSecret(tx, vault, 'ep_sim', 'current', `whsec_${Buffer.alloc(24, 5).toString('base64')}`, START_MS);
  });
  return template;
}

export class World {
  readonly dice: Dice;
  readonly setting: Setting;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly network: Network;
  readonly ledger = new Ledger();
  readonly facts: Fact[] = [];
  /** Bodies by delivery id that the receiver has said yes to. */
  readonly received = new Map<string, string>();
  readonly #heard = new Map<string, string>();
  violation: Violation | null = null;
  database: SimDatabase;
  incarnation: Incarnation | null = null;
  /** Once true nobody begins anything new, and nothing dies or fails any more. */
  closing = false;
  deaths = 0;
  readonly #strategies = new Map<number, Policy['strategy']>();
  readonly #funders = new Map<string, SimFunder>();
  readonly #peers = new Map<string, Peer>();
  readonly #wire: WireChecks;
  readonly #objects = new Map<string, Uint8Array>();
  readonly #secrets = new Map<string, readonly string[]>();
  readonly #sabotage: Sabotage | null;
  readonly #coldDisk: boolean;
  readonly #keys = sandboxKeys(vaultOf(createDice(0, 'keys')));

  constructor(seed: number, options: { readonly keepTrace: boolean; readonly coldDisk: boolean; readonly sabotage: Sabotage | null }) {
    this.dice = createDice(seed);
    this.setting = drawSetting(this.dice.fork('setting'));
    this.timeline = new Timeline(START_MS, this.dice.fork('ties'));
    this.trace = new Trace(options.keepTrace);
    this.network = new Network(this.timeline, this.dice.fork('network'), this.trace, this.setting.noise);
    this.#sabotage = options.sabotage;
    this.#coldDisk = options.coldDisk;
    this.#wire = createWireChecks({
      ledger: this.ledger, nowMs: () => this.timeline.nowMs, funders: this.#funders, records: new Map(this.setting.funders.map((funder) => [funder.id, funder])),
      strategyOf: (version) => this.#strategyOf(version), secretsOf: (id) => this.#secrets.get(id) ?? [], fail: (invariant, detail) => this.fail(invariant, detail),
    });
    const open = options.coldDisk ? openColdDisk : openWarmDisk;
    this.database = open(templateBytes(), (notes) => this.#committed(notes));
    this.#fill(createStore(this.database.db));
    for (const funder of this.setting.funders) this.#addFunder(funder.id);
    this.#addReceiver();
  }

  /** First life, and everybody's start. */
  begin(): void {
    this.#boot();
    for (let number = 1; number <= this.setting.borrowers; number += 1) void this.#startBorrower(number);
    void this.#operate(this.dice.fork('operators'));
    void this.#weather(this.dice.fork('weather'));
  }

  fail(invariant: string, detail: string): void {
    this.trace.add(this.timeline.nowMs, 'VIOLATED', `${invariant}: ${detail}`);
    this.violation ??= { invariant: invariant as Invariant, detail, atMs: this.timeline.nowMs };
  }

  /** From now on the network is sound and nothing dies. */
  close(): void {
    this.closing = true;
    this.network.heal();
    this.incarnation?.spare();
  }

  /** A request straight to the service, past the network; null when it is down. */
  async ask(ask: Ask): Promise<Reply | null> {
    return (await this.incarnation?.handle(requestOf(ask))) ?? null;
  }

  dispose(): void {
    this.database.close();
  }

  /** What this seed's operators have set up before the first life. */
  #fill(tx: Store): void {
    for (const funder of this.setting.funders) this.#put(tx, 'funder', funder);
    this.#put(tx, 'policy', this.setting.policy);
    this.#put(tx, 'webhook_endpoint', { id: 'ep_sim', url: HOOK_URL, types: this.setting.hookTypes, channel_id: null, status: 'enabled', disabled_reason: null });
  }

  #committed(notes: readonly Note[]): void {
    const changes = this.ledger.apply(notes);
    this.#sabotage?.committed?.(this.database);
    for (const { table, after } of changes) {
      if (table === 'events') this.trace.add(this.timeline.nowMs, 'event', JSON.stringify(after));
      else if (table === 'attempts' && this.trace.keeps) this.trace.add(this.timeline.nowMs, 'attempt', JSON.stringify(after));
    }
    checkCommit({
      changes, ledger: this.ledger, strategyOf: (version) => this.#strategyOf(version), fail: (invariant, detail) => this.fail(invariant, detail),
      capLimit: (key) => {
        const [funderId, capId] = key.split('/');
        return this.setting.funders.find(({ id }) => id === funderId)?.caps.find(({ id }) => id === capId)?.limit ?? 0;
      },
    });
  }

  #strategyOf(version: number): string {
    return this.#strategies.get(version) ?? 'waterfall';
  }

  #boot(): void {
    if (this.incarnation !== null) this.#reopen();
    const dice = this.dice.fork(`life ${this.deaths}`);
    const mortal = !this.closing && dice.chance(this.setting.deaths);
    const incarnation = new Incarnation({
      timeline: this.timeline, dice, database: this.database, vault: vaultOf(dice.fork('vault')), objects: this.#objectStore(),
      send: (owner, request, timeoutMs) => this.#send(owner, request, timeoutMs), log: (level, event, fields) => this.#logged(level, event, fields),
      died: () => this.#died(dice), sabotage: this.#sabotage?.service,
    }, mortal ? dice.between(10, this.setting.lifetime) : Number.POSITIVE_INFINITY);
    this.incarnation = incarnation;
    incarnation.start();
  }

  /** What the next life finds is what counts from now on, and what was acknowledged must be among it. */
  #reopen(): void {
    this.database = this.database.afterCrash(this.#sabotage?.disk?.());
    if (!this.#coldDisk) return;
    this.ledger.reload(this.database);
    for (const fact of this.facts) {
      const lost = lostFact(this.ledger, fact);
      if (lost !== null) this.fail('acknowledged_is_kept', lost);
    }
  }

  #died(dice: Dice): void {
    this.deaths += 1;
    this.trace.add(this.timeline.nowMs, 'died', `${this.deaths}`);
    this.timeline.after(dice.chance(0.2) ? dice.between(5_000, 60_000) : dice.between(1, 2_000), () => this.#boot());
  }

  #logged(level: string, event: string, fields: object): void {
    this.trace.add(this.timeline.nowMs, level, `${event} ${JSON.stringify(fields)}`);
    if (event === 'effect.failed' || event === 'timer.failed' || event === 'http.failed') this.fail('no_internal_error', `${event} ${JSON.stringify(fields)}`);
  }

  async #send(owner: Incarnation, request: OutboundRequest, timeoutMs: number): Promise<SendOutcome> {
    const host = request.url.split('/')[2]!;
    const peer = this.#peers.get(host);
    if (peer === undefined) return { kind: 'refused', why: 'dns' };
    this.trace.add(this.timeline.nowMs, 'request', `${request.method} ${request.url} ${String(request.body)}`);
    if (peer.corruptible) this.#wire.leaves(`fnd_${host.split('.')[0]}`, request);
    else this.#wire.leavesThin(request);
    const outcome = await this.network.send(owner, request, timeoutMs, peer);
    this.trace.add(this.timeline.nowMs, 'outcome', outcome.kind === 'response' ? `${outcome.response.status} ${decoder.decode(outcome.response.body)}` : `${outcome.kind} ${outcome.why}`);
    return this.#sabotage?.outcome?.(request, outcome) ?? outcome;
  }

  #call(from: string, ask: Ask): Promise<Reply | null> {
    const receive = async (): Promise<Reply | null> => {
      const reply = await this.ask(ask).catch(() => null);
      this.trace.add(this.timeline.nowMs, 'served', `${ask.method} ${ask.path} ${reply === null ? 'nobody' : `${reply.status} ${reply.text}`}`);
      return reply;
    };
    return this.network.call(from, receive, CALL_TIMEOUT_MS);
  }

  #addFunder(id: string): void {
    const callsBack = this.setting.funders.find((funder) => funder.id === id)!.adapter !== 'sim-mute';
    const host = `${id.slice(4)}.sim`;
    const funder = new SimFunder(id, funderSecret(id), this.setting.tempers.get(id)!, {
      timeline: this.timeline, dice: this.dice.fork(id), callsBack, holds: (order) => this.#wire.holds(id, order), lends: (order) => this.#wire.lends(id, order),
      announce: async ({ url, headers, body }) => {
        const reply = await this.#call(host, { method: 'POST', path: url.slice(PUBLIC_URL.length), headers, body });
        return reply?.status === 200;
      },
    });
    this.#funders.set(id, funder);
    this.#peers.set(host, { host, corruptible: true, answer: (request) => funder.handle(request), onWay: (request, change) => this.#wire.onWay(request, change) });
  }

  #addReceiver(): void {
    const dice = this.dice.fork('receiver');
    const host = HOOK_URL.split('/')[2]!;
    const reply = (status: number): OutboundResponse => ({ status, headers: {}, body: new Uint8Array(0) });
    this.#peers.set(host, {
      host, corruptible: false,
      answer: ({ headers, body }) => {
        const id = headers['webhook-id'] ?? '';
        const known = this.#heard.get(id);
        if (known !== undefined && known !== body) this.fail('delivered_or_dead', `${id} came with two bodies`);
        this.#heard.set(id, String(body));
        if (!this.closing && dice.chance(this.setting.hookFails)) return reply(dice.pick([500, 503, 404, 302]));
        this.received.set(id, String(body));
        return reply(204);
      },
    });
  }

  async #startBorrower(number: number): Promise<void> {
    const dice = this.dice.fork(`borrower ${number}`);
    await liveBorrower({
      dice, fickle: this.setting.fickle, keys: this.#keys, nowMs: () => this.timeline.nowMs, open: () => !this.closing, sleep: (ms) => this.timeline.sleep(ms), call: (ask) => this.#call(`borrower ${number}`, ask),
      fail: (invariant, detail) => this.fail(invariant, detail), clicked: (clickId) => void this.#reportClick(clickId, dice), acknowledged: (fact) => this.#acknowledged(fact),
    }, number);
  }

  #acknowledged(fact: Fact): void {
    this.facts.push(fact);
    if (fact.kind === 'created') this.#secrets.set(fact.applicationId, fact.secrets);
    const lost = lostFact(this.ledger, fact);
    if (lost !== null) this.fail('acknowledged_is_kept', lost);
  }

  /** The partner reports a lead, perhaps twice, perhaps with a wrong signature before, until it is heard. */
  async #reportClick(clickId: string, dice: Dice): Promise<void> {
    const secret = sandboxPartnerSecret(vaultOf(createDice(0, 'partner')));
    const event = `${clickId}-${dice.int(2)}`;
    const kind = dice.pick(['lead', 'sale']);
    for (let attempt = 1; attempt <= 4 && !this.closing; attempt += 1) {
      await this.timeline.sleep(dice.between(200, 4_000));
      const body = JSON.stringify({ event_id: event, click_id: clickId, kind, at: new Date(this.timeline.nowMs).toISOString() });
      const timestamp = String(Math.floor(this.timeline.nowMs / 1_000));
      const signature = createHmac('sha256', dice.chance(0.1) ? 'forged' : secret).update(`${timestamp}.${body}`).digest('hex');
      const reply = await this.#call('partner', { method: 'POST', path: `/v1/postbacks/${SANDBOX_PARTNER}`, headers: { 'x-timestamp': timestamp, 'x-signature': signature }, body });
      if (reply?.status === 200 && dice.chance(0.7)) return;
    }
  }

  /** Operators pause and resume funders, change the policy under way, and look at what screening set aside or refused. */
  async #operate(dice: Dice): Promise<void> {
    for (;;) {
      await this.timeline.sleep(dice.between(2_000, 20_000));
      if (this.closing) return;
      const { incarnation } = this;
      if (incarnation === null || !incarnation.alive) continue;
      const { service } = incarnation;
      // Whether a call of theirs ends is nobody's concern: the service may die over it.
      void this.#review(service, dice).catch(() => undefined);
      const funder = dice.pick(this.setting.funders);
      const policy = makePolicy(dice, dice.pick(['waterfall', 'wave', 'rate_table']));
      const toPolicy = dice.chance(0.4);
      const paused = dice.chance(0.5);
      this.trace.add(this.timeline.nowMs, 'operator', toPolicy ? policy.strategy : `${funder.id} ${paused ? 'paused' : 'live'}`);
      await service.deps.commit((tx) => (toPolicy ? this.#put(tx, 'policy', policy) : this.#put(tx, 'funder', { ...funder, status: paused ? 'paused' : 'live' }))).then(() => service.desk.reload(), () => undefined);
    }
  }

  async #review({ deps }: Service, dice: Dice): Promise<void> {
    const aside = [...this.ledger.rows('applications').values()].filter(({ state }) => state === 'screening' || state === 'refused');
    if (aside.length === 0 || dice.chance(0.5)) return;
    const { id } = dice.pick(aside);
    this.trace.add(this.timeline.nowMs, 'operator', `looks at ${id}`);
    if (dice.chance(0.8)) await releaseApplication(deps, 'sim', id);
    else await refuseApplication(deps, 'sim', id, 'looked at');
  }

  /** Hosts fall off the network for a while; now and then the whole machine sleeps for hours. */
  async #weather(dice: Dice): Promise<void> {
    for (;;) {
      await this.timeline.sleep(dice.between(3_000, 40_000));
      if (this.closing) return;
      if (dice.chance(0.7)) this.network.cutOff(dice.pick([...this.#peers.keys()]), dice.between(500, 20_000));
      else if (dice.chance(0.4) && this.network.travelling === 0) this.timeline.nowMs += dice.between(60_000, 4 * 3_600_000);
    }
  }

  #put(tx: Store, kind: DeskRecordKind, record: { readonly id: string } & Readonly<Record<string, unknown>>): void {
    const version = (tx.desk.record(kind, record.id)?.version ?? 0) + 1;
    if (kind === 'policy') this.#strategies.set(version, (record as Policy).strategy);
    tx.desk.insertRecord({ kind, id: record.id, version, body: JSON.stringify(record), retired: false, createdAtMs: this.timeline.nowMs, author: 'sim', approver: null });
  }

  #objectStore() {
    const objects = this.#objects;
    return {
      put: async (key: string, bytes: Uint8Array) => void objects.set(key, bytes),
      get: async (key: string) => objects.get(key) ?? null,
      delete: async (key: string) => void objects.delete(key),
    };
  }
}

const decoder = new TextDecoder();

/** What was acknowledged and is not so; null when it is. */
export function lostFact(ledger: Ledger, fact: Fact): string | null {
  const application = ledger.get('applications', fact.applicationId);
  if (application === undefined) return `${fact.applicationId} was ${fact.kind} and does not exist`;
  switch (fact.kind) {
    case 'created':
      return null;
    case 'accepted':
      return ledger.of('loans', fact.applicationId).length === 1 ? null : `${fact.applicationId} was accepted and has no loan`;
    case 'withdrawn':
      return application.state === 'withdrawn' || application.state === 'erased' ? null : `${fact.applicationId} was withdrawn and is ${application.state}`;
    case 'erased':
      return application.state === 'erased' ? null : `${fact.applicationId} was erased and is ${application.state}`;
    case 'consent_withdrawn': {
      const entity = `${fact.recipient.slice(4)} ltd`;
      const live = ledger.of('consents', fact.applicationId).some((row) => row.legalEntity === entity && row.withdrawnAtMs === null && row.agreedAtMs <= fact.sentAtMs);
      return live ? `${fact.applicationId} has a live consent to ${entity} again` : null;
    }
  }
}

function requestOf({ method, path, headers, body }: Ask): Request {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Request(`${PUBLIC_URL}${path}`, { method, headers: { ...headers, ...length }, ...(body === undefined ? {} : { body }) });
}

export { SANDBOX_CHANNEL };
