import { COLOURS, FAINT, TEXT, heading } from './chart.ts';
import type { Picture } from './chart.ts';
import type { Figures } from './figures.ts';

const CHANGES = [
  ['20 to 10', '20% → 10%'],
  ['20 to 5', '20% → 5%'],
] as const;
/** Applications; what takes longer is off the picture. */
const FARTHEST = 800;
const PLAIN = [
  ['window of 200', '近 200 笔窗口 window of 200', COLOURS.second],
  ['EWMA 0.02', 'EWMA', COLOURS.quiet],
] as const;

/** How soon a planted change was noticed: share of runs by the applications it took. */
export function noticePicture({ monitor }: Figures): Picture {
  const { planted, quiet } = monitor;
  const runs = planted['20 to 10'].runs;
  return {
    name: 'notice',
    height: 420,
    option: {
      title: heading(
        '资金方通过率下降后，多少件申请时发现',
        `Applications until a fall was noticed, share of ${runs} runs; false alarms ${quiet.per_100000.toFixed(1)} per 100,000 quiet applications`,
      ),
      legend: { top: 62, left: 16, data: ['Millrace', ...PLAIN.map(([, name]) => name)] },
      grid: [0, 1].map((index) => ({ left: 64 + index * 336, width: 288, top: 132, bottom: 62 })),
      graphic: CHANGES.map(([, words], index) => ({
        type: 'text' as const,
        left: 64 + index * 336,
        top: 104,
        style: { text: words, fontSize: 14, fontWeight: 'bold' as const, fill: TEXT },
      })),
      xAxis: CHANGES.map((_, index) => ({
        type: 'value' as const,
        gridIndex: index,
        min: 0,
        max: FARTHEST,
        splitLine: { lineStyle: { color: FAINT } },
        name: '此后的申请 applications since',
        nameLocation: 'middle' as const,
        nameGap: 28,
      })),
      yAxis: CHANGES.map((_, index) => ({
        type: 'value' as const,
        gridIndex: index,
        min: 0,
        max: 100,
        axisLabel: { formatter: '{value}%' },
        splitLine: { lineStyle: { color: FAINT } },
      })),
      series: CHANGES.flatMap(([change], index) => {
        const { delays, plain } = planted[change];
        const line = (name: string, color: string, of: readonly number[], width: number) => ({
          name,
          type: 'line' as const,
          step: 'end' as const,
          xAxisIndex: index,
          yAxisIndex: index,
          symbol: 'none',
          lineStyle: { width },
          itemStyle: { color },
          data: noticedBy(of, runs),
        });
        return [...PLAIN.map(([key, name, color]) => line(name, color, plain[key]!.delays, 1.5)), line('Millrace', COLOURS.ours, delays, 2.5)];
      }),
    },
  };
}

/** Points of the share that had noticed by each number of applications. */
function noticedBy(delays: readonly number[], runs: number): [number, number][] {
  const within = delays.filter((delay) => delay <= FARTHEST);
  const steps = within.map((delay, index): [number, number] => [delay, (100 * (index + 1)) / runs]);
  return [[0, 0], ...steps, [FARTHEST, (100 * within.length) / runs]];
}
