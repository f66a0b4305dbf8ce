/** What was spent on a channel in a day, entered by one person: it decides nothing, and every word on it is in the audit trail. */
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { DAY_MS, startOf } from '../../domain/rollups.ts';
import type { ChannelSpendRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { appendAudit } from './append-audit.ts';
import { windowOf } from './rollup-window.ts';

const CHINA_MS = 8 * 3_600_000;

export interface SpendView {
  readonly channel: string;
  /** Of China, `2026-11-22`. */
  readonly day: string;
  readonly spend_fen: number;
  readonly author: string;
  readonly at: string;
}

/** Enters or corrects. */
export async function enterSpend(deps: Deps, actor: string, channelId: string, day: string, spendFen: number): Promise<SpendView | Problem> {
  if (!deps.desk.snapshot().channels.has(channelId)) return problem('not_found', '没有这个渠道', 'there is no such channel');
  const nowMs = deps.clock.nowMs();
  const atMs = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== day) return problem('not_found', '没有这一天', 'there is no such day');
  if (day > dayOf(nowMs))
    return problem('invalid_request', '日期不能在将来', 'the day must not be in the future', {
      faults: [fault('/day', 'future', '日期不能在将来', 'must not be in the future')],
    });
  return deps.commit((tx) => {
    const before = tx.desk.spendOn(channelId, day);
    const row: ChannelSpendRow = { channelId, day, spendFen, author: actor, updatedAtMs: nowMs };
    if (before?.spendFen === spendFen) return spendView(before);
    tx.desk.saveSpend(row);
    appendAudit(tx, deps, {
      actor,
      action: 'spend.entered',
      subject: channelId,
      detail: { day, spend_fen: spendFen, before_fen: before?.spendFen ?? null },
    });
    return spendView(row);
  });
}

/** Entries of whole days of China. */
export function listSpend(deps: Pick<Deps, 'store' | 'clock'>, wish: { readonly from: string | undefined; readonly to: string | undefined }) {
  const window = windowOf(wish, { align: 'day', step: 'day' }, deps.clock.nowMs());
  if ('problem' in window) return window;
  const { fromMs, toMs } = window;
  return { from: iso(fromMs), to: iso(toMs), data: deps.store.desk.spendIn(dayOf(fromMs), dayOf(toMs)).map(spendView) };
}

/** The day of China a moment is in. */
export function dayOf(atMs: number): string {
  return new Date(startOf('day', atMs) + CHINA_MS).toISOString().slice(0, 10);
}

/** Days from one to the other, the last exclusive. */
export function daysBetween(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) / DAY_MS);
}

function spendView({ channelId, day, spendFen, author, updatedAtMs }: ChannelSpendRow): SpendView {
  return { channel: channelId, day, spend_fen: spendFen, author, at: iso(updatedAtMs) };
}
