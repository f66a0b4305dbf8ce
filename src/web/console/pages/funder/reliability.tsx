/** What was predicted of a funder against what came: whether the likelihood is as good as its word. */
import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { reading } from '../../api.ts';
import { moment, percent, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { Chart, type ChartOption } from '../../parts/chart.tsx';
import { Meaning } from '../../parts/meaning.tsx';
import { secondsWords } from '../../policy/difference-words.ts';
import type { Reliability as Read } from './funder-reads.ts';
import { shareInterval } from './share-interval.ts';
import { texts } from './texts.ts';

export function Reliability({ id, decisionMs }: { id: string; decisionMs: number | undefined }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const reliability = useQuery({ queryKey: ['funder', id, 'reliability'], queryFn: reading<Read>(`/v1/desk/funders/${id}/reliability`) });
  return (
    <Answered query={reliability}>
      {(found) =>
        found.bands.some((band) => band.decided > 0) ? (
          <Drawn found={found} />
        ) : (
          <Card size="small" title={t('reliabilityQ')}>
            <span className="quiet">{t('noReliability', { deadline: decisionMs === undefined ? '–' : secondsWords(decisionMs / 1_000, lang) })}</span>
          </Card>
        )
      }
    </Answered>
  );
}

function Drawn({ found }: { found: Read }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const undecided = found.bands.reduce((sum, band) => sum + band.undecided, 0);
  const option = useMemo(
    () => plot(found, { predicted: t('predicted'), came: t('came'), diagonal: t('diagonal'), many: (n) => t('bandOf', { n }) }),
    [found, t],
  );
  return (
    <Chart
      title={t('reliabilityQ')}
      option={option}
      height={280}
      extra={
        <>
          <Meaning words={t('reliabilityMeans', { from: moment(found.from, lang), to: moment(found.to, lang) })}>?</Meaning>{' '}
          {undecided === 0 ? null : <small className="quiet">{t('undecided', { n: undecided })}</small>}
        </>
      }
    />
  );
}

interface Words {
  readonly predicted: string;
  readonly came: string;
  readonly diagonal: string;
  readonly many: (n: number) => string;
}

function plot({ bands }: Read, words: Words): ChartOption {
  const points = bands
    .filter((band) => band.decided > 0)
    .map((band) => ({
      x: band.expected / band.decided,
      y: band.approved / band.decided,
      n: band.decided,
      ...shareInterval(band.approved, band.decided),
    }));
  const axis = { type: 'value' as const, min: 0, max: 1, axisLabel: { formatter: (value: number) => `${Math.round(value * 100)}%` } };
  return {
    grid: { left: 52, right: 16, top: 16, bottom: 40 },
    tooltip: { trigger: 'item' },
    xAxis: { ...axis, name: words.predicted, nameLocation: 'middle', nameGap: 26 },
    yAxis: { ...axis, name: words.came, nameLocation: 'middle', nameGap: 38 },
    series: [
      {
        type: 'line',
        name: words.diagonal,
        data: [
          [0, 0],
          [1, 1],
        ],
        showSymbol: false,
        silent: true,
        lineStyle: { type: 'dashed', color: '#8c8577', width: 1 },
      },
      {
        type: 'custom',
        silent: true,
        data: points.map(({ x, low, high }) => [x, low, high]),
        renderItem: (_, api) => {
          const top = api.coord([api.value(0), api.value(2)]);
          const bottom = api.coord([api.value(0), api.value(1)]);
          return {
            type: 'line',
            shape: { x1: top[0]!, y1: top[1]!, x2: bottom[0]!, y2: bottom[1]! },
            style: { stroke: '#1f7a7a', lineWidth: 1.5 },
          };
        },
      },
      {
        type: 'scatter',
        data: points.map(({ x, y, n, low, high }) => ({
          value: [x, y],
          symbolSize: Math.min(24, 6 + Math.sqrt(n)),
          name: `${words.predicted} ${percent(x)} · ${words.came} ${percent(y)} (${percent(low)} – ${percent(high)}) · ${words.many(n)}`,
        })),
        itemStyle: { color: '#1f7a7a' },
        tooltip: { formatter: '{b}' },
      },
    ],
  };
}
