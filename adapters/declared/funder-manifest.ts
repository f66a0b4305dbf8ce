/** One more legal entity behind a protocol that is there already: its desk record, with the protocol's name and without the switch. */
import { z } from 'zod';
import { Funder } from '../../src/domain/funder.ts';

const { adapter, status, ...identity } = Funder.shape;

/** `status`: paused unless told otherwise, because its secrets come after it. */
export const FunderManifest = z.strictObject({ kind: z.literal('funder'), protocol: adapter, status: status.default('paused'), ...identity });
export type FunderManifest = z.infer<typeof FunderManifest>;

/** The record that two people put in force. */
export function funderRecord({ kind: _kind, protocol, ...rest }: FunderManifest): Funder {
  return { ...rest, adapter: protocol };
}
