/** Who else is on the network beside funders and borrowers: the receiver of webhooks, and the partner whose offers are clicked. */
import { createHmac } from 'node:crypto';
import type { OutboundResponse } from '../../src/ports/transport.ts';
import { SANDBOX_PARTNER, sandboxPartnerSecret } from '../../src/runtime/sandbox-seed.ts';
import type { Ask } from './borrower-world.ts';
import { createDice, type Dice } from './dice.ts';
import type { Peer, Reply } from './network.ts';
import { HOOK_URL } from './setting.ts';
import { vaultOf } from './template.ts';
import type { Timeline } from './timeline.ts';

export interface Receiver extends Peer {
  /** Deliveries it has said yes to. */
  readonly received: ReadonlySet<string>;
}

/** A receiver that fails as often as `fails` says; whatever is sent under one id must be the same bytes. */
export function createReceiver(dice: Dice, fails: () => number, fail: (invariant: string, detail: string) => void): Receiver {
  const heard = new Map<string, string>();
  const received = new Set<string>();
  return {
    host: HOOK_URL.split('/')[2]!,
    corruptible: false,
    received,
    answer({ headers, body }) {
      const id = headers['webhook-id'] ?? '';
      const known = heard.get(id);
      if (known !== undefined && known !== body) fail('delivered_or_dead', `${id} came with two bodies`);
      heard.set(id, String(body));
      if (dice.chance(fails())) return empty(dice.pick([500, 503, 404, 302]));
      received.add(id);
      return empty(204);
    },
  };
}

function empty(status: number): OutboundResponse {
  return { status, headers: {}, body: new Uint8Array(0) };
}

export interface PartnerWorld {
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly open: () => boolean;
  readonly call: (ask: Ask) => Promise<Reply | null>;
}

/** The partner reports a lead or a sale, perhaps twice, perhaps with a wrong signature before, until it is heard. */
export async function reportClick({ dice, timeline, open, call }: PartnerWorld, clickId: string): Promise<void> {
  const secret = sandboxPartnerSecret(vaultOf(createDice(0, 'partner')));
  const event = `${clickId}-${dice.int(2)}`;
  const kind = dice.pick(['lead', 'sale']);
  for (let attempt = 1; attempt <= 4 && open(); attempt += 1) {
    await timeline.sleep(dice.between(200, 4_000));
    const body = JSON.stringify({ event_id: event, click_id: clickId, kind, at: new Date(timeline.nowMs).toISOString() });
    const timestamp = String(Math.floor(timeline.nowMs / 1_000));
    const mac = createHmac('sha256', dice.chance(0.1) ? 'forged' : secret).update(`${timestamp}.${body}`);
    const headers = { 'x-timestamp': timestamp, 'x-signature': mac.digest('hex') };
    const reply = await call({ method: 'POST', path: `/v1/postbacks/${SANDBOX_PARTNER}`, headers, body });
    if (reply?.status === 200 && dice.chance(0.7)) return;
  }
}
