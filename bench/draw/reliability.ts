import { COLOURS, FAINT, heading } from './chart.ts';
import type { Picture } from './chart.ts';
import type { Figures } from './figures.ts';

/** What the likelihood said against what came, and how many applications it said it of. */
export function reliabilityPicture({ likelihood }: Figures): Picture {
  const { reliability: ours, reliability_of_baselines: baselines, panel, seeds, test_year: year } = likelihood;
  const points = (bins: typeof ours): [number, number][] => bins.flatMap(({ rows, said, seen }) => (rows === 0 ? [] : [[said, seen]]));
  const error = (of: { readonly ece: number }): string => of.ece.toFixed(3);
  const names = {
    ours: `Millrace (ECE ${error(likelihood.ours)})`,
    frozen: `冻结的逻辑回归 frozen logistic (ECE ${error(likelihood.frozen_logistic)})`,
  };
  return {
    name: 'reliability',
    height: 520,
    option: {
      title: heading(
        '模型说的概率，与实际的通过率',
        `What was said and what came: ${panel.rows.toLocaleString('en-US')} applications of ${year}, ${panel.lenders} lenders`,
      ),
      legend: { top: 62, left: 16, data: [names.ours, names.frozen] },
      grid: [
        { left: 76, right: 28, top: 96, height: 270 },
        { left: 76, right: 28, top: 396, height: 74 },
      ],
      xAxis: [shares(0), { ...shares(1), containShape: false, splitLine: { show: false }, ...named('说的概率 said', 26) }],
      yAxis: [
        { ...shares(0), ...named('实际通过 came', 48) },
        { type: 'value', gridIndex: 1, splitNumber: 2, splitLine: { lineStyle: { color: FAINT } }, ...named('件数 rows', 48) },
      ],
      series: [
        {
          type: 'line',
          data: [
            [0, 0],
            [1, 1],
          ],
          symbol: 'none',
          lineStyle: { color: COLOURS.quiet, type: 'dashed', width: 1.5 },
        },
        { name: names.frozen, type: 'line', data: points(baselines.frozen_logistic), symbolSize: 6, itemStyle: { color: COLOURS.second } },
        { name: names.ours, type: 'line', data: points(ours), symbolSize: 8, itemStyle: { color: COLOURS.ours }, lineStyle: { width: 2.5 } },
        {
          type: 'bar',
          xAxisIndex: 1,
          yAxisIndex: 1,
          barWidth: 40,
          itemStyle: { color: COLOURS.ours },
          data: ours.map(({ rows }, bin) => [(bin + 0.5) / ours.length, Math.round(rows / seeds)]),
        },
      ],
    },
  };
}

function shares(gridIndex: number) {
  return { type: 'value' as const, gridIndex, min: 0, max: 1, axisLabel: { formatter: percent }, splitLine: { lineStyle: { color: FAINT } } };
}

function named(name: string, nameGap: number) {
  return { name, nameLocation: 'middle' as const, nameGap };
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}
