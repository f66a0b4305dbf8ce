/** All funders at a glance. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Badge, Empty, Table, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { moment, percent, useLanguage, useTexts, yuan } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { CsvButton } from '../../parts/csv.tsx';
import { Meaning } from '../../parts/meaning.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { amountWords } from '../../policy/cap-words.ts';
import { secondsWords } from '../../policy/difference-words.ts';
import { fundersNowQuery, type FunderRow } from '../funder/funder-reads.ts';
import { texts } from './texts.ts';

type Say = ReturnType<typeof useTexts<keyof (typeof texts)['zh']>>;

export default function Page(): ReactNode {
  const t = useTexts(texts);
  const funders = useQuery(fundersNowQuery);
  return (
    <>
      <PageHead title={t('title')}>
        <CsvButton name="funders" rows={() => cells(funders.data?.data ?? [], t)} />
      </PageHead>
      <Answered query={funders}>
        {({ data }) => (data.length === 0 ? <Empty description={`${t('none')}。${t('noneDo')}`} /> : <Funders rows={data} t={t} />)}
      </Answered>
    </>
  );
}

function Funders({ rows, t }: { rows: readonly FunderRow[]; t: Say }): ReactNode {
  const { lang } = useLanguage();
  const number = { align: 'right' as const, className: 'number' };
  return (
    <div className="wide">
      <Table
        size="small"
        pagination={false}
        rowKey="id"
        dataSource={[...rows]}
        columns={[
          {
            title: t('name'),
            dataIndex: 'name',
            render: (name: string, row) => (
              <Link to="/funders/$id" params={{ id: row.id }}>
                {name}
              </Link>
            ),
          },
          { title: <Meaning words={t('tierMeans')}>{t('tier')}</Meaning>, dataIndex: 'tier', ...number, sorter: (a, b) => a.tier - b.tier },
          { title: <Meaning words={t('healthMeans')}>{t('health')}</Meaning>, key: 'health', render: (_, row) => <Health row={row} t={t} /> },
          { title: <Meaning words={t('capsMeans')}>{t('caps')}</Meaning>, key: 'caps', render: (_, row) => <Caps row={row} t={t} /> },
          { title: <Meaning words={t('pacingMeans')}>{t('pacing')}</Meaning>, key: 'pacing', ...number, render: (_, row) => <Pacing row={row} /> },
          {
            title: <Meaning words={t('approvalMeans')}>{t('approval')}</Meaning>,
            key: 'approval',
            ...number,
            sorter: (a, b) => (a.recent.approval_rate ?? -1) - (b.recent.approval_rate ?? -1),
            render: (_, { recent }) => `${percent(recent.approval_rate)} (${recent.approved}/${recent.approved + recent.declined})`,
          },
          { title: t('sent'), key: 'sent', ...number, sorter: (a, b) => a.recent.sent - b.recent.sent, render: (_, { recent }) => recent.sent },
          {
            title: <Meaning words={t('latencyMeans')}>{t('latency')}</Meaning>,
            key: 'latency',
            ...number,
            render: (_, { recent }) => (recent.median_ms === null ? '–' : latencyWords(recent.median_ms, lang)),
          },
          {
            title: t('callback'),
            dataIndex: 'last_callback_at',
            render: (at: string | null) => (at === null ? t('never') : moment(at, lang)),
          },
          { title: t('alarms'), dataIndex: 'alarms', render: (alarms: FunderRow['alarms']) => <Alarms alarms={alarms} /> },
        ]}
      />
    </div>
  );
}

function latencyWords(ms: number, lang: 'zh' | 'en'): string {
  return ms < 10_000 ? secondsWords(Math.round(ms / 100) / 10, lang) : secondsWords(Math.round(ms / 1_000), lang);
}

/** Why nobody is sent to it; empty when somebody can be. */
function whyClosed({ checks, breaker }: Pick<FunderRow, 'checks' | 'breaker'>, t: Say): string[] {
  const failed = checks.flatMap(({ id, ok }) => (ok ? [] : [t(id)]));
  return breaker.state === 'open' ? [...failed, t('breaker')] : failed;
}

function Health({ row, t }: { row: FunderRow; t: Say }): ReactNode {
  const why = whyClosed(row, t);
  if (why.length > 0) return <Badge status={row.status === 'paused' ? 'default' : 'error'} text={t('closed', { why: why.join(' · ') })} />;
  return row.breaker.state === 'half_open' ? <Badge status="warning" text={t('breakerHalf')} /> : <Badge status="success" text={t('open')} />;
}

function Caps({ row, t }: { row: FunderRow; t: Say }): ReactNode {
  const { lang } = useLanguage();
  if (row.caps.length === 0) return <span className="quiet">{t('noCaps')}</span>;
  return row.caps.map((cap) => (
    <div key={cap.id}>
      {t('left', {
        window: t(cap.window),
        left: amountWords(cap.unit, Math.max(0, cap.limit - cap.used), lang),
        limit: amountWords(cap.unit, cap.limit, lang),
      })}
    </div>
  ));
}

function Pacing({ row }: { row: FunderRow }): ReactNode {
  if (row.volume.length === 0) return '–';
  return row.volume.map((target) => (
    <div key={target.id}>
      {percent(target.progress === 0 ? null : target.used / (target.volume * target.progress), 0)} ({yuan(target.price_fen)})
    </div>
  ));
}

function Alarms({ alarms }: { alarms: FunderRow['alarms'] }): ReactNode {
  if (alarms.length === 0) return '–';
  return (
    <Tooltip title={alarms.map((alarm) => alarm.detail).join(' · ')}>
      <span tabIndex={0}>
        <Badge status="error" text={alarms.map((alarm) => alarm.kind).join(', ')} />
      </span>
    </Tooltip>
  );
}

function cells(rows: readonly FunderRow[], t: Say) {
  const head = [t('name'), t('tier'), t('health'), t('sent'), t('approval'), t('latency'), t('callback'), t('alarms')];
  return [
    head,
    ...rows.map((row) => [
      row.name,
      row.tier,
      whyClosed(row, t).join(' · ') || t('open'),
      row.recent.sent,
      row.recent.approval_rate,
      row.recent.median_ms,
      row.last_callback_at,
      row.alarms.map((alarm) => alarm.kind).join(' '),
    ]),
  ];
}
