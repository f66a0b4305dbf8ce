/** Endpoints that hear of events, and what was sent to them. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Empty, Flex, Space, Table, Tag, Tooltip, Typography } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf, reading } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useFilters } from '../../parts/search.ts';
import { useMay } from '../../session.ts';
import { Deliveries } from './deliveries.tsx';
import { NewEndpoint } from './new-endpoint.tsx';
import { showSecrets, type Secrets } from './secrets.tsx';
import { texts } from './texts.ts';

export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly channel_id: string | null;
  readonly status: 'enabled' | 'disabled';
  readonly disabled_reason: string | null;
  readonly health: { readonly failing_since: string | null };
  readonly created_at: string;
}
export default function Webhooks(): ReactNode {
  const t = useTexts(texts);
  const [{ endpoint }] = useFilters();
  const [adding, setAdding] = useState(false);
  const query = useQuery({
    queryKey: ['endpoints'],
    queryFn: reading<{ data: readonly Endpoint[] }>('/v1/webhook-endpoints'),
    refetchInterval: 15_000,
  });
  return (
    <>
      <PageHead title={t('title')}>
        {useMay('operator') ? (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        ) : null}
      </PageHead>
      <NewEndpoint open={adding} onClose={() => setAdding(false)} />
      <Flex vertical gap={16}>
        <Answered query={query}>{({ data }) => <Endpoints endpoints={data} />}</Answered>
        {endpoint === undefined ? null : (
          <Card size="small" title={`${t('deliveries')}: ${endpoint}`}>
            <Deliveries endpoint={endpoint} />
          </Card>
        )}
      </Flex>
    </>
  );
}

function Endpoints({ endpoints }: { endpoints: readonly Endpoint[] }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [{ endpoint: chosen }, change] = useFilters();
  if (endpoints.length === 0) return <Empty description={t('empty')} />;
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: 800 }}
      dataSource={endpoints}
      rowClassName={(endpoint) => (endpoint.id === chosen ? 'ant-table-row-selected' : '')}
      columns={[
        { title: t('url'), dataIndex: 'url', render: (url: string, { id }) => <Tooltip title={id}>{url}</Tooltip> },
        { title: t('types'), dataIndex: 'types', render: (types: readonly string[]) => types.join(', ') },
        { title: t('channel'), dataIndex: 'channel_id', render: (id: string | null) => id ?? t('anyChannel') },
        {
          title: t('status'),
          render: (_, { status, disabled_reason: why, health }) => (
            <Space size={4}>
              <Tag color={status === 'enabled' ? 'green' : 'default'}>{t(status)}</Tag>
              {status === 'disabled' && why !== null ? why : null}
              {status === 'enabled' && health.failing_since !== null ? (
                <Typography.Text type="danger">{t('failing', { at: moment(health.failing_since, lang) })}</Typography.Text>
              ) : null}
            </Space>
          ),
        },
        {
          title: '',
          align: 'right',
          render: (_, endpoint) => (
            <Space>
              <Button size="small" onClick={() => change({ endpoint: endpoint.id, state: undefined })}>
                {t('show')}
              </Button>
              <Deeds endpoint={endpoint} />
            </Space>
          ),
        },
      ]}
    />
  );
}

function Deeds({ endpoint }: { endpoint: Endpoint }): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const { modal, message } = App.useApp();
  if (!useMay('operator')) return null;
  const attempt = async (run: () => Promise<unknown>): Promise<void> => {
    try {
      await run();
      await queries.invalidateQueries({ queryKey: ['endpoints'] });
    } catch (error) {
      message.error(problemOf(error).title);
    }
  };
  const turn = endpoint.status === 'enabled' ? 'disable' : 'enable';
  const rotate = (): void =>
    void modal.confirm({
      title: t('rotate'),
      content: t('rotateWhy'),
      onOk: () => attempt(async () => showSecrets(modal, t, await ask<Secrets>('POST', `/v1/webhook-endpoints/${endpoint.id}/rotate`))),
    });
  return (
    <>
      <Button
        size="small"
        onClick={() =>
          void attempt(() => ask('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, { status: turn === 'enable' ? 'enabled' : 'disabled' }))
        }
      >
        {t(turn)}
      </Button>
      <Button size="small" onClick={rotate}>
        {t('rotate')}
      </Button>
    </>
  );
}
