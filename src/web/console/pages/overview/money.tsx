/** Money by the day: what funders and partners owe for it, and what operators entered as spent. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { reading } from '../../api.ts';
import { useTexts, yuan } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { Chart, type ChartOption } from '../../parts/chart.tsx';
import { Figure } from '../../parts/figure.tsx';
import { dayOf, spanOf, type Range } from '../../parts/range.tsx';
import { queryOf } from '../../parts/search.ts';
import { Difference } from './against.tsx';
import { texts } from './texts.ts';
import type { Today } from './today.ts';

interface Days {
  readonly groups: readonly { readonly key: string | null; readonly sums: Readonly<Record<string, number>> }[];
}
interface Spend {
  readonly data: readonly { readonly day: string; readonly spend_fen: number }[];
}
const SUMS = ['disbursed_fen', 'commission_fen', 'partner_earned_fen'];

export function Money({ today, range }: { today: Today; range: Range }): ReactNode {
  const funnelUrl = `/v1/desk/funnel${queryOf({ ...spanOf(range), by: 'day', basis: 'activity' })}`;
  const spendUrl = `/v1/desk/spend${queryOf(spanOf(range))}`;
  const days = useQuery({ queryKey: ['funnel', funnelUrl], queryFn: reading<Days>(funnelUrl) });
  const spend = useQuery({ queryKey: ['spend', spendUrl], queryFn: reading<Spend>(spendUrl) });
  return <Answered query={days}>{(found) => <Drawn today={today} range={range} days={found} spend={spend.data ?? { data: [] }} />}</Answered>;
}

function Drawn({ today, range, days, spend }: { today: Today; range: Range; days: Days; spend: Spend }): ReactNode {
  const t = useTexts(texts);
  const option = useMemo((): ChartOption => {
    const names = Array.from({ length: range.days }, (_, at) => dayOf(range.fromMs + at * 86_400_000));
    const earned = new Map(
      days.groups.map(({ key, sums }) => [dayOf(Date.parse(key ?? '')), (sums['commission_fen'] ?? 0) + (sums['partner_earned_fen'] ?? 0)]),
    );
    const spent = new Map<string, number>();
    for (const { day, spend_fen: fen } of spend.data) spent.set(day, (spent.get(day) ?? 0) + fen);
    return {
      tooltip: { trigger: 'axis', valueFormatter: (value) => (typeof value === 'number' ? yuan(Math.round(value * 100)) : '–') },
      legend: { bottom: 0 },
      grid: { left: 64, right: 12, top: 12, bottom: 44 },
      xAxis: { type: 'category', data: names.map((name) => name.slice(5)) },
      yAxis: { type: 'value', axisLabel: { formatter: (value: number) => `¥${value.toLocaleString('en-US')}` } },
      series: [
        { type: 'bar', name: t('earned'), data: names.map((name) => (earned.get(name) ?? 0) / 100), barMaxWidth: 14 },
        { type: 'bar', name: t('spent'), data: names.map((name) => (spent.has(name) ? spent.get(name)! / 100 : null)), barMaxWidth: 14 },
      ],
    };
  }, [range, days, spend, t]);
  return (
    <div>
      <div className="money">
        {SUMS.map((id) => {
          const sum = today.sums[id];
          return sum === undefined ? null : (
            <div key={id}>
              <span className="faint">
                {t('todayMoney')} · <Figure id={id} />
              </span>
              <strong>
                {yuan(Math.round(sum.today))} <small style={{ fontWeight: 'normal' }}>{sum.usual === null ? null : <Difference of={sum} />}</small>
              </strong>
            </div>
          );
        })}
      </div>
      <Chart title={t('moneyTitle')} option={option} extra={<Link to="/channels">{t('toChannels')}</Link>} />
    </div>
  );
}
