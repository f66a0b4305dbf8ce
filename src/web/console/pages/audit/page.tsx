/** Who did what to what, newest first, from the chain that shows when it was tampered with. */
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Empty, Input, Select, Space, Table, Tooltip, type TableColumnType } from 'antd';
import type { ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { CsvButton } from '../../parts/csv.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { rangeOf, RangeChoice, spanOf } from '../../parts/range.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { deedName, detailWords, NOUNS, subjectPage, type Detail } from './deeds.ts';
import { texts } from './texts.ts';

interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly actor_name: string | null;
  readonly action: string;
  readonly subject: string;
  readonly detail: Detail;
  readonly hash: string;
}
interface Page {
  readonly data: readonly Entry[];
  readonly next_cursor: string | null;
}
interface Verdict {
  readonly ok: boolean;
  readonly head: { readonly count: number; readonly hash: string };
  readonly at?: number;
  readonly why?: string;
}
const PAGE_SIZE = 200;

export default function Audit(): ReactNode {
  const t = useTexts(texts);
  const [filters, change] = useFilters();
  const range = rangeOf(filters, '28', Date.now());
  const { actor, action, subject, cell } = filters;
  const path = { ...spanOf(range), actor, action, subject, cell };
  const list = useInfiniteQuery({
    queryKey: ['audit', path],
    queryFn: ({ pageParam, signal }) =>
      ask<Page>('GET', `/v1/desk/audit${queryOf({ ...path, limit: PAGE_SIZE, cursor: pageParam })}`, undefined, { signal }),
    initialPageParam: '',
    getNextPageParam: (page: Page) => page.next_cursor ?? undefined,
  });
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  const columns = useColumns();
  return (
    <>
      <PageHead title={t('title')}>
        <CsvButton name="audit" rows={() => csvRows(rows)} />
      </PageHead>
      <Filters />
      <Chain cell={cell} />
      {list.isError ? <Alert type="warning" title={problemOf(list.error).title} style={{ marginBottom: 12 }} /> : null}
      <Table<Entry>
        size="small"
        rowKey="seq"
        virtual
        loading={list.isPending}
        scroll={{ x: 1_000, y: Math.max(320, window.innerHeight - 330) }}
        pagination={false}
        dataSource={rows}
        columns={columns}
        locale={{
          emptyText: (
            <Empty description={t('empty')}>
              <p>{t('emptyHint')}</p>
              <Button onClick={() => change({ actor: undefined, action: undefined, subject: undefined })}>{t('clear')}</Button>
            </Empty>
          ),
        }}
      />
      {list.hasNextPage ? (
        <Button style={{ marginTop: 12 }} loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more', { n: PAGE_SIZE })}
        </Button>
      ) : null}
    </>
  );
}

function Filters(): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [filters, change] = useFilters();
  const { actor, action, subject, cell } = filters;
  return (
    <Space wrap style={{ marginBottom: 12 }}>
      <RangeChoice range={rangeOf(filters, '28', Date.now())} usual="28" />
      <Select
        aria-label={t('action')}
        style={{ minWidth: 150 }}
        value={action ?? ''}
        options={[
          { value: '', label: t('allActions') },
          ...Object.entries(NOUNS).map(([value, words]) => ({ value, label: words[lang === 'zh' ? 0 : 1] })),
        ]}
        onChange={(value) => change({ action: value })}
      />
      <Found name="actor" value={actor} label={t('actorHint')} onChange={change} />
      <Found name="subject" value={subject} label={t('subjectHint')} onChange={change} />
      <Tooltip title={t('chainHint')}>
        <span>
          <Found name="cell" value={cell} label={`${t('cell')}: ${t('deskChain')}`} onChange={change} />
        </span>
      </Tooltip>
    </Space>
  );
}

function Found({
  name,
  value,
  label,
  onChange,
}: {
  name: string;
  value: string | undefined;
  label: string;
  onChange: (change: Readonly<Record<string, string>>) => void;
}): ReactNode {
  return (
    <Input.Search
      key={value}
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      allowClear
      style={{ width: name === 'cell' ? 150 : 210 }}
      onSearch={(text) => onChange({ [name]: text.trim() })}
    />
  );
}

/** Reads the whole chain when it is asked to, which takes a while when it is long. */
function Chain({ cell }: { cell: string | undefined }): ReactNode {
  const t = useTexts(texts);
  const verify = useMutation({ mutationFn: () => ask<Verdict>('GET', `/v1/desk/audit/verify${queryOf({ cell })}`) });
  const verdict = verify.data;
  const why = verdict?.why === 'record' || verdict?.why === 'count' || verdict?.why === 'head' ? t(`why_${verdict.why}`) : (verdict?.why ?? '');
  return (
    <Space orientation="vertical" style={{ width: '100%', marginBottom: 12 }}>
      <Button loading={verify.isPending} onClick={() => verify.mutate()}>
        {t('verify')}
      </Button>
      {verify.isError ? <Alert type="warning" title={problemOf(verify.error).title} /> : null}
      {verdict === undefined ? null : verdict.ok ? (
        <Alert
          type="success"
          role="status"
          title={t('holds', { n: verdict.head.count.toLocaleString('en-US') })}
          description={t('head', { hash: verdict.head.hash })}
        />
      ) : (
        <Alert type="error" role="alert" title={t('broken', { at: (verdict.at ?? 0) + 1, why })} />
      )}
    </Space>
  );
}

function useColumns(): TableColumnType<Entry>[] {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  return [
    { key: 'at', title: t('at'), width: 160, render: (_, row) => moment(row.at, lang, true) },
    {
      key: 'actor',
      title: t('actor'),
      width: 170,
      ellipsis: true,
      render: (_, row) => (
        <span title={row.actor}>{row.actor_name ?? (row.actor === 'machine' || row.actor === 'schedule' ? t('machine') : row.actor)}</span>
      ),
    },
    { key: 'action', title: t('action'), width: 190, render: (_, row) => <span title={row.action}>{deedName(row.action, lang)}</span> },
    {
      key: 'subject',
      title: t('subject'),
      width: 240,
      ellipsis: true,
      render: (_, row) => {
        const page = subjectPage(row.action, row.subject);
        return page === null ? row.subject : <Link to={page}>{row.subject}</Link>;
      },
    },
    {
      key: 'detail',
      title: t('detail'),
      ellipsis: true,
      render: (_, row) => {
        const words = detailWords(row.detail, lang);
        return <span title={words}>{words}</span>;
      },
    },
  ];
}

function csvRows(rows: readonly Entry[]): (string | number | null)[][] {
  return [
    ['seq', 'at', 'actor', 'actor_name', 'action', 'subject', 'detail', 'hash'],
    ...rows.map((row) => [row.seq, row.at, row.actor, row.actor_name, row.action, row.subject, JSON.stringify(row.detail), row.hash]),
  ];
}
