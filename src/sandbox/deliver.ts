/** Sends a funder's callbacks: as often as that funder tries, then it is silent for ever, as real ones are. */
import { createHash } from 'node:crypto';
import type { Announcement } from './lender.ts';
import type { Protocol, Secrets } from './protocols/wire.ts';
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
}): Deliverer {
  const { protocol, secrets, tries, timers, signal } = options;
  const counts = { sent: 0, acknowledged: 0, refused: 0, failed: 0 };
  const wrong = forgedSecrets(secrets);

  async function send(announcement: Announcement, attempt: number): Promise<void> {
    const message = protocol.callback(announcement.view, announcement.messageId, announcement.forged ? wrong : secrets, Date.now());
    counts.sent += 1;
    try {
      const reply = await fetch(announcement.url, {
        method: 'POST',
        headers: message.headers,
        body: message.body,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (protocol.acknowledged(reply.status, await reply.text())) counts.acknowledged += 1;
      else again(announcement, attempt, 'refused');
    } catch {
      again(announcement, attempt, 'failed');
    }
  }

  function again(announcement: Announcement, attempt: number, what: 'refused' | 'failed'): void {
    counts[what] += 1;
    if (attempt < tries && !announcement.forged) timers.after(RETRY_GAP_MS * attempt, () => void send(announcement, attempt + 1));
  }

  return { counts, announce: (announcement) => void send(announcement, 1) };
}

/** Secrets of the same shape that are not the funder's. */
function forgedSecrets(secrets: Secrets): Secrets {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, createHash('sha256').update(`forged ${value}`).digest('hex')]));
}
