/** What each channel cost and what came of it: the cohort of whole days, so that what was spent is held against the people it brought. */
import { funnelStages, shareOf } from '../../analytics/read-figures.ts';
import type { Problem } from '../../domain/failures.ts';
import { FUNNEL_COUNTS, type FunnelCount } from '../../domain/rollups.ts';
import type { Summed } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { dayOf, daysBetween } from './enter-spend.ts';
import { addedUp, spansOf, windowOf } from './rollup-window.ts';

const COUNTS = ['started', 'submitted', 'passed', 'sent', 'approved', 'offered', 'accepted', 'disbursed', 'overdue', 'reloan'] as const;

export function showChannels(
  deps: Pick<Deps, 'desk' | 'store' | 'clock'>,
  wish: { readonly from: string | undefined; readonly to: string | undefined },
) {
  const nowMs = deps.clock.nowMs();
  const window = windowOf(wish, { align: 'day', step: 'day' }, nowMs);
  if ('problem' in window) return window;
  const { fromMs, toMs } = window;
  const rows = addedUp(
    spansOf('cohort', window, false).flatMap((span) => deps.store.rollups.funnel(span, {}, 'channel')),
    FUNNEL_COUNTS,
  );
  const byChannel = new Map(rows.map((row) => [String(row.key), row]));
  const spent = Map.groupBy(deps.store.desk.spendIn(dayOf(fromMs), dayOf(toMs)), ({ channelId }) => channelId);
  const { channels } = deps.desk.snapshot();
  const ids = [...new Set([...channels.keys(), ...byChannel.keys(), ...spent.keys()])];
  const nothing = { key: '', ...Object.fromEntries(FUNNEL_COUNTS.map((name) => [name, 0])) } as Summed<FunnelCount>;
  const shown = ids.map((id) => {
    const entries = spent.get(id) ?? [];
    const spendFen = entries.length === 0 ? null : entries.reduce((sum, { spendFen: fen }) => sum + fen, 0);
    return {
      ...channelOf(byChannel.get(id) ?? nothing, spendFen, nowMs >= toMs),
      channel: id === '' ? null : id,
      name: channels.get(id)?.name ?? null,
      spend_days: entries.length,
    };
  });
  const [sum = nothing] = addedUp(rows, FUNNEL_COUNTS, () => '');
  const spends = shown.flatMap(({ spend_fen: fen }) => (fen === null ? [] : [fen]));
  return {
    from: iso(fromMs),
    to: iso(toMs),
    days: daysBetween(fromMs, toMs),
    total: channelOf(sum, spends.length === 0 ? null : spends.reduce((all, fen) => all + fen, 0), nowMs >= toMs),
    channels: shown.toSorted((a, b) => b.submitted - a.submitted || ((a.channel ?? '') < (b.channel ?? '') ? -1 : 1)),
  };
}

export type ChannelsShown = Exclude<ReturnType<typeof showChannels>, Problem>;

/** `spendFen` null: nothing was entered, which is not the same as nothing spent. */
function channelOf(row: Summed<FunnelCount>, spendFen: number | null, over: boolean) {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, row[name]])) as Record<(typeof COUNTS)[number], number>;
  const earnedFen = row.commission_fen + row.partner_earned_fen;
  const each = (count: number): number | null => (spendFen === null || count === 0 ? null : Math.round(spendFen / count));
  return {
    ...counts,
    mature: funnelStages(row, over)[0]!.mature,
    disbursed_fen: row.disbursed_fen,
    commission_fen: row.commission_fen,
    partner_earned_fen: row.partner_earned_fen,
    earned_fen: earnedFen,
    spend_fen: spendFen,
    profit_fen: spendFen === null ? null : earnedFen - spendFen,
    cost_per_submitted_fen: each(row.submitted),
    cost_per_loan_fen: each(row.disbursed),
    approved_share: shareOf(row.approved, row.submitted),
    disbursed_share: shareOf(row.disbursed, row.submitted),
    overdue_share: shareOf(row.overdue, row.disbursed),
    roi: spendFen === null || spendFen === 0 ? null : Math.round(((earnedFen - spendFen) / spendFen) * 10_000) / 10_000,
  };
}
