/** Every application, masked, newest first; filters in the address. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Empty, Input, Select, Skeleton, Space, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask } from '../../api.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { CsvButton, type Cell } from '../../parts/csv.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { APPLICATION_STATE_NAMES, applicationState } from '../../parts/words.ts';
import type { Application } from './application.ts';
import { useColumns } from './columns.tsx';
import { PhoneSearch } from './phone-search.tsx';
import { texts } from './texts.ts';

interface Page {
  readonly data: readonly Application[];
  readonly next_cursor: string | null;
}
const PAGE_SIZE = 100;

export default function Applications(): ReactNode {
  const t = useTexts(texts);
  const [filters] = useFilters();
  const [found, setFound] = useState<{ readonly phone: string; readonly data: readonly Application[] } | null>(null);
  const { state, channel, quarantined } = filters;
  const list = useInfiniteQuery({
    queryKey: ['applications', state, channel, quarantined],
    queryFn: ({ pageParam, signal }) =>
      ask<Page>('GET', `/v1/desk/applications${queryOf({ state, channel, quarantined, limit: PAGE_SIZE, cursor: pageParam })}`, undefined, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page: Page) => page.next_cursor ?? undefined,
  });
  const columns = useColumns();
  const rows = found === null ? (list.data?.pages.flatMap((page) => page.data) ?? []) : found.data;
  return (
    <>
      <PageHead title={t('title')}>
        <PhoneSearch onFound={setFound} />
        <CsvButton name="applications" rows={() => csvRows(rows)} />
      </PageHead>
      <Filters />
      {found === null ? null : (
        <Alert
          style={{ marginBottom: 12 }}
          type="info"
          title={t('found', { phone: found.phone, n: found.data.length })}
          action={<Button onClick={() => setFound(null)}>{t('clear')}</Button>}
        />
      )}
      {list.isPending ? (
        <Skeleton active paragraph={{ rows: 8 }} />
      ) : (
        <Table
          size="small"
          rowKey="id"
          virtual
          scroll={{ x: 1_060, y: Math.max(320, window.innerHeight - 300) }}
          pagination={false}
          dataSource={rows}
          columns={columns}
          locale={{ emptyText: <Empty description={t('empty')} /> }}
        />
      )}
      {found === null && list.hasNextPage ? (
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
  const [{ state, channel, quarantined }, change] = useFilters();
  return (
    <Space wrap style={{ marginBottom: 12 }}>
      <Select
        aria-label={t('state')}
        style={{ width: 160 }}
        value={state ?? ''}
        onChange={(value) => change({ state: value })}
        options={[
          { value: '', label: `${t('state')}: ${t('all')}` },
          ...APPLICATION_STATE_NAMES.map((name) => ({ value: name, label: applicationState(name, lang) })),
        ]}
      />
      <Input.Search
        aria-label={t('channel')}
        placeholder={t('channel')}
        defaultValue={channel}
        allowClear
        style={{ width: 180 }}
        onSearch={(value) => change({ channel: value.trim() })}
      />
      <Checkbox checked={quarantined === 'true'} onChange={({ target }) => change({ quarantined: target.checked ? 'true' : undefined })}>
        {t('aside')}
      </Checkbox>
    </Space>
  );
}

function csvRows(rows: readonly Application[]): Cell[][] {
  return [
    ['id', 'state', 'channel', 'variant', 'amount_fen', 'term_months', 'policy', 'reasons', 'created_at', 'submitted_at'],
    ...rows.map((row) => [
      row.id,
      row.state,
      row.channel,
      row.variant,
      row.amount_fen,
      row.term_months,
      row.policy_id,
      row.reasons.map(({ code }) => code).join(' '),
      row.created_at,
      row.submitted_at,
    ]),
  ];
}
