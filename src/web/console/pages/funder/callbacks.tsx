/** The last callbacks and what was made of them. */
import { useQuery } from '@tanstack/react-query';
import { Badge, Card, Table } from 'antd';
import type { ReactNode } from 'react';
import { reading } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import type { Callback } from './funder-reads.ts';
import { texts } from './texts.ts';

const MOST = 50;
const REFRESH_MS = 30_000;

/** What a callback came to, as the desk names it; others are shown as they are. */
const STATES: Readonly<Record<string, readonly [badge: 'success' | 'warning' | 'error' | 'default', zh: string, en: string]>> = {
  processed: ['success', '已采用', 'applied'],
  received: ['default', '已收到，待处理', 'received, not read yet'],
  ignored: ['default', '没有新内容', 'nothing new'],
  unmatched: ['warning', '找不到对应的尝试', 'no such attempt'],
  forged: ['error', '签名不符', 'its signature does not verify'],
};

export function Callbacks({ id }: { id: string }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const rows = useQuery({
    queryKey: ['funder', id, 'callbacks'],
    queryFn: reading<{ data: readonly Callback[] }>(`/v1/desk/funders/${id}/callbacks?limit=${MOST}`),
    refetchInterval: REFRESH_MS,
  }).data?.data;
  return (
    <Card size="small" title={t('callbacks')}>
      {rows?.length === 0 ? (
        <span className="quiet">{t('noCallbacks')}</span>
      ) : (
        <Table
          size="small"
          pagination={false}
          rowKey="id"
          loading={rows === undefined}
          dataSource={[...(rows ?? [])]}
          scroll={{ y: 260 }}
          columns={[
            { title: t('received'), dataIndex: 'received_at', width: 150, render: (at: string) => moment(at, lang) },
            {
              title: t('state'),
              dataIndex: 'state',
              width: 150,
              render: (state: string) => {
                const [badge, zh, en] = STATES[state] ?? (['default', state, state] as const);
                return <Badge status={badge} text={lang === 'zh' ? zh : en} />;
              },
            },
            { title: t('attempt'), dataIndex: 'attempt_id', ellipsis: true, render: (id: string | null) => id ?? '–' },
            { title: t('detail'), dataIndex: 'detail', ellipsis: true, render: (detail: string | null) => detail ?? '' },
          ]}
        />
      )}
    </Card>
  );
}
