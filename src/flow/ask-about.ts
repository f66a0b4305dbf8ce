/** The calls that hand a funder nothing but an order's reference: where it stands, what its plan is, that it shall be forgotten. */
import type { RefCall } from '../../adapters/contract.ts';
import type { Capability, CallResult } from '../dispatch/lines.ts';
import { refOf } from './ask-funder.ts';
import type { Deps } from './deps.ts';
import type { Parties } from './parties.ts';

export function askAbout<A>(
  deps: Deps,
  { funder, attempt, ctx }: Pick<Parties, 'funder' | 'attempt' | 'ctx'>,
  capability: Capability,
  call: RefCall<A>,
): Promise<CallResult<A>> {
  return deps.lines.of(funder).call<A>({
    capability,
    request: call.build(ctx, refOf(attempt)),
    read: (response) => call.read(ctx, response),
    timeoutMs: funder.timeouts.query_ms,
  });
}
