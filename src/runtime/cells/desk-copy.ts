/**
 * Keeps a cell's copy of the desk fresh while there is work: looks again when something comes in and the last look is some seconds old. A request
 * waits for the look only when the copy is known to be out of date, or there is none; never for long, and never for a desk that was just seen to be down.
 */
import type { Away } from '../../flow/cells/away.ts';
import { copiedRevision, copyDesk } from '../../flow/cells/copy-desk.ts';
import type { Deps } from '../../flow/deps.ts';

const FRESH_MS = 2_000;
/** A key that was revoked while a cell slept must not open it once more. */
const STALE_MS = 10_000;
const WAIT_MS = 1_000;
/** For the first copy of all. */
const FIRST_WAIT_MS = 5_000;

export interface DeskCopy {
  /** False: there is nothing to work from yet. `told`: a revision that the desk is known to have, or 0. */
  ready(told: number): Promise<boolean>;
  /** For one that woke by itself: looks when the copy has grown old, and keeps nobody waiting. */
  refresh(): void;
}

export function createDeskCopy(deps: Deps, away: Away, reload: () => void): DeskCopy {
  let revision = copiedRevision(deps.store);
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  /** The newest revision that was looked for: a desk put back from a backup has not got it, and looking again would not help. */
  let sought = 0;
  let looking: Promise<void> | null = null;

  function look(): Promise<void> {
    looking ??= copyDesk(deps, away, reload)
      .then(() => {
        revision = copiedRevision(deps.store);
        lookedAtMs = deps.clock.nowMs();
        failedAtMs = Number.NEGATIVE_INFINITY;
      })
      .catch((error: unknown) => {
        failedAtMs = deps.clock.nowMs();
        deps.log.warn('desk.unreachable', { what: 'copy', error: error instanceof Error ? error.name : 'unknown' });
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  return {
    async ready(told) {
      const nowMs = deps.clock.nowMs();
      const ageMs = nowMs - lookedAtMs;
      const upToDate = Math.max(revision, sought) >= told;
      if (upToDate && revision > 0 && ageMs < FRESH_MS) return true;
      if (nowMs - failedAtMs < FRESH_MS) return revision > 0;
      const stop = new AbortController();
      const done = look()
        .then(() => {
          if (failedAtMs < 0) sought = Math.max(sought, told);
        })
        .finally(() => stop.abort());
      // After a failure one try at a time goes on beside the requests.
      if (revision > 0 && (failedAtMs > 0 || (upToDate && ageMs < STALE_MS))) return true;
      await Promise.race([done, deps.clock.sleep(revision > 0 ? WAIT_MS : FIRST_WAIT_MS, stop.signal)]);
      // Silent as yet: whoever comes next need not wait as well.
      if (!stop.signal.aborted) failedAtMs = deps.clock.nowMs();
      return revision > 0;
    },
    refresh() {
      const nowMs = deps.clock.nowMs();
      if (nowMs - lookedAtMs >= STALE_MS && nowMs - failedAtMs >= FRESH_MS) void look();
    },
  };
}
