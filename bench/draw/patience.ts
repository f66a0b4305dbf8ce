import { COLOURS, FAINT, TEXT, heading } from './chart.ts';
import type { Picture } from './chart.ts';
import type { Figures } from './figures.ts';

type Sweep = Figures['order']['patience']['sweeps'][number];

/** The index of a likely funder that pays little and of an unlikely one that pays much, by patience: where the lines cross the order turns. */
export function patiencePicture({ order }: Figures): Picture {
  const { likely, paying, sweeps } = order.patience;
  const side = ({ likelihood, cpa_fen: cpa }: typeof likely): string => `${(100 * likelihood).toFixed(0)}% × ${yuan(cpa)} 元`;
  const names = { likely: `甲 A ${side(likely)}`, paying: `乙 B ${side(paying)}` };
  return {
    name: 'patience',
    height: 446,
    option: {
      title: heading('等待意愿怎样改变先后', 'Patience turns the order round: the higher line goes first'),
      legend: { top: 62, left: 16, data: [names.likely, names.paying] },
      grid: sweeps.map((_, index) => ({ left: 64 + index * 336, width: 288, top: 148, bottom: 62 })),
      graphic: sweeps.map((sweep, index) => ({
        type: 'text' as const,
        left: 64 + index * 336,
        top: 98,
        style: { text: captionOf(sweep), fontSize: 13, lineHeight: 18, fill: TEXT },
      })),
      xAxis: sweeps.map((_, index) => ({
        type: 'value' as const,
        gridIndex: index,
        min: 0,
        max: 1,
        splitLine: { lineStyle: { color: FAINT } },
        name: '等待意愿 patience',
        nameLocation: 'middle' as const,
        nameGap: 28,
      })),
      yAxis: sweeps.map((_, index) => ({
        type: 'value' as const,
        gridIndex: index,
        min: 0,
        splitLine: { lineStyle: { color: FAINT } },
        axisLabel: { formatter: '{value} 元' },
      })),
      series: sweeps.flatMap((sweep, index) => [
        line(sweep, index, names.likely, COLOURS.ours, (point) => point.likely_fen),
        { ...line(sweep, index, names.paying, COLOURS.second, (point) => point.paying_fen), ...turn(sweep) },
      ]),
    },
  };
}

function line({ points }: Sweep, index: number, name: string, color: string, of: (point: Sweep['points'][number]) => number) {
  return {
    name,
    type: 'line' as const,
    xAxisIndex: index,
    yAxisIndex: index,
    symbol: 'none',
    lineStyle: { width: 2.5 },
    itemStyle: { color },
    data: points.map((point) => [point.patience, of(point) / 100]),
  };
}

function captionOf({ exposure_cost_fen: cost, turns_at: at }: Sweep): string {
  const turn = at === null ? '甲总在先 A always first' : `等待意愿 ${at.toFixed(2)} 起乙在先 B first from ${at.toFixed(2)}`;
  return `每次尝试成本 cost of an attempt: ${yuan(cost)} 元\n${turn}`;
}

function turn({ turns_at: at }: Sweep) {
  if (at === null) return {};
  const lineStyle = { color: COLOURS.quiet, type: 'dashed' as const };
  return { markLine: { symbol: 'none', silent: true, lineStyle, label: { show: false }, data: [{ xAxis: at }] } };
}

function yuan(fen: number): string {
  return (fen / 100).toFixed(0);
}
