/** Faults put in on purpose, through the wiring and never in the code: each is a mistake that the simulator must find. */
import type { OutboundRequest, SendOutcome } from '../../src/ports/transport.ts';
import type { Service } from '../../src/runtime/instance.ts';
import type { SimDatabase } from './database.ts';

export interface Sabotage {
  /** Changes the wiring of each new life. */
  readonly service?: (service: Service) => void;
  /** Changes what the service is told of a request. */
  readonly outcome?: (request: OutboundRequest, outcome: SendOutcome) => SendOutcome;
  /** What is left of the disk after a crash. */
  readonly disk?: (database: SimDatabase) => Buffer;
}
