import { COLOURS, FAINT, heading } from './chart.ts';
import type { Picture } from './chart.ts';
import type { Figures } from './figures.ts';

const NAMES: Readonly<Record<string, string>> = {
  ours: 'Millrace',
  window_125_beta: '近 125 笔，抽样\nlast 125, sampled',
  window_125_hedge: '近 125 笔，5% 随机\nlast 125, 5% random',
  discounted_thompson: '折扣 Thompson\ndiscounted Thompson',
  thompson: 'Thompson',
  static: '固定用首年最好的一家\nfixed: best of year one',
};
const SHADES = [COLOURS.ours, COLOURS.second];

/** Approvals missed of 1,000 while rates move, by learner. Choosing at random is off the scale: its figure is said, not drawn. */
export function regretPicture({ drift }: Figures): Picture {
  const { delays, runs, rounds_per_phase: rounds } = drift;
  const names = Object.keys(NAMES);
  const random = delays[0]!.regret_per_1000['random'];
  return {
    name: 'regret',
    height: 470,
    option: {
      title: heading(
        '通过率变动时，每 1,000 件少拿到的批准',
        `Approvals missed of 1,000 while rates move (${runs} runs, a new rate every ${rounds.toLocaleString('en-US')}); at random: ${random?.mean.toFixed(0)}`,
      ),
      legend: { top: 62, left: 16 },
      grid: { left: 168, right: 96, top: 96, bottom: 28 },
      xAxis: { type: 'value', min: 0, splitLine: { lineStyle: { color: FAINT } } },
      yAxis: { type: 'category', inverse: true, data: names.map((name) => NAMES[name]!), axisTick: { show: false }, axisLabel: { lineHeight: 15 } },
      series: delays.map(({ delay, regret_per_1000: regret }, index) => ({
        name: delay === 0 ? '结果立即回来 at once' : `结果晚 ${delay} 件回来 ${delay} late`,
        type: 'bar',
        barGap: '15%',
        barCategoryGap: '32%',
        itemStyle: { color: SHADES[index % SHADES.length]! },
        data: names.map((name) => ({
          value: regret[name]!.mean,
          label: { show: true, position: 'right', formatter: `${regret[name]!.mean.toFixed(1)} ± ${regret[name]!.error.toFixed(1)}` },
        })),
      })),
    },
  };
}
