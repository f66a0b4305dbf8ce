/** Today's stages against the usual, and one of them hour by hour. */
import { Card } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { percent, useTexts } from '../../language.tsx';
import { Chart, type ChartOption } from '../../parts/chart.tsx';
import { Figure, useDefinitions } from '../../parts/figure.tsx';
import { texts } from './texts.ts';
import type { Against, Today } from './today.ts';

/** Told first, and enough for a glance; the funnel page has the others. */
const SHOWN = ['started', 'submitted', 'passed', 'sent', 'approved', 'offered', 'accepted', 'disbursed'];

export function AgainstUsual({ today }: { today: Today }): ReactNode {
  const t = useTexts(texts);
  const stages = SHOWN.flatMap((name) => today.stages.find(({ stage }) => stage === name) ?? []);
  return (
    <Card size="small" title={t('funnelTitle')}>
      <table className="against">
        <thead>
          <tr>
            <th scope="col">{t('stage')}</th>
            <th scope="col">{t('today')}</th>
            <th scope="col">
              <Figure id="usual" kind="derived" />
            </th>
            <th scope="col">{t('change')}</th>
          </tr>
        </thead>
        <tbody>
          {stages.map((row) => (
            <tr key={row.stage} data-stage={row.stage}>
              <th scope="row">
                <Figure id={row.stage} />
              </th>
              <td>
                <strong>{row.today.toLocaleString('en-US')}</strong>
              </td>
              <td title={row.low === null ? undefined : `${row.low} – ${row.high}`}>
                {row.usual === null ? '–' : row.usual.toLocaleString('en-US')}
              </td>
              <td>
                <Difference of={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="faint" style={{ marginTop: 8 }}>
        {today.weeks === 0 ? t('noUsual') : t('weeks', { n: today.weeks })}
      </div>
    </Card>
  );
}

/** Coloured only where today is outside of what the weeks before were like. */
export function Difference({ of: { today, usual, low, high } }: { of: Against }): ReactNode {
  if (usual === null || low === null || high === null) return '–';
  if (usual === 0) return today === 0 ? percent(0, 0) : '+';
  const share = today / usual - 1;
  const tone = today > high ? 'up' : today < low ? 'down' : undefined;
  return <span className={tone}>{`${share > 0 ? '+' : share < 0 ? '−' : ''}${percent(Math.abs(share), 0)}`}</span>;
}

export function Hours({ today }: { today: Today }): ReactNode {
  const t = useTexts(texts);
  const name = useDefinitions()('submitted');
  const usualName = useDefinitions('derived')('usual');
  const option = useMemo((): ChartOption => {
    const hours = today.hours.map(({ counts }) => counts['submitted']);
    return {
      tooltip: { trigger: 'axis' },
      legend: { bottom: 0 },
      grid: { left: 40, right: 12, top: 12, bottom: 44 },
      xAxis: { type: 'category', data: today.hours.map((_, hour) => `${String(hour).padStart(2, '0')}:00`) },
      yAxis: { type: 'value', minInterval: 1 },
      series: [
        { type: 'bar', name: t('today'), data: hours.map((hour) => hour?.today ?? null), barMaxWidth: 18 },
        ...(today.weeks === 0
          ? []
          : [{ type: 'line' as const, name: usualName, step: 'middle' as const, symbol: 'none', data: hours.map((hour) => hour?.usual ?? null) }]),
      ],
    };
  }, [today, t, usualName]);
  return <Chart title={t('hoursTitle', { stage: name })} option={option} height={280} />;
}
