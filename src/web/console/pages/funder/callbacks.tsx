/** The last callbacks and what was made of them. */
import { Badge, Card, Table } from 'antd';
import type { ReactNode } from 'react';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import type { Status } from './funder-reads.ts';
import { texts } from './texts.ts';

/** What a callback came to, as the desk names it; others are shown as they are. */
const STATES: Readonly<Record<string, readonly [badge: 'success' | 'warning' | 'error' | 'default', zh: string, en: string]>> = {
  processed: ['success', '已采用', 'applied'],
  received: ['default', '已收到，待处理', 'received, not read yet'],
  ignored: ['default', '没有新内容', 'nothing new'],
  unmatched: ['warning', '找不到对应的尝试', 'no such attempt'],
  forged: ['error', '签名不符', 'its signature does not verify'],
};

export function Callbacks({ status }: { status: Status }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  return (
    <Card size="small" title={t('callbacks')}>
      {status.callbacks.length === 0 ? (
        <span className="quiet">{t('noCallbacks')}</span>
      ) : (
        <Table
          size="small"
          pagination={false}
          rowKey="id"
          dataSource={[...status.callbacks]}
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
