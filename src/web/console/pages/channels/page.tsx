/** What each channel costs and brings. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Table, type TableColumnType } from 'antd';
import { useState, type ReactNode } from 'react';
import { reading } from '../../api.ts';
import { percent, useTexts, yuan } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { CsvButton } from '../../parts/csv.tsx';
import { Figure } from '../../parts/figure.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { rangeOf, RangeChoice, spanOf } from '../../parts/range.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { intervalText } from '../../parts/shares.ts';
import { useMay } from '../../session.ts';
import '../funnel/funnel.css';
import { YoungMark } from '../funnel/way.tsx';
import type { ChannelRow, Channels } from './channel.ts';
import { Entries } from './entries.tsx';
import { SpendForm } from './spend-form.tsx';
import { texts } from './texts.ts';

type Row = Channels['total'] & Partial<Pick<ChannelRow, 'channel' | 'name' | 'spend_days'>>;
type Column = readonly [id: keyof Channels['total'], kind: 'funnel' | 'derived', as: 'count' | 'fen' | 'share', whole?: 'submitted' | 'disbursed'];
const COLUMNS: readonly Column[] = [
  ['spend_fen', 'derived', 'fen'],
  ['submitted', 'funnel', 'count'],
  ['cost_per_submitted_fen', 'derived', 'fen'],
  ['approved', 'funnel', 'count'],
  ['approved_share', 'derived', 'share', 'submitted'],
  ['disbursed', 'funnel', 'count'],
  ['cost_per_loan_fen', 'derived', 'fen'],
  ['overdue_share', 'derived', 'share', 'disbursed'],
  ['disbursed_fen', 'funnel', 'fen'],
  ['earned_fen', 'derived', 'fen'],
  ['profit_fen', 'derived', 'fen'],
  ['roi', 'derived', 'share'],
];
const PART_OF: Readonly<Partial<Record<keyof Channels['total'], 'approved' | 'overdue'>>> = { approved_share: 'approved', overdue_share: 'overdue' };
/** Of these more is to come while a cohort is young. */
const GROWING = new Set(['approved', 'approved_share', 'disbursed', 'overdue_share', 'disbursed_fen', 'earned_fen', 'profit_fen', 'roi']);

export default function Page(): ReactNode {
  const t = useTexts(texts);
  const [search] = useFilters();
  const [entering, setEntering] = useState<string | null>(null);
  const mayEnter = useMay('operator', 'finance');
  const range = rangeOf(search, '28', Date.now());
  const url = `/v1/desk/channels${queryOf(spanOf(range))}`;
  const query = useQuery({ queryKey: ['channels', url], queryFn: reading<Channels>(url) });
  return (
    <>
      <PageHead title={t('title')}>
        <RangeChoice range={range} usual="28" />
        {mayEnter ? (
          <Button type="primary" onClick={() => setEntering('')}>
            {t('enter')}
          </Button>
        ) : null}
      </PageHead>
      <Answered query={query}>{(channels) => <Shown channels={channels} onEnter={mayEnter ? setEntering : null} />}</Answered>
      <Entries span={spanOf(range)} />
      <SpendForm key={entering} channel={entering} onClose={() => setEntering(null)} />
    </>
  );
}

function Shown({ channels, onEnter }: { channels: Channels; onEnter: ((channel: string) => void) | null }): ReactNode {
  const t = useTexts(texts);
  const columns: TableColumnType<Row>[] = [
    { key: 'channel', title: t('channel'), render: (_, row) => nameOf(row, t('none'), t('total')) },
    ...COLUMNS.map((column): TableColumnType<Row> => ({
      key: column[0],
      title: <Figure id={column[0]} kind={column[1]} />,
      align: 'right',
      ...(column[0] === 'spend_fen' ? {} : { sorter: (a: Row, b: Row) => Number(a[column[0]] ?? -1e18) - Number(b[column[0]] ?? -1e18) }),
      onCell: (row) => (!row.mature && GROWING.has(column[0]) ? { className: 'young' } : {}),
      render: (_, row) =>
        column[0] === 'spend_fen' ? <SpendCell row={row} days={channels.days} onEnter={onEnter} /> : <ValueCell row={row} column={column} />,
    })),
  ];
  return (
    <Card
      size="small"
      title={t('table')}
      style={{ marginBottom: 16 }}
      extra={
        <span style={{ display: 'flex', gap: 12, alignItems: 'center' }}>
          <YoungMark />
          <CsvButton name="channels" rows={() => csvRows(channels)} />
        </span>
      }
    >
      <div className="wide-table">
        <Table<Row>
          size="small"
          rowKey={(row) => row.channel ?? ''}
          pagination={false}
          columns={columns}
          dataSource={[...channels.channels]}
          locale={{ emptyText: <Empty description={t('noChannels')} /> }}
          summary={() =>
            channels.channels.length < 2 ? null : (
              <Table.Summary.Row>
                <Table.Summary.Cell index={0}>
                  <strong>{t('total')}</strong>
                </Table.Summary.Cell>
                {COLUMNS.map((column, at) => (
                  <Table.Summary.Cell key={column[0]} index={at + 1} align="right">
                    <ValueCell row={channels.total} column={column} />
                  </Table.Summary.Cell>
                ))}
              </Table.Summary.Row>
            )
          }
        />
      </div>
    </Card>
  );
}

function nameOf(row: Row, none: string, total: string): string {
  return row.channel === undefined ? total : (row.name ?? row.channel ?? none);
}

function SpendCell({ row, days, onEnter }: { row: Row; days: number; onEnter: ((channel: string) => void) | null }): ReactNode {
  const t = useTexts(texts);
  const { channel } = row;
  return (
    <>
      <div>{row.spend_fen === null ? <span className="faint">{t('noSpend')}</span> : yuan(row.spend_fen)}</div>
      <div className="faint">{t('days', { n: row.spend_days ?? 0, all: days })}</div>
      {onEnter === null || channel === null || channel === undefined ? null : (
        <Button size="small" type="link" style={{ padding: 0 }} onClick={() => onEnter(channel)}>
          {t('enter')}
        </Button>
      )}
    </>
  );
}

function ValueCell({ row, column: [id, , as, whole] }: { row: Row; column: Column }): ReactNode {
  const value = row[id];
  if (typeof value !== 'number') return '–';
  if (as === 'count') return value.toLocaleString('en-US');
  if (as === 'fen') return yuan(value).replace('¥-', '−¥');
  const part = PART_OF[id];
  return (
    <>
      <div>{percent(value)}</div>
      {whole === undefined || part === undefined ? null : <div className="faint">{intervalText(row[part], row[whole])}</div>}
    </>
  );
}

function csvRows({ channels, total }: Channels): (string | number | boolean | null)[][] {
  const names = Object.keys(total) as (keyof Channels['total'])[];
  return [
    ['channel', 'name', 'spend_days', ...names],
    ...channels.map((row) => [row.channel, row.name, row.spend_days, ...names.map((name) => row[name])]),
    ['total', null, null, ...names.map((name) => total[name])],
  ];
}
