/** What was entered in these days, and by whom. */
import { useQuery } from '@tanstack/react-query';
import { Card, Table } from 'antd';
import type { ReactNode } from 'react';
import { reading } from '../../api.ts';
import { moment, useLanguage, useTexts, yuan } from '../../language.tsx';
import { useNames } from '../../parts/names.ts';
import { Figure } from '../../parts/figure.tsx';
import { queryOf } from '../../parts/search.ts';
import type { SpendEntry } from './channel.ts';
import { texts } from './texts.ts';

export function Entries({ span }: { span: { readonly from: string; readonly to: string | undefined } }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const names = useNames('channel');
  const url = `/v1/desk/spend${queryOf(span)}`;
  const { data } = useQuery({ queryKey: ['spend', url], queryFn: reading<{ data: readonly SpendEntry[] }>(url) });
  return (
    <Card size="small" title={t('entered')}>
      <Table<SpendEntry>
        size="small"
        rowKey={({ channel, day }) => `${channel} ${day}`}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        dataSource={data === undefined ? [] : data.data.toReversed()}
        locale={{ emptyText: t('noEntries') }}
        columns={[
          { key: 'day', title: t('day'), dataIndex: 'day' },
          { key: 'channel', title: t('channel'), render: (_, { channel }) => names.get(channel) ?? channel },
          { key: 'spend', title: <Figure id="spend_fen" kind="derived" />, align: 'right', render: (_, { spend_fen: fen }) => yuan(fen) },
          { key: 'author', title: t('author'), render: (_, { author, at }) => `${author} · ${moment(at, lang)}` },
        ]}
      />
    </Card>
  );
}
