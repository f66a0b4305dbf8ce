/**
 * The policy by which the demo's applicants go, published as an operator and an approver would, once on each server: every funder that may be asked,
 * the strict first. Nothing that is learnt, priced or drawn on the way changes it, so that equal seeds give equal funnels; all others go by the server's own.
 */
import { Policy } from '../../domain/policy.ts';
import { SANDBOX_POLICY } from '../../runtime/sandbox-seed.ts';
import type { Client, Refusal } from './client.ts';

/** What variants of applicants who go by the ladder begin with. */
export const LADDER_VARIANT = 'demo-';

const LADDER = Policy.parse({ ...SANDBOX_POLICY, id: 'pol_demo', name: 'Demo: every funder, the strict first', choice: 'all', exploration_share: 0 });
const SEGMENT = {
  id: 'demo',
  name: 'Demo applicants',
  rule: { in: [{ var: 'variant' }, [`${LADDER_VARIANT}a`, `${LADDER_VARIANT}b`]] },
  order: 0,
  champion: LADDER.id,
  challenger: null,
};

/** Does nothing where they are there already. Throws when the desk refuses them. */
export async function publishLadder(operator: Client, approver: Client): Promise<void> {
  for (const [kind, body] of [['policy', LADDER] as const, ['segment', SEGMENT] as const]) {
    const there = await operator.call('GET', `/v1/desk/records/${kind}/${body.id}`);
    if (there.ok) continue;
    const proposed = await operator.call('POST', '/v1/desk/changes', { kind, id: body.id, note: 'for reproducible demos', body });
    if (!proposed.ok) throw refused(proposed);
    const { id, hash } = proposed.body as { readonly id: string; readonly hash: string };
    const approved = await approver.call('POST', `/v1/desk/changes/${id}/approve`, { hash });
    if (!approved.ok) throw refused(approved);
  }
}

function refused({ status, code, faults }: Refusal): Error {
  return new Error(`the desk refuses the demo's policy: ${status} ${code} ${faults.join(' ')}; "--routing learnt" does without it`);
}
