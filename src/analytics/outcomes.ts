/** What became of the applications that were handed to a funder, each in one of these and no other. Pure. */
import type { FunderCount, Outcome } from '../domain/rollups.ts';

type Counts = Readonly<Record<Extract<FunderCount, 'sent' | 'approved' | 'accepted' | 'disbursed' | 'declined' | 'expired' | 'open'>, number>>;

/** Of a cohort; they add up to `sent`. Each counts where it came to most: one that was declined and then approved after all is approved. */
export function outcomesOf(counts: Counts): Readonly<Record<Outcome, number>> {
  const { sent, open } = counts;
  const approved = Math.min(counts.approved, sent);
  const accepted = Math.min(counts.accepted, approved);
  const disbursed = Math.min(counts.disbursed, accepted);
  const declined = Math.min(counts.declined, sent - approved);
  const rest = sent - approved - declined;
  const undecided = Math.min(rest - Math.min(counts.expired, rest), open);
  return { disbursed, accepted: accepted - disbursed, approved: approved - accepted, declined, lost: rest - undecided, undecided };
}
