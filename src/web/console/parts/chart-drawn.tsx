/** ECharts with what the console draws and nothing else. */
import {
  BarChart,
  CustomChart,
  FunnelChart,
  LineChart,
  SankeyChart,
  ScatterChart,
  type BarSeriesOption,
  type CustomSeriesOption,
  type FunnelSeriesOption,
  type LineSeriesOption,
  type SankeySeriesOption,
  type ScatterSeriesOption,
} from 'echarts/charts';
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
  type AriaComponentOption,
  type DatasetComponentOption,
  type GridComponentOption,
  type LegendComponentOption,
  type TooltipComponentOption,
} from 'echarts/components';
import { init, use, type ComposeOption } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, type ReactNode } from 'react';
import { useMode } from '../theme.tsx';

use([
  BarChart,
  CustomChart,
  FunnelChart,
  LineChart,
  SankeyChart,
  ScatterChart,
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
  CanvasRenderer,
]);

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | CustomSeriesOption
  | FunnelSeriesOption
  | LineSeriesOption
  | SankeySeriesOption
  | ScatterSeriesOption
  | AriaComponentOption
  | DatasetComponentOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
>;

/** Blue-green first; told apart without colour sight too. */
const COLOURS = ['#1f7a7a', '#d08c2f', '#5b6abf', '#8a5a83', '#6b8f3a', '#b0554a', '#4f8fc0', '#8c8577'];

export default function ChartDrawn({ option, height, label }: { option: ChartOption; height: number; label: string }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const { mode } = useMode();
  useEffect(() => {
    const chart = init(place.current!, mode === 'dark' ? 'dark' : null);
    chart.setOption({ backgroundColor: 'transparent', color: COLOURS, animation: false, aria: { enabled: true }, ...option });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option, mode]);
  return <div ref={place} className="chart" style={{ height }} role="img" aria-label={label} />;
}
