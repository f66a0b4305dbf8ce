/** The people at the desk: they set a seed's world up, pause and resume funders, change the policy under way, and look at what was set aside. */
import type { DeskRecordKind } from '../../src/domain/desk.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { refuseApplication, releaseApplication } from '../../src/flow/desk/review-application.ts';
import type { Service } from '../../src/runtime/instance.ts';
import type { Store } from '../../src/store/index.ts';
import type { Dice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import { HOOK_URL, makePolicy, type Setting } from './setting.ts';
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
  readonly #strategies = new Map<number, Policy['strategy']>();

  constructor(world: DeskWorld) {
    this.#world = world;
  }

  /** The strategy that this version of the policy says. */
  strategyOf(version: number): string {
    return this.#strategies.get(version) ?? 'waterfall';
  }

  /** What stands before the first life. */
  setUp(tx: Store): void {
    const { funders, policy, hookTypes } = this.#world.setting;
    for (const funder of funders) this.#put(tx, 'funder', funder);
    this.#put(tx, 'policy', policy);
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

  async #change({ deps, desk }: Service): Promise<void> {
    const { dice, setting, timeline, trace } = this.#world;
    const funder = dice.pick(setting.funders);
    const policy = makePolicy(dice, dice.pick(['waterfall', 'wave', 'rate_table']));
    const toPolicy = dice.chance(0.4);
    const status = dice.chance(0.5) ? 'paused' : 'live';
    trace.add(timeline.nowMs, 'operator', toPolicy ? policy.strategy : `${funder.id} ${status}`);
    await deps.commit((tx) => (toPolicy ? this.#put(tx, 'policy', policy) : this.#put(tx, 'funder', { ...funder, status })));
    desk.reload();
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
    if (kind === 'policy') this.#strategies.set(version, record['strategy'] as Policy['strategy']);
    const entry = { kind, id: record.id, version, body: JSON.stringify(record), retired: false, author: 'sim', approver: null };
    tx.desk.insertRecord({ ...entry, createdAtMs: this.#world.timeline.nowMs });
  }
}
