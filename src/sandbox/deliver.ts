/** Sends a funder's callbacks: as often as that funder tries, then it is silent for ever, as real ones are. */
import type { FaultPlan } from './faults.ts';
import { spoilSignature } from './forge.ts';
import type { Announcement } from './lender.ts';
import type { Protocol, Secrets, WireCallback } from './protocols/wire.ts';
import type { Timers } from './timers.ts';

const TIMEOUT_MS = 5_000;
const RETRY_GAP_MS = 300;

export interface Deliverer {
  readonly announce: (announcement: Announcement) => void;
  readonly counts: { sent: number; acknowledged: number; refused: number; failed: number };
}

export function createDeliverer(options: {
  readonly protocol: Protocol;
  readonly secrets: Secrets;
  readonly tries: number;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly faults: FaultPlan;
}): Deliverer {
  const { protocol, secrets, timers, signal, faults } = options;
  const counts = { sent: 0, acknowledged: 0, refused: 0, failed: 0 };

  function messageOf({ view, messageId, forged }: Announcement): WireCallback {
    const honest = protocol.callback(view, messageId, secrets, Date.now());
    return forged ? spoilSignature(honest) : honest;
  }

  /** Signed anew for each try, as a funder's retries are. */
  async function send(announcement: Announcement, attempt: number, tries: number, copies: number): Promise<void> {
    try {
      const message = messageOf(announcement);
      for (let copy = 1; copy <= copies; copy += 1) {
        counts.sent += 1;
        const reply = await post(announcement.url, message);
        if (protocol.acknowledged(reply.status, await reply.text())) counts.acknowledged += 1;
        else again(announcement, attempt, tries, 'refused');
      }
    } catch {
      again(announcement, attempt, tries, 'failed');
    }
  }

  function post(url: string, { headers, body }: WireCallback): Promise<Response> {
    return fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  }

  function again(announcement: Announcement, attempt: number, tries: number, what: 'refused' | 'failed'): void {
    counts[what] += 1;
    if (attempt < tries && !announcement.forged) timers.after(RETRY_GAP_MS * attempt, () => void send(announcement, attempt + 1, tries, 1));
  }

  return {
    counts,
    announce: (announcement) => void send(announcement, 1, faults.hits('oneShot') ? 1 : options.tries, faults.hits('duplicate') ? 2 : 1),
  };
}
