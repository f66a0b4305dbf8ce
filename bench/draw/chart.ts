/**
 * An ECharts option as the text of an SVG file. In: what to draw. Out: the same bytes for the same option, whatever was drawn before it in this
 * process: ECharts numbers its clip paths and the classes of its hover styles by chart and by process, and a picture needs neither.
 */
import * as echarts from 'echarts';
import type { EChartsOption } from 'echarts';

export const WIDTH = 720;

/** Mid-tone, so that they can be told apart on white; ours is always the first. */
export const COLOURS = { ours: '#2f6fb3', second: '#d9822b', third: '#3d9970', fourth: '#8e6bbf', quiet: '#8a94a0', limit: '#b5403c' } as const;
export const TEXT = '#3c444d';
export const FAINT = '#e3e7eb';

/** A picture of the page: its file's name without `.svg`, and what is on it. */
export interface Picture {
  readonly name: string;
  readonly height: number;
  readonly option: EChartsOption;
}

export function svgOf({ height, option }: Picture): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({ ...LOOK, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${still(svg)}\n`;
}

/** White, since the page may be shown on dark. */
const LOOK: EChartsOption = {
  animation: false,
  backgroundColor: '#ffffff',
  textStyle: { color: TEXT, fontSize: 12, fontFamily: "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif" },
};

/** Without what is for a mouse alone. */
function still(svg: string): string {
  return svg
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>\s*/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, '')
    .trimEnd();
}

export function heading(zh: string, en: string): NonNullable<EChartsOption['title']> {
  return {
    text: zh,
    subtext: en,
    left: 16,
    top: 10,
    itemGap: 4,
    textStyle: { fontSize: 15, color: TEXT },
    subtextStyle: { fontSize: 12, color: '#6b747e' },
  };
}
