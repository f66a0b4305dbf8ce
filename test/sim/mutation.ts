/** What a planted mistake is: what it does to the wiring, and which invariants have to find it. */
import type { Deps } from '../../src/flow/deps.ts';
import type { OutboundRequest, SendOutcome } from '../../src/ports/transport.ts';
import type { Service } from '../../src/runtime/instance.ts';
import type { SimDatabase } from './database.ts';
import type { Invariant } from './invariants.ts';
import type { Mix } from './setting.ts';

export interface Sabotage {
  /** Changes the wiring of each new life. */
  readonly service?: (service: Service) => void;
  /** Changes what the service is told of a request. */
  readonly outcome?: (request: OutboundRequest, outcome: SendOutcome) => SendOutcome;
  /** Called after each commit. */
  readonly committed?: (database: SimDatabase) => void;
  /** What is left of the disk after a crash. */
  readonly disk?: () => Buffer | undefined;
}

export interface Mutation {
  readonly what: string;
  readonly caughtBy: readonly Invariant[];
  /** What it breaks as well and was not planted for: a seed that finds only this does not count. */
  readonly breaksBeside?: readonly Invariant[];
  readonly make: () => Sabotage;
  readonly coldDisk?: boolean;
  /** Where it would be long in coming otherwise: the only mix of funders to look in. */
  readonly mix?: Mix;
  /** A seed shortly before one that shows it: the search begins there. Out of date, it costs time alone. */
  readonly from?: number;
}

type Mutable = { -readonly [K in keyof Deps]: Deps[K] };

/** Deps are one object that every flow holds, so a member put in here is what all of them see. */
export function replace<K extends keyof Deps>(deps: Deps, name: K, value: Deps[K]): void {
  (deps as Mutable)[name] = value;
}
