/** One stage over the days or hours: how many, and what share of the stage before. Young days are hatched. */
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { reading } from '../../api.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { Answered } from '../../parts/answered.tsx';
import { Chart, type ChartOption } from '../../parts/chart.tsx';
import { useDefinitions } from '../../parts/figure.tsx';
import { stageOf, wayOf, type Funnel } from './model.ts';
import { texts } from './texts.ts';

const USUAL = 'submitted';
const HATCH = {
  decal: { symbol: 'rect' as const, rotation: Math.PI / 4, dashArrayX: [1, 0], dashArrayY: [2, 5], color: 'rgba(140, 132, 119, 0.45)' },
};

/** `path`: the query of the page without `by`. */
export function OverTime({ path, step }: { path: Readonly<Record<string, string | undefined>>; step: 'day' | 'hour' }): ReactNode {
  const url = `/v1/desk/funnel${queryOf({ ...path, by: step })}`;
  const query = useQuery({ queryKey: ['funnel', url], queryFn: reading<Funnel>(url) });
  return <Answered query={query}>{(funnel) => <Drawn funnel={funnel} step={step} />}</Answered>;
}

function Drawn({ funnel, step }: { funnel: Funnel; step: 'day' | 'hour' }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [search, put] = useFilters();
  const nameOf = useDefinitions(funnel.counts === 'attempt' ? 'funder' : 'funnel');
  const way = wayOf(funnel.total.stages);
  const stage = way.find((each) => each.stage === search['stage'])?.stage ?? way.find((each) => each.stage === USUAL)?.stage ?? way[0]?.stage ?? '';
  const name = nameOf(stage);
  const option = useMemo(() => optionOf(funnel, stage, name, t('conversion'), step, lang), [funnel, stage, name, t, step, lang]);
  return (
    <Chart
      title={t(step === 'hour' ? 'hourTitle' : 'timeTitle', { stage: name })}
      option={option}
      extra={
        <Select
          size="small"
          aria-label={t('stage')}
          value={stage}
          popupMatchSelectWidth={false}
          options={way.map((each) => ({ value: each.stage, label: nameOf(each.stage) }))}
          onChange={(value) => put({ stage: value })}
        />
      }
    />
  );
}

function optionOf(funnel: Funnel, stage: string, name: string, conversion: string, step: 'day' | 'hour', lang: 'zh' | 'en'): ChartOption {
  const label = new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    month: '2-digit',
    day: '2-digit',
    ...(step === 'hour' ? { hour: '2-digit', hour12: false } : {}),
  });
  const found = funnel.groups.map((group) => stageOf(group, stage));
  const shares = found.some((each) => each !== undefined && each.of !== null);
  return {
    tooltip: { trigger: 'axis' },
    legend: shares ? { bottom: 0 } : { show: false },
    grid: { left: 48, right: shares ? 48 : 16, top: 16, bottom: shares ? 48 : 24 },
    xAxis: { type: 'category', data: funnel.groups.map(({ key }) => label.format(new Date(key ?? 0))) },
    yAxis: [
      { type: 'value', minInterval: 1 },
      { type: 'value', min: 0, max: 100, axisLabel: { formatter: '{value}%' }, splitLine: { show: false } },
    ],
    series: [
      {
        type: 'bar',
        name,
        barMaxWidth: 28,
        data: found.map((each) => ({ value: each?.count ?? 0, ...(each?.mature === false ? { itemStyle: HATCH } : {}) })),
      },
      ...(shares
        ? [
            {
              type: 'line' as const,
              name: conversion,
              yAxisIndex: 1,
              connectNulls: false,
              data: found.map((each) => (typeof each?.of_before === 'number' ? Math.round(each.of_before * 1_000) / 10 : null)),
              tooltip: { valueFormatter: (value: unknown) => (typeof value === 'number' ? `${value}%` : '–') },
            },
          ]
        : []),
    ],
  };
}
