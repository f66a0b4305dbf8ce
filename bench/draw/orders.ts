import { COLOURS, FAINT, heading } from './chart.ts';
import type { Picture } from './chart.ts';
import type { Figures } from './figures.ts';

const ORDERS = [
  ['planner', 'Millrace，拒后重排 replanned after each no', COLOURS.ours],
  ['p v - c', '概率 × 价值 − 成本 p v − c', COLOURS.third],
  ['p', '概率 by likelihood', COLOURS.second],
  ['rate', '历史通过率 by past rate', COLOURS.quiet],
] as const;
const CORRELATIONS: Readonly<Record<string, string>> = {
  none: '互不相干\nnone',
  weak: '弱\nweak',
  middling: '中\nmiddling',
  strong: '强\nstrong',
  uneven: '不一\nuneven',
};
const BEST = '不知答案者的极限 best without knowing';

/** Value of each order, of what one who knows every answer would have, by how alike funders judge. */
export function ordersPicture({ latent }: Figures): Picture {
  const { results, seeds } = latent;
  const shareOf = (strategy: string): number[] =>
    results.map(({ strategies }) => Math.round(1_000 * strategies[strategy]!.share_of_oracle.mean) / 10);
  return {
    name: 'orders',
    height: 470,
    option: {
      title: heading(
        '不同排法的价值，占“预知全部答案者”的百分比',
        `Value of an order as a share of the oracle's, at most 3 attempts, ${seeds} made-up markets`,
      ),
      legend: { top: 62, left: 16, width: 688, itemGap: 14 },
      grid: { left: 64, right: 24, top: 138, bottom: 72 },
      xAxis: {
        type: 'category',
        data: results.map(({ correlation }) => CORRELATIONS[correlation] ?? correlation),
        axisTick: { show: false },
        axisLabel: { lineHeight: 15 },
        name: '各家看法有多一致 how alike the funders judge',
        nameLocation: 'middle',
        nameGap: 48,
      },
      yAxis: { type: 'value', min: 0, max: 100, axisLabel: { formatter: '{value}%' }, splitLine: { lineStyle: { color: FAINT } } },
      series: [
        ...ORDERS.map(([strategy, name, color]) => ({
          name,
          type: 'bar' as const,
          barGap: '8%',
          barCategoryGap: '24%',
          itemStyle: { color },
          label: {
            show: true,
            position: 'insideTop' as const,
            color: '#ffffff',
            fontSize: 11,
            formatter: ({ value }: { value?: unknown }) => Number(value).toFixed(0),
          },
          data: shareOf(strategy),
        })),
        {
          name: BEST,
          type: 'scatter' as const,
          symbol: 'rect',
          symbolSize: [104, 2],
          itemStyle: { color: COLOURS.limit },
          data: shareOf('best order'),
        },
      ],
    },
  };
}
