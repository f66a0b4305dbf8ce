/** Changes: what waits for a second person, what became of the others, and the way back to an earlier policy. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Badge, Button, Card, Empty, Segmented, Table, Tabs } from 'antd';
import type { ReactNode } from 'react';
import { ask, reading } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { KIND_WORDS } from '../../policy/fields.ts';
import { useNames } from '../../policy/names.ts';
import type { Change, ChangeState } from '../../policy/records.ts';
import { ChangeShown } from './change-shown.tsx';
import { STATE_BADGES } from './states.ts';
import { texts } from './texts.ts';
import { Versions } from './versions.tsx';

type Search = Readonly<Record<string, string | undefined>>;
type Say = ReturnType<typeof useTexts<keyof (typeof texts)['zh']>>;

export default function Page(): ReactNode {
  const t = useTexts(texts);
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const go = (more: Search): void => void navigate({ to: '/changes', search: ((was: object) => ({ ...was, ...more })) as never });
  return (
    <>
      <PageHead title={t('title')} />
      <Tabs
        activeKey={search['tab'] ?? 'changes'}
        onChange={(tab) => go({ tab: tab === 'changes' ? undefined : tab })}
        items={[
          { key: 'changes', label: t('changes'), children: <Changes search={search} go={go} t={t} /> },
          { key: 'versions', label: t('versions'), children: <Versions policyId={search['policy']} onPolicy={(policy) => go({ policy })} /> },
        ]}
      />
    </>
  );
}

function Changes({ search, go, t }: { search: Search; go: (more: Search) => void; t: Say }): ReactNode {
  const state = search['state'] ?? 'open';
  const waiting = useQuery({
    queryKey: ['changes', 'open'],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        ['proposed', 'scheduled'].map((each) => ask<ChangePage>('GET', `/v1/desk/changes?state=${each}&limit=200`, undefined, { signal })),
      );
      return pages.flatMap((page) => page.data);
    },
    enabled: state === 'open',
  });
  const pages = useInfiniteQuery({
    queryKey: ['changes', 'pages', state],
    queryFn: async ({ pageParam, signal }) =>
      ask<ChangePage>(
        'GET',
        `/v1/desk/changes?limit=50${state === 'all' ? '' : `&state=${state}`}${pageParam === '' ? '' : `&cursor=${pageParam}`}`,
        undefined,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled: state !== 'open',
  });
  const rows = state === 'open' ? waiting.data : pages.data?.pages.flatMap((page) => page.data);
  return (
    <>
      <Segmented
        aria-label={t('state')}
        value={state}
        onChange={(next) => go({ state: next === 'open' ? undefined : next, id: undefined })}
        options={(['open', 'scheduled', 'approved', 'rejected', 'withdrawn', 'failed', 'all'] as const).map((value) => ({ value, label: t(value) }))}
        style={{ marginBottom: 12 }}
      />
      <div className="sides list">
        <div>
          <List rows={rows} state={state} chosen={search['id']} onChoose={(id) => go({ id })} t={t} />
          {pages.hasNextPage ? <Button onClick={() => void pages.fetchNextPage()}>{t('more')}</Button> : null}
        </div>
        {search['id'] === undefined ? (
          <Card size="small">
            <Empty description={t('choose')} image={Empty.PRESENTED_IMAGE_SIMPLE} />
          </Card>
        ) : (
          <One key={search['id']} id={search['id']} />
        )}
      </div>
    </>
  );
}

interface ChangePage {
  readonly data: readonly Change[];
  readonly next_cursor: string | null;
}
interface ListProps {
  readonly rows: readonly Change[] | undefined;
  readonly state: string;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly t: Say;
}

function List({ rows, state, chosen, onChoose, t }: ListProps): ReactNode {
  const { lang } = useLanguage();
  const nameOf = useNames();
  const empty = (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={state === 'open' ? `${t('nothing')}。${t('nothingDo')}` : t('noneOfState')} />
  );
  return (
    <Table
      size="small"
      rowKey="id"
      loading={rows === undefined}
      dataSource={[...(rows ?? [])]}
      pagination={false}
      scroll={{ y: 640 }}
      locale={{ emptyText: empty }}
      onRow={(row) => ({
        onClick: () => onChoose(row.id),
        style: { cursor: 'pointer' },
        ...(row.id === chosen ? { className: 'ant-table-row-selected' } : {}),
      })}
      columns={[
        {
          title: t('record'),
          dataIndex: 'record_id',
          render: (id: string, row) => (
            <>
              <Button type="link" size="small" className="linked" aria-current={row.id === chosen} onClick={() => onChoose(row.id)}>
                {KIND_WORDS[row.kind]?.[lang] ?? row.kind} · {nameOf(id)}
              </Button>
              <div className="quiet">{row.note}</div>
            </>
          ),
        },
        { title: t('state'), dataIndex: 'state', width: 118, render: (value: ChangeState) => <Badge status={STATE_BADGES[value]} text={t(value)} /> },
        { title: t('at'), dataIndex: 'created_at', width: 132, render: (value: string) => moment(value, lang) },
      ]}
    />
  );
}

function One({ id }: { id: string }): ReactNode {
  const change = useQuery({ queryKey: ['changes', 'one', id], queryFn: reading<Change>(`/v1/desk/changes/${id}`) });
  return <Answered query={change}>{(found) => <ChangeShown change={found} />}</Answered>;
}
