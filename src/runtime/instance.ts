/** Wires the rooms into one service from what a host gives. The same for Node, the simulator and the tests; it knows no host itself. */
import type { FunderAdapter } from '../../adapters/contract.ts';
import { createLines } from '../dispatch/lines.ts';
import { createActor } from '../flow/act.ts';
import type { Deps } from '../flow/deps.ts';
import type { Away } from '../flow/cells/away.ts';
import type { Cells } from '../flow/cells/cells.ts';
import { trafficOfCells } from '../flow/cells/traffic-of-cells.ts';
import { borrowFromDesk } from '../flow/cells/hold-quota.ts';
import { createDrain, type Drain, type Role } from '../flow/drain-timers.ts';
import { trafficHere } from '../flow/desk/read-traffic.ts';
import { replayTraffic } from '../flow/desk/replay-traffic.ts';
import { createSimulations } from '../flow/desk/simulate-policy.ts';
import { loadLearnt } from '../flow/learnt.ts';
import { nextTurn } from '../flow/next-turn.ts';
import { loadPricing } from '../flow/price-volume.ts';
import { createOpenKeys } from '../flow/open-keys.ts';
import type { Clock } from '../ports/clock.ts';
import type { Images } from '../ports/images.ts';
import type { Log } from '../ports/log.ts';
import type { Messages } from '../ports/messages.ts';
import type { Objects } from '../ports/objects.ts';
import type { Passwords } from '../ports/passwords.ts';
import type { Random } from '../ports/random.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { Sso } from '../ports/sso.ts';
import type { Transport } from '../ports/transport.ts';
import type { Vault } from '../ports/vault.ts';
import type { Database } from '../store/database.ts';
import { createGroupCommit, type Transact } from '../store/group-commit.ts';
import { createStore, type Store } from '../store/index.ts';
import { createLocalDesk, type LocalDesk } from './local-desk.ts';
import { scryptPasswords } from './passwords.ts';
import { createSignals } from './signals.ts';

export interface Host {
  readonly cell: number;
  /** `whole` when absent: cell and desk in one. */
  readonly role?: Role;
  /** A cell's way to the desk and to the others. */
  readonly away?: Away;
  /** The desk's way to its cells. */
  readonly cells?: Cells;
  readonly mode: 'sandbox' | 'live';
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly db: Database;
  readonly transact: Transact;
  readonly vault: Vault;
  readonly transport: Transport;
  readonly objects: Objects;
  readonly images: Images;
  readonly messages: Messages;
  /** At the usual cost when left out. */
  readonly passwords?: Passwords;
  readonly sso?: Sso | null;
  readonly log: Log;
  readonly adapters: ReadonlyMap<string, FunderAdapter>;
  readonly scrub: () => void;
  /** Where simulations run. Left out: here, a page of applications between two turns of other work. */
  readonly simulator?: Simulator;
  /** Most closures in one transaction. */
  readonly maxGroup?: number;
  /** The disk failed: stop the process. */
  readonly onDiskFailure: (error: unknown) => void;
}

/** Applications of a simulation between two turns of other work. */
const PAGE_HERE = 100;

export interface Service {
  readonly deps: Deps;
  readonly desk: LocalDesk;
  readonly drain: Drain;
  /** Effects under way. */
  readonly busy: () => number;
  start(): Promise<void>;
  /** Stops taking up timers and waits for what runs. */
  stop(): Promise<void>;
}

export function createService(host: Host): Service {
  const store = createStore(host.db);
  // Another life may have gone before on this database.
  store.written.clear();
  const commit = createGroupCommit({
    store,
    transact: host.transact,
    defer: (run) => host.clock.defer(run),
    onDiskFailure: host.onDiskFailure,
    onRollback: () => store.written.clear(),
    ...(host.maxGroup === undefined ? {} : { maxGroup: host.maxGroup }),
  });
  const learnt = loadLearnt(store, host.log);
  const desk = createLocalDesk({ store, commit, vault: host.vault, nowMs: () => host.clock.nowMs(), learnt });
  desk.publishPrices(loadPricing({ desk, store }));
  const actor = createActor(() => deps);
  const drain = createDrain(() => deps, host.role);
  const deps: Deps = {
    cell: host.cell,
    mode: host.mode,
    publicUrl: host.publicUrl.replace(/\/$/, ''),
    clock: host.clock,
    random: host.random,
    store,
    commit,
    vault: host.vault,
    keys: createOpenKeys(host.vault),
    transport: host.transport,
    objects: host.objects,
    images: host.images,
    messages: host.messages,
    passwords: host.passwords ?? scryptPasswords((count) => host.random.bytes(count)),
    sso: host.sso ?? null,
    // Of a copy everything may be read; quota alone is the desk's own to lend.
    desk: host.role === 'cell' ? { ...desk, lendCap: (key, limit, want) => borrowFromDesk(deps, key, limit, want) } : desk,
    away: host.away ?? null,
    cells: host.cells ?? null,
    signals: createSignals(),
    log: host.log,
    adapters: host.adapters,
    lines: createLines(host),
    exhausted: new Set(),
    tombstones: tombstoneFlag(store.applications.anyTombstone()),
    simulations: createSimulations(host.simulator ?? simulatorHere(host, store), host.clock.nowMs()),
    cleanSlate: host.mode === 'sandbox' ? magicPhones(host.vault) : new Set(),
    scrub: host.scrub,
    learner: { now: learnt, savedCursor: learnt.cursor, savedAtMs: host.clock.nowMs() },
    publishLearnt: (next) => desk.publishLearnt(next),
    publishPrices: (pricing) => desk.publishPrices(pricing),
    reloadDesk: () => desk.reload(),
    act: (effect) => actor.act(effect),
    wakeAt: (dueAtMs) => drain.wakeAt(dueAtMs),
  };
  return {
    deps,
    desk,
    drain,
    busy: () => actor.running,
    start: () => drain.start(),
    async stop() {
      await drain.stop();
      await actor.idle();
    },
  };
}

/** With keys of its own, so that past borrowers do not push those being served out of memory. */
function simulatorHere({ clock, vault, cells }: Host, store: Store): Simulator {
  const pause = (): Promise<void> => nextTurn(clock);
  const traffic = cells === undefined ? trafficHere(store, PAGE_HERE) : trafficOfCells(cells, clock);
  return { run: (job, onProgress) => replayTraffic({ store, traffic, keys: createOpenKeys(vault, 64), onProgress, pause }, job) };
}

function tombstoneFlag(present: boolean): { any(): boolean; added(): void } {
  let any = present;
  return {
    any: () => any,
    added: () => {
      any = true;
    },
  };
}

/** Magic phones of the sandbox are applied with again and again: for them there is no history. */
function magicPhones(vault: Vault): ReadonlySet<string> {
  return new Set([1, 2, 3, 4, 5, 6, 7, 8].map((digit) => vault.blindIndex('phone', `1380000000${digit}`)));
}
