/**
 * One seed's world put together: timeline, network, disk, funders, receiver, partner, borrowers, operators, and the service that lives and dies in it.
 * Every commit and every message passes the checks on its way.
 */
import type { Policy } from '../../src/domain/policy.ts';
import type { OutboundRequest, SendOutcome } from '../../src/ports/transport.ts';
import { sandboxKeys } from '../../src/runtime/sandbox-seed.ts';
import { createStore } from '../../src/store/index.ts';
import { liveBorrower } from './borrower.ts';
import { requestOf, type Ask } from './borrower-world.ts';
import { checkCommit } from './checks.ts';
import { createReceiver, reportClick, type Receiver } from './counterparts.ts';
import { openColdDisk, openObjects, openWarmDisk, type SimDatabase } from './database.ts';
import { createDice, type Dice } from './dice.ts';
import { lostFact, type Fact } from './facts.ts';
import { LINK_MARK, SimFunder } from './funder.ts';
import { Incarnation } from './incarnation.ts';
import type { Invariant } from './invariants.ts';
import { Ledger } from './ledger.ts';
import { Network, toldOf, type Peer, type Reply } from './network.ts';
import { Operators } from './operators.ts';
import type { Sabotage } from './mutation.ts';
import { drawSetting, funderSecret, PUBLIC_URL, START_MS, type Mix, type Setting } from './setting.ts';
import { templateBytes, vaultOf } from './template.ts';
import { Timeline } from './timeline.ts';
import { Trace } from './trace.ts';
import type { Note, Rows } from './watched.ts';
import { createWireChecks, type WireChecks } from './wire-checks.ts';

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
  readonly atMs: number;
}

export interface WorldOptions {
  readonly keepTrace: boolean;
  readonly coldDisk: boolean;
  readonly sabotage: Sabotage | null;
  readonly mix: Mix | null;
}

const CALL_TIMEOUT_MS = 10_000;
export class World {
  readonly dice: Dice;
  readonly setting: Setting;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly network: Network;
  readonly ledger = new Ledger();
  readonly facts: Fact[] = [];
  readonly operators: Operators;
  readonly receiver: Receiver;
  violation: Violation | null = null;
  database: SimDatabase;
  incarnation: Incarnation | null = null;
  /** Once true nobody begins anything new, and nothing dies or fails any more. */
  closing = false;
  deaths = 0;
  readonly #funders = new Map<string, SimFunder>();
  readonly #peers = new Map<string, Peer>();
  readonly #wire: WireChecks;
  readonly #objects = openObjects();
  readonly #secrets = new Map<string, readonly string[]>();
  readonly #cards = new Map<string, readonly string[]>();
  readonly #sabotage: Sabotage | null;
  readonly #coldDisk: boolean;
  readonly #keys = sandboxKeys(vaultOf(createDice(0, 'keys')));

  constructor(seed: number, options: WorldOptions) {
    this.dice = createDice(seed);
    this.setting = drawSetting(this.dice.fork('setting'), options.mix);
    this.timeline = new Timeline(START_MS, this.dice.fork('ties'));
    this.trace = new Trace(options.keepTrace);
    this.network = new Network(this.timeline, this.dice.fork('network'), this.trace, this.setting.noise);
    this.#sabotage = options.sabotage;
    this.#coldDisk = options.coldDisk;
    this.operators = new Operators({
      dice: this.dice.fork('operators'),
      setting: this.setting,
      timeline: this.timeline,
      trace: this.trace,
      ledger: this.ledger,
      open: () => !this.closing,
      service: () => (this.incarnation?.alive === true ? this.incarnation.service : null),
    });
    const hookFails = (): number => (this.closing ? 0 : this.setting.hookFails);
    this.receiver = createReceiver(this.dice.fork('receiver'), hookFails, (invariant, detail) => this.fail(invariant, detail));
    this.#wire = createWireChecks({
      ledger: this.ledger,
      funders: this.#funders,
      records: new Map(this.setting.funders.map((funder) => [funder.id, funder])),
      strategyOf: (plan) => this.#strategyOf(plan),
      secretsOf: (id) => this.#secrets.get(id) ?? [],
      cardsOf: (id) => this.#cards.get(id) ?? [],
      fail: (invariant, detail) => this.fail(invariant, detail),
    });
    const open = options.coldDisk ? openColdDisk : openWarmDisk;
    this.database = open(templateBytes(), (notes) => this.#committed(notes));
    this.operators.setUp(createStore(this.database.db));
    for (const funder of this.setting.funders) this.#addFunder(funder.id);
    this.#peers.set(this.receiver.host, this.receiver);
  }

  /** First life, and everybody's start. */
  begin(): void {
    this.#boot();
    for (let number = 1; number <= this.setting.borrowers; number += 1) void this.#startBorrower(number);
    void this.operators.work();
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

  funder(id: string): SimFunder {
    return this.#funders.get(id)!;
  }

  /** A request straight to the service, past the network; null when it is down. */
  async ask(ask: Ask): Promise<Reply | null> {
    const reply = (await this.incarnation?.handle(requestOf(ask))) ?? null;
    if (reply?.text.includes(LINK_MARK) === true) this.fail('links_stay_hidden', `${ask.method} ${ask.path} tells a link of a funder`);
    return reply;
  }

  dispose(): void {
    this.database.close();
  }

  #committed(notes: readonly Note[]): void {
    const changes = this.ledger.apply(notes);
    this.#sabotage?.committed?.(this.database);
    for (const { table, after } of changes) {
      if (table === 'events') this.#happened(JSON.stringify(after));
      else if (table === 'attempts' && this.trace.keeps) this.trace.add(this.timeline.nowMs, 'attempt', JSON.stringify(after));
    }
    checkCommit({
      changes,
      ledger: this.ledger,
      strategyOf: (plan) => this.#strategyOf(plan),
      fail: (invariant, detail) => this.fail(invariant, detail),
      nowMs: this.timeline.nowMs,
      weightOf: (applicationId, funderId) => this.#weightOf(applicationId, funderId),
      capLimit: (key) => {
        const [funderId, capId] = key.split('/');
        return this.setting.funders.find(({ id }) => id === funderId)?.caps.find(({ id }) => id === capId)?.limit ?? 0;
      },
    });
  }

  #strategyOf({ policyId, policyVersion }: Rows['plans']): string {
    const record = createStore(this.database.db).desk.recordVersion('policy', policyId!, policyVersion);
    return record === undefined ? 'waterfall' : (JSON.parse(record.body) as Policy).strategy;
  }

  #weightOf(applicationId: string, funderId: string): number {
    const desk = this.incarnation?.service.desk.snapshot();
    const own = desk?.policies.get(this.ledger.get('applications', applicationId)?.policyId ?? '')?.policy ?? desk?.policy;
    return own?.weights[funderId] ?? 1;
  }

  #happened(event: string): void {
    this.trace.add(this.timeline.nowMs, 'event', event);
    if (event.includes(LINK_MARK)) this.fail('links_stay_hidden', event);
  }

  #boot(): void {
    if (this.incarnation !== null) this.#reopen();
    const dice = this.dice.fork(`life ${this.deaths}`);
    const mortal = !this.closing && dice.chance(this.setting.deaths);
    const incarnation = new Incarnation(
      {
        timeline: this.timeline,
        dice,
        database: this.database,
        vault: vaultOf(dice.fork('vault')),
        objects: this.#objects,
        send: (owner, request, timeoutMs) => this.#send(owner, request, timeoutMs),
        log: (level, event, fields) => this.#logged(level, event, fields),
        died: () => this.#died(dice),
        sabotage: this.#sabotage?.service,
      },
      mortal ? dice.between(10, this.setting.lifetime) : Number.POSITIVE_INFINITY,
    );
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
    const text = JSON.stringify(fields);
    this.trace.add(this.timeline.nowMs, level, `${event} ${text}`);
    if (text.includes(LINK_MARK)) this.fail('links_stay_hidden', `${event} ${text}`);
    if (event === 'effect.failed' || event === 'timer.failed' || event === 'http.failed') this.fail('no_internal_error', `${event} ${text}`);
  }

  async #send(owner: Incarnation, request: OutboundRequest, timeoutMs: number): Promise<SendOutcome> {
    const host = request.url.split('/')[2]!;
    const peer = this.#peers.get(host);
    if (peer === undefined) return { kind: 'refused', why: 'dns' };
    this.trace.add(this.timeline.nowMs, 'request', `${request.method} ${request.url} ${String(request.body)}`);
    if (peer.corruptible) this.#wire.leaves(`fnd_${host.split('.')[0]}`, request);
    else this.#wire.leavesThin(request);
    const outcome = await this.network.send(owner, request, timeoutMs, peer);
    this.trace.add(this.timeline.nowMs, 'outcome', toldOf(outcome));
    this.#wire.heard(request, outcome);
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
    const { adapter } = this.setting.funders.find((funder) => funder.id === id)!;
    const host = `${id.slice(4)}.sim`;
    const funder = new SimFunder(id, funderSecret(id), this.setting.tempers.get(id)!, {
      timeline: this.timeline,
      dice: this.dice.fork(id),
      callsBack: adapter !== 'sim-mute',
      whole: adapter === 'sim-whole',
      traits: this.setting.traits.get(id)!,
      holds: (order) => this.#wire.holds(id, order),
      lends: (order) => this.#wire.lends(id, order),
      announce: async ({ url, headers, body }) => {
        const reply = await this.#call(host, { method: 'POST', path: url.slice(PUBLIC_URL.length), headers, body });
        return reply?.status === 200;
      },
    });
    this.#funders.set(id, funder);
    this.#peers.set(host, {
      host,
      corruptible: true,
      answer: (request) => funder.handle(request),
      onWay: (request, change) => this.#wire.onWay(request, change),
    });
  }

  async #startBorrower(number: number): Promise<void> {
    const dice = this.dice.fork(`borrower ${number}`);
    await liveBorrower(
      {
        dice,
        fickle: this.setting.fickle,
        patience: this.setting.patience,
        funderIds: this.setting.funders.map(({ id }) => id),
        visit: (url, agrees) => this.#funders.get(`fnd_${url.split('/')[2]!.split('.')[0]}`)?.visit(url, agrees),
        keys: this.#keys,
        nowMs: () => this.timeline.nowMs,
        open: () => !this.closing,
        sleep: (ms) => this.timeline.sleep(ms),
        call: (ask) => this.#call(`borrower ${number}`, ask),
        fail: (invariant, detail) => this.fail(invariant, detail),
        clicked: (clickId) =>
          void reportClick({ dice, timeline: this.timeline, open: () => !this.closing, call: (ask) => this.#call('partner', ask) }, clickId),
        acknowledged: (fact) => this.#acknowledged(fact),
      },
      number,
    );
  }

  #acknowledged(fact: Fact): void {
    this.facts.push(fact);
    if (fact.kind === 'created') {
      this.#secrets.set(fact.applicationId, [...fact.secrets, ...fact.cards]);
      this.#cards.set(fact.applicationId, fact.cards);
    }
    const lost = lostFact(this.ledger, fact);
    if (lost !== null) this.fail('acknowledged_is_kept', lost);
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
}
