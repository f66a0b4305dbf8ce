/** Everything a flow may use of the world, handed in by `runtime/`. */
import type { FunderAdapter } from '../../adapters/contract.ts';
import type { Clock } from '../ports/clock.ts';
import type { Desk } from '../ports/desk.ts';
import type { Images } from '../ports/images.ts';
import type { Log } from '../ports/log.ts';
import type { Messages } from '../ports/messages.ts';
import type { Objects } from '../ports/objects.ts';
import type { Passwords } from '../ports/passwords.ts';
import type { Random } from '../ports/random.ts';
import type { Signals } from '../ports/signals.ts';
import type { Sso } from '../ports/sso.ts';
import type { Transport } from '../ports/transport.ts';
import type { Vault } from '../ports/vault.ts';
import type { Lines } from '../dispatch/lines.ts';
import type { Commit } from '../store/group-commit.ts';
import type { Store } from '../store/index.ts';
import type { Effect } from './effects.ts';
import type { Away } from './cells/away.ts';
import type { Cells } from './cells/cells.ts';
import type { Learnt } from './learnt.ts';
import type { Pricing } from './price-volume.ts';
import type { Simulations } from './desk/simulate-policy.ts';
import type { OpenKeys } from './open-keys.ts';

export interface Deps {
  readonly cell: number;
  readonly mode: 'sandbox' | 'live';
  /** Origin under which the world reaches us, without a trailing slash. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  /** For reading. Writes go through `commit`. */
  readonly store: Store;
  readonly commit: Commit;
  readonly vault: Vault;
  readonly keys: OpenKeys;
  readonly transport: Transport;
  readonly objects: Objects;
  readonly images: Images;
  readonly messages: Messages;
  readonly passwords: Passwords;
  /** Null: operators sign in by password alone. */
  readonly sso: Sso | null;
  readonly desk: Desk;
  /** The desk and the other cells, where they are elsewhere. */
  readonly away: Away | null;
  /** At the desk of many cells: these. */
  readonly cells: Cells | null;
  readonly signals: Signals;
  readonly log: Log;
  readonly adapters: ReadonlyMap<string, FunderAdapter>;
  /** Breaker, bulkhead and latency of each funder, in memory. */
  readonly lines: Lines;
  /** Keys of cap windows of which the desk has nothing left to lend; a hint for planning, in memory. */
  readonly exhausted: Set<string>;
  /** Blind indexes of phones whose every application begins with a clean slate: the magic phones of the sandbox; none in live mode. */
  readonly cleanSlate: ReadonlySet<string>;
  /** Whether anybody was ever erased here, so that tombstones need be looked for. */
  readonly tombstones: { any(): boolean; added(): void };
  /** What-if simulations under way and lately ended. */
  readonly simulations: Simulations;
  /** Makes what was overwritten unreadable on disk too (write-ahead log); called after an erasure. */
  readonly scrub: () => void;
  /** What the learner knows, ahead of the snapshot it saved last; in memory. */
  readonly learner: { now: Learnt; savedCursor: number; savedAtMs: number };
  /** Puts what was newly learnt into use. */
  readonly publishLearnt: (learnt: Learnt) => void;
  /** Puts new prices of volume into use. */
  readonly publishPrices: (pricing: Pick<Pricing, 'prices' | 'targets'>) => void;
  /** Puts into use what the desk has come to hold; called after the commit of a change. */
  readonly reloadDesk: () => void;
  /** Carries out an effect after its commit. Never rejects. */
  readonly act: (effect: Effect) => void;
  /** Says that a timer is due at this time, so that the drain wakes for it. */
  readonly wakeAt: (dueAtMs: number) => void;
}
