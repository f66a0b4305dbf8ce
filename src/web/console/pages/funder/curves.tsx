/** Approvals, amounts and the time to decide over time, with the changes that were found. */
import { useQuery } from '@tanstack/react-query';
import { Card, Segmented } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { reading } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { Chart, type ChartOption } from '../../parts/chart.tsx';
import type { Series } from './funder-reads.ts';
import { texts } from './texts.ts';

const DAY_MS = 86_400_000;
const RANGES = ['7', '28', '90'] as const;

export function Curves({ id, days, onDays }: { id: string; days: string; onDays: (days: string) => void }): ReactNode {
  const t = useTexts(texts);
  const step = days === '7' ? 'hour' : 'day';
  const series = useQuery({
    queryKey: ['funder', id, 'series', days],
    queryFn: async (context) =>
      reading<Series>(`/v1/desk/funders/${id}/series?step=${step}&from=${new Date(Date.now() - Number(days) * DAY_MS).toISOString()}`)(context),
  });
  return (
    <section style={{ margin: '12px 0' }}>
      <Segmented
        aria-label={t('range')}
        size="small"
        value={days}
        onChange={onDays}
        options={RANGES.map((n) => ({ value: n, label: t('lastDays', { n }) }))}
        style={{ marginBottom: 8 }}
      />
      <Answered query={series}>{(found) => <Drawn series={found} />}</Answered>
    </section>
  );
}

function Drawn({ series }: { series: Series }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const options = useMemo(
    () => ({
      approval: curve(series, 'approval', t('approvalRate'), (point) => point.approval_rate, true),
      amount: curve(series, 'amount', t('grantedShare'), (point) => point.granted_share, true),
      latency: curve(series, 'latency', t('latency'), (point) => (point.median_ms === null ? null : point.median_ms / 1_000), false),
    }),
    [series, t],
  );
  return (
    <>
      <div className="thirds">
        <Chart title={t('approvalQ')} option={options.approval} height={200} />
        <Chart title={t('amountQ')} option={options.amount} height={200} />
        <Chart title={t('latencyQ')} option={options.latency} height={200} />
      </div>
      <Card size="small" title={t('changes')} style={{ marginTop: 12 }}>
        {series.changes.length === 0 ? (
          <span className="quiet">{t('noChanges')}</span>
        ) : (
          <ul className="differences">
            {series.changes.map((change) => (
              <li key={`${change.figure} ${change.part ?? ''} ${change.raised}`}>
                {change.words[lang]} <span className="quiet">{t('since', { at: moment(change.since, lang) })}</span>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}

function curve(
  { points, changes }: Series,
  figure: Series['changes'][number]['figure'],
  name: string,
  valueOf: (point: Series['points'][number]) => number | null,
  isShare: boolean,
): ChartOption {
  const marks = changes.filter((change) => change.figure === figure);
  const percentage = (value: number): string => `${Math.round(value * 100)}%`;
  return {
    grid: { left: 44, right: 12, top: 12, bottom: 24 },
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value) => (typeof value !== 'number' ? '–' : isShare ? `${(value * 100).toFixed(1)}%` : value.toFixed(1)),
    },
    xAxis: { type: 'time' },
    yAxis: { type: 'value', min: 0, ...(isShare ? { axisLabel: { formatter: percentage } } : {}) },
    series: [
      {
        type: 'line',
        name,
        showSymbol: points.filter((point) => valueOf(point) !== null).length < 40,
        connectNulls: false,
        data: points.map((point) => [point.at, valueOf(point)]),
        ...(marks.length === 0
          ? {}
          : {
              markLine: {
                symbol: 'none',
                lineStyle: { type: 'dashed', color: '#b0554a' },
                label: { formatter: ({ name: label }: { name: string }) => label },
                data: marks.map((change) => ({ name: change.direction === 'up' ? '↑' : '↓', xAxis: change.since })),
              },
            }),
      },
    ],
  };
}
