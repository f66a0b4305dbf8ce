/** The people at the desk: they set a seed's world up, pause and resume funders, change policies under way, schedule that and take it back, and look at what was set aside. */
import type { DeskRecordKind } from '../../src/domain/desk.ts';
import { approveChange, withdrawChange } from '../../src/flow/desk/decide-change.ts';
import { proposeChange, type ChangeView } from '../../src/flow/desk/propose-change.ts';
import { rollBackPolicy } from '../../src/flow/desk/roll-back-policy.ts';
import { refuseApplication, releaseApplication } from '../../src/flow/desk/review-application.ts';
import type { Service } from '../../src/runtime/instance.ts';
import type { Store } from '../../src/store/index.ts';
import type { Dice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import { HOOK_URL, makePolicy, POLICY_IDS, STRATEGIES, type Setting } from './setting.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

export interface DeskWorld {
  readonly dice: Dice;
  readonly setting: Setting;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly ledger: Ledger;
  readonly open: () => boolean;
  /** The service, while there is one. */
  readonly service: () => Service | null;
}

type Record = { readonly id: string } & { readonly [member: string]: unknown };

export class Operators {
  readonly #world: DeskWorld;

  constructor(world: DeskWorld) {
    this.#world = world;
  }

  /** What stands before the first life. */
  setUp(tx: Store): void {
    const { funders, policy, challenger, challengerShare, hookTypes } = this.#world.setting;
    for (const funder of funders) this.#put(tx, 'funder', funder);
    this.#put(tx, 'policy', policy);
    this.#put(tx, 'policy', challenger);
    const arm = { policy: challenger.id, share: challengerShare };
    this.#put(tx, 'segment', { id: 'all', name: 'Everybody', rule: true, order: 1_000, champion: policy.id, challenger: arm });
    const endpoint = { id: 'ep_sim', url: HOOK_URL, types: hookTypes, channel_id: null, status: 'enabled', disabled_reason: null };
    this.#put(tx, 'webhook_endpoint', endpoint);
  }

  async work(): Promise<void> {
    const { dice, timeline, open, service } = this.#world;
    for (;;) {
      await timeline.sleep(dice.between(2_000, 20_000));
      if (!open()) return;
      const alive = service();
      if (alive === null) continue;
      // Whether a call of theirs ends is nobody's concern: the service may die over it.
      void this.#review(alive).catch(() => undefined);
      void this.#change(alive).catch(() => undefined);
    }
  }

  async #change(service: Service): Promise<void> {
    const { dice, setting, timeline, trace } = this.#world;
    if (dice.chance(0.4)) return this.#rule(service);
    const funder = dice.pick(setting.funders);
    const status = dice.chance(0.5) ? 'paused' : 'live';
    trace.add(timeline.nowMs, 'operator', `${funder.id} ${status}`);
    await service.deps.commit((tx) => this.#put(tx, 'funder', { ...funder, status }));
    service.desk.reload();
  }

  /** Two of them change a policy, at once or at a time to come, or one goes back to an older version. */
  async #rule({ deps, desk }: Service): Promise<void> {
    const { dice, setting, timeline, trace } = this.#world;
    const ids = setting.funders.map((funder) => funder.id);
    const id = dice.pick(POLICY_IDS);
    if (dice.chance(0.25)) {
      trace.add(timeline.nowMs, 'operator', `${id} back`);
      await rollBackPolicy(deps, 'sim_b', id, { toVersion: dice.between(1, 3), note: 'back' });
      return desk.reload();
    }
    const record = makePolicy(dice, dice.pick(STRATEGIES), ids, id);
    const publishAtMs = dice.chance(0.5) ? timeline.nowMs + dice.between(1_000, 60_000) : null;
    const givesUp = dice.chance(0.2);
    trace.add(timeline.nowMs, 'operator', `${id} ${record.strategy} ${publishAtMs ?? 'now'}`);
    const saved = await proposeChange(deps, 'sim_a', { kind: 'policy', id, record, note: 'change', publishAtMs }, () => undefined);
    if ('problem' in saved) return;
    await approveChange(deps, 'sim_b', saved.id, (JSON.parse(saved.body) as ChangeView).hash);
    desk.reload();
    if (publishAtMs !== null && givesUp) await withdrawChange(deps, 'sim_a', saved.id);
  }

  async #review({ deps }: Service): Promise<void> {
    const { dice, ledger, timeline, trace } = this.#world;
    const aside = [...ledger.rows('applications').values()].filter(({ state }) => state === 'screening' || state === 'refused');
    if (aside.length === 0 || dice.chance(0.5)) return;
    const { id } = dice.pick(aside);
    trace.add(timeline.nowMs, 'operator', `looks at ${id}`);
    if (dice.chance(0.8)) await releaseApplication(deps, 'sim', id);
    else await refuseApplication(deps, 'sim', id, 'looked at');
  }

  #put(tx: Store, kind: DeskRecordKind, record: Record): void {
    const version = (tx.desk.record(kind, record.id)?.version ?? 0) + 1;
    const entry = { kind, id: record.id, version, body: JSON.stringify(record), retired: false, author: 'sim', approver: null };
    tx.desk.insertRecord({ ...entry, createdAtMs: this.#world.timeline.nowMs });
  }
}
