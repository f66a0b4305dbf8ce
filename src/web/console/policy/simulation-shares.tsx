/** Whose the approvals are, now and after: two rivers from the asking to what came of it, and a table with the intervals. */
import { Table } from 'antd';
import { useMemo, type ReactNode } from 'react';
import type { Estimate, FunderShare, SimulationReport } from '../../../domain/simulation.ts';
import { percent, useTexts } from '../language.tsx';
import { Chart, type ChartOption } from '../parts/chart.tsx';
import { Meaning } from '../parts/meaning.tsx';
import type { NameOf } from './difference-words.ts';
import { Change, Interval } from './estimate.tsx';
import { texts } from './simulation-texts.ts';

export function SimulationShares({ result, nameOf }: { result: SimulationReport; nameOf: NameOf }): ReactNode {
  const t = useTexts(texts);
  const options = useMemo(() => {
    const words = { asks: t('asks'), approved: t('approved'), notApproved: t('notApproved') };
    return {
      active: river(result.funders, result.active.approvals.value, 'active', nameOf, words),
      candidate: river(result.funders, result.candidate.approvals.value, 'candidate', nameOf, words),
    };
  }, [result, nameOf, t]);
  return (
    <>
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 320px), 1fr))', gap: 12, margin: '12px 0' }}>
        <Chart title={`${t('now')} · ${t('where')}`} option={options.active} height={280} />
        <Chart title={`${t('after')} · ${t('where')}`} option={options.candidate} height={280} />
      </div>
      <div className="wide">
        <Table
          size="small"
          pagination={false}
          rowKey="funder_id"
          dataSource={[...result.funders].toSorted((a, b) => b.candidate.value - a.candidate.value)}
          columns={[
            { title: t('funder'), dataIndex: 'funder_id', render: nameOf },
            { title: <Meaning words={t('shareMeans')}>{t('shareNow')}</Meaning>, dataIndex: 'active', align: 'right', render: share },
            { title: <Meaning words={t('shareMeans')}>{t('shareAfter')}</Meaning>, dataIndex: 'candidate', align: 'right', render: share },
            {
              title: t('difference'),
              dataIndex: 'difference',
              align: 'right',
              render: (value: Estimate) => <Change estimate={value} say={(each) => percent(each)} />,
            },
            {
              title: <Meaning words={t('askedMeans')}>{t('asked')}</Meaning>,
              dataIndex: 'asked',
              align: 'right',
              render: (asked: FunderShare['asked']) => `${asked.active.toFixed(2)} → ${asked.candidate.toFixed(2)}`,
            },
          ]}
        />
      </div>
    </>
  );
}

function share(value: Estimate): ReactNode {
  return <Interval estimate={value} say={(each) => percent(each)} />;
}

const PER = 1_000;
const COLOURS = ['#1f7a7a', '#d08c2f', '#5b6abf', '#8a5a83', '#6b8f3a', '#b0554a', '#4f8fc0'];

/** Per 1,000 applications. What is asked of a funder ends approved there or not. */
function river(
  funders: readonly FunderShare[],
  approvals: number,
  which: 'active' | 'candidate',
  nameOf: NameOf,
  words: { readonly asks: string; readonly approved: string; readonly notApproved: string },
): ChartOption {
  const asked = funders.toSorted(byId).filter((each) => each.asked[which] > 0);
  const links = asked.flatMap((each) => {
    const name = nameOf(each.funder_id);
    const total = PER * each.asked[which];
    const approved = Math.min(total, PER * approvals * each[which].value);
    return [
      { source: words.asks, target: name, value: rounded(total) },
      { source: name, target: words.approved, value: rounded(approved) },
      { source: name, target: words.notApproved, value: rounded(total - approved) },
    ].filter((link) => link.value > 0);
  });
  // The same funder is the same colour in both.
  const colours = new Map([
    [words.approved, '#3f8f5f'],
    ...funders.toSorted(byId).map((each, index) => [nameOf(each.funder_id), COLOURS[index % COLOURS.length]!] as const),
  ]);
  const names = new Set(links.flatMap((link) => [link.source, link.target]));
  return {
    tooltip: { trigger: 'item' },
    series: [
      {
        type: 'sankey',
        left: 4,
        right: 92,
        top: 8,
        bottom: 8,
        nodeGap: 10,
        // In the order given, so that the two stand alike.
        layoutIterations: 0,
        data: [words.asks, ...asked.map((each) => nameOf(each.funder_id)), words.approved, words.notApproved]
          .filter((name) => names.has(name))
          .map((name) => ({ name, itemStyle: { color: colours.get(name) ?? '#8c8577' } })),
        links,
        emphasis: { focus: 'adjacency' },
        lineStyle: { color: 'gradient', opacity: 0.35 },
        label: { fontSize: 12 },
      },
    ],
  };
}

function byId(a: FunderShare, b: FunderShare): number {
  return a.funder_id < b.funder_id ? -1 : 1;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
