/** A chart, loaded when the first one is shown. `title` is the question it answers; `option` is ECharts'. */
import { lazy, Suspense, type ReactNode } from 'react';
import { Card, Skeleton } from 'antd';
import type { ChartOption } from './chart-drawn.tsx';

const Drawn = lazy(() => import('./chart-drawn.tsx'));

export type { ChartOption };

export function Chart({ title, option, height = 260, extra }: { title: string; option: ChartOption; height?: number; extra?: ReactNode }): ReactNode {
  return (
    <Card size="small" title={title} extra={extra}>
      <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height }} />}>
        <Drawn option={option} height={height} label={title} />
      </Suspense>
    </Card>
  );
}
