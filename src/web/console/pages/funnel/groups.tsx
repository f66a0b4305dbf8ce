/** The groups side by side: each stage's count and its share of the one before, hatched while it may still grow. */
import { Card, Table, type TableColumnType } from 'antd';
import type { ReactNode } from 'react';
import { moment, percent, useLanguage, useTexts } from '../../language.tsx';
import { CsvButton, type Cell } from '../../parts/csv.tsx';
import { Figure } from '../../parts/figure.tsx';
import { intervalText } from '../../parts/shares.ts';
import { stageOf, wayOf, wholeOf, type Funnel, type Group } from './model.ts';
import { texts } from './texts.ts';
import { YoungMark } from './way.tsx';

export type Name = (key: string | null) => string;

export function Groups({ funnel, byText, name }: { funnel: Funnel; byText: string; name: Name }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const timed = funnel.by === 'day' || funnel.by === 'hour';
  const label: Name = timed ? (key) => (key === null ? '' : moment(key, lang)) : name;
  const kind = funnel.counts === 'attempt' ? 'funder' : 'funnel';
  const columns: TableColumnType<Group>[] = [
    { key: 'key', title: byText, render: (_, group) => label(group.key) },
    ...wayOf(funnel.total.stages).map(({ stage }): TableColumnType<Group> => ({
      key: stage,
      title: <Figure id={stage} kind={kind} />,
      align: 'right',
      sorter: (a, b) => (stageOf(a, stage)?.count ?? 0) - (stageOf(b, stage)?.count ?? 0),
      onCell: (group) => (stageOf(group, stage)?.mature === false ? { className: 'young' } : {}),
      render: (_, group) => <StageCell group={group} stage={stage} />,
    })),
  ];
  return (
    <Card
      size="small"
      title={t('groupsTitle', { by: byText })}
      extra={
        <span style={{ display: 'flex', gap: 12, alignItems: 'center' }}>
          <YoungMark />
          <CsvButton name={`funnel-${funnel.by ?? 'total'}`} rows={() => rowsOf(funnel, label, byText)} />
        </span>
      }
    >
      <div className="wide-table">
        <Table<Group>
          size="small"
          rowKey={(group) => group.key ?? ''}
          columns={columns}
          dataSource={[...funnel.groups]}
          pagination={funnel.groups.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
          {...(funnel.left_out > 0 ? { footer: () => t('leftOut', { n: funnel.left_out }) } : {})}
        />
      </div>
    </Card>
  );
}

function StageCell({ group, stage }: { group: Group; stage: string }): ReactNode {
  const found = stageOf(group, stage);
  if (found === undefined) return null;
  const sure = intervalText(found.count, wholeOf(group, found));
  return (
    <>
      <div>{found.count.toLocaleString('en-US')}</div>
      {found.of === null ? null : (
        <div className="faint" title={sure === '' ? undefined : sure}>
          {percent(found.of_before)}
        </div>
      )}
    </>
  );
}

/** Every stage, those that branch off too. */
function rowsOf(funnel: Funnel, label: Name, byText: string): Cell[][] {
  const names = funnel.total.stages.map(({ stage }) => stage);
  const head = [byText, ...names.flatMap((stage) => [stage, `${stage}_of_before`]), 'mature', ...Object.keys(funnel.total.sums)];
  const row = (key: string, group: Group): Cell[] => [
    key,
    ...names.flatMap((stage) => [stageOf(group, stage)?.count ?? 0, stageOf(group, stage)?.of_before ?? null]),
    group.mature,
    ...Object.values(group.sums),
  ];
  return [head, ...funnel.groups.map((group) => row(label(group.key), group)), row('total', funnel.total)];
}
