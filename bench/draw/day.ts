import { COLOURS, FAINT, TEXT, heading } from './chart.ts';
import type { Picture } from './chart.ts';
import type { Figures } from './figures.ts';

type Target = Figures['pacing']['course']['targets'][number];

const KINDS = { cap: '上限 cap', promise: '保量 promise' } as const;
const UNITS = { attempt: '进件 submits', approval: '批准 approvals' } as const;
const NAMES = { priced: '有价格 with prices', plain: '没有价格 without prices', expected: '应有进度 its line', price: '价格 price' };
const COLUMNS = 3;
const [LEFT, STRIDE, BREADTH] = [56, 226, 178];
const [TOP, TALL, BLOCK] = [128, 122, 272];
const [PRICE_BELOW, PRICE_TALL] = [142, 58];

/** One day of every target: what was used of it beside its line, and below it the price that held it there. */
export function dayPicture({ pacing }: Figures): Picture {
  const { applications, course } = pacing;
  const { hours, targets } = course;
  const place = (index: number): { left: number; top: number } => ({
    left: LEFT + (index % COLUMNS) * STRIDE,
    top: TOP + Math.floor(index / COLUMNS) * BLOCK,
  });
  return {
    name: 'day',
    height: TOP + Math.ceil(targets.length / COLUMNS) * BLOCK - 16,
    option: {
      title: heading(
        '一天里的限额与保量',
        `Caps and promises over a day of about ${applications.toLocaleString('en-US')} applications; below each its price, yuan`,
      ),
      legend: { top: 62, left: 16, data: [NAMES.priced, NAMES.plain, NAMES.expected] },
      graphic: targets.map((target, index) => ({
        type: 'text' as const,
        left: place(index).left,
        top: place(index).top - 22,
        style: { text: titleOf(target), fontSize: 12, fontWeight: 'bold' as const, fill: TEXT },
      })),
      grid: targets.flatMap((_, index) => {
        const { left, top } = place(index);
        return [
          { left, top, width: BREADTH, height: TALL },
          { left, top: top + PRICE_BELOW, width: BREADTH, height: PRICE_TALL },
        ];
      }),
      xAxis: targets.flatMap((_, index) => [hourAxis(2 * index, false), hourAxis(2 * index + 1, true)]),
      yAxis: targets.flatMap((target, index) => [
        {
          type: 'value' as const,
          gridIndex: 2 * index,
          min: 0,
          max: 1.1,
          interval: 0.5,
          axisLabel: { formatter: percent, fontSize: 10, showMaxLabel: false },
          splitLine: { lineStyle: { color: FAINT } },
        },
        {
          type: 'value' as const,
          gridIndex: 2 * index + 1,
          ...priceBounds(target),
          splitNumber: 2,
          axisLabel: { fontSize: 10 },
          splitLine: { lineStyle: { color: FAINT } },
        },
      ]),
      series: targets.flatMap((target, index) => [
        line(NAMES.plain, 2 * index, COLOURS.second, hours, target.used_without_prices, 1.5),
        line(NAMES.priced, 2 * index, COLOURS.ours, hours, target.used, 2.5),
        line(NAMES.expected, 2 * index, TEXT, hours, target.expected, 1, 'dashed'),
        { ...line(NAMES.price, 2 * index + 1, COLOURS.third, hours, yuan(target), 1.5), areaStyle: { opacity: 0.2 } },
      ]),
    },
  };
}

function titleOf({ kind, of, unit }: Target): string {
  return `${KINDS[kind]} · ${unit === 'amount_fen' ? '金额 amount' : UNITS[of]}`;
}

function yuan({ price_fen: prices }: Target): number[] {
  return prices.map((fen) => fen / 100);
}

/** A promise is paid for: its price goes down from 0. */
function priceBounds({ kind }: Target): { min?: number; max?: number } {
  return kind === 'cap' ? { min: 0 } : { max: 0 };
}

function hourAxis(gridIndex: number, labelled: boolean) {
  return {
    type: 'value' as const,
    gridIndex,
    min: 0,
    max: 24,
    interval: 6,
    axisLabel: { show: labelled, fontSize: 10, formatter: '{value}:00' },
    axisLine: { onZero: false },
    splitLine: { lineStyle: { color: FAINT } },
  };
}

function line(
  name: string,
  grid: number,
  color: string,
  hours: readonly number[],
  values: readonly number[],
  width: number,
  type: 'solid' | 'dashed' = 'solid',
) {
  return {
    name,
    type: 'line' as const,
    xAxisIndex: grid,
    yAxisIndex: grid,
    symbol: 'none',
    lineStyle: { width, type },
    itemStyle: { color },
    data: [[0, 0], ...hours.map((hour, index): [number, number] => [hour, values[index]!])].slice(name === NAMES.price ? 1 : 0),
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}
