/** Counts a look at the page: each visitor once a day and channel, by a keyed tag that says nothing of them. It stands in the feed as an event of nobody. */
import { problem, type Problem } from '../domain/failures.ts';
import { isNearby, networkOf } from '../domain/network.ts';
import { startOf } from '../domain/rollups.ts';
import type { Deps } from './deps.ts';
import { perform } from './work.ts';

const HOUR_MS = 3_600_000;
/** New visitors of an hour by network address; behind one there may be a whole town. */
export const VISITS_PER_HOUR = 600;
const IN_SANDBOX = 100_000;

export interface Visit {
  readonly channelId: string;
  /** Made up by the browser. */
  readonly visitor: string;
  readonly variant: string | null;
  readonly ip: string | null;
}

/** Null when it is counted, now or before. */
export async function recordVisit(deps: Deps, { channelId, visitor, variant, ip }: Visit): Promise<Problem | null> {
  const markAt = (nowMs: number): string => deps.vault.tag('visit', `${startOf('day', nowMs)}/${channelId}/${visitor}`);
  if (deps.store.visits.known(markAt(deps.clock.nowMs()))) return null;
  return perform(deps, (work) => {
    const { visits } = work.tx;
    const mark = markAt(work.nowMs);
    if (visits.known(mark)) return null;
    const ipMark = deps.vault.blindIndex('ip', networkOf(ip ?? 'unknown'));
    const most = deps.mode === 'sandbox' ? IN_SANDBOX : VISITS_PER_HOUR;
    const behindProxy = ip !== null && isNearby(ip);
    if (!behindProxy && visits.byIp(ipMark, work.nowMs - HOUR_MS) >= most)
      return problem('rate_limited', '访问过于频繁，请稍后再试', 'too many visits from this address; try again later', { retryAfterS: 3_600 });
    visits.insert({ mark, ipMark, createdAtMs: work.nowMs });
    work.emitOfPage('page.visited', channelId, { variant });
    return null;
  });
}
