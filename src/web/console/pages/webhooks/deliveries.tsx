/** What was sent to one endpoint: one can be sent again, or all since a moment. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, DatePicker, Empty, Flex, Modal, Segmented, Space, Table, Tag } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { stateColour } from '../../parts/words.ts';
import { useMay } from '../../session.ts';
import { texts } from './texts.ts';

interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly tries: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: string;
  readonly next_try_at: string | null;
}
interface Page {
  readonly data: readonly Delivery[];
  readonly next_cursor: string | null;
}
const STATES = ['', 'waiting', 'delivered', 'dead'] as const;

export function Deliveries({ endpoint }: { endpoint: string }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [{ state }, change] = useFilters();
  const may = useMay('operator');
  const { message } = App.useApp();
  const queries = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: ['deliveries', endpoint, state],
    queryFn: ({ pageParam, signal }) =>
      ask<Page>('GET', `/v1/webhook-endpoints/${endpoint}/deliveries${queryOf({ state, limit: 50, cursor: pageParam })}`, undefined, { signal }),
    initialPageParam: '',
    getNextPageParam: (page: Page) => page.next_cursor ?? undefined,
    refetchInterval: 10_000,
  });
  const resend = async (id: string): Promise<void> => {
    try {
      await ask('POST', `/v1/deliveries/${id}/resend`);
      message.success(t('resent'));
      await queries.invalidateQueries({ queryKey: ['deliveries'] });
    } catch (error) {
      message.error(problemOf(error).title);
    }
  };
  return (
    <Flex vertical gap={12}>
      <Space wrap>
        <Segmented
          value={state ?? ''}
          onChange={(value) => change({ state: value })}
          options={STATES.map((one) => ({ value: one as string, label: t(one === '' ? 'all' : one) }))}
        />
        {may ? <Replay endpoint={endpoint} /> : null}
      </Space>
      <Table
        size="small"
        rowKey="id"
        loading={list.isPending}
        pagination={false}
        scroll={{ x: 760 }}
        dataSource={list.data?.pages.flatMap(({ data }) => data) ?? []}
        locale={{ emptyText: <Empty description={t('noDeliveries')} /> }}
        columns={[
          { title: t('event'), dataIndex: 'type' },
          { title: t('status'), dataIndex: 'state', render: (one: Delivery['state']) => <Tag color={stateColour(one)}>{t(one)}</Tag> },
          { title: t('tries'), dataIndex: 'tries', align: 'right' },
          { title: t('answer'), render: (_, one) => [one.last_status, one.last_error].filter((part) => part !== null).join(' ') || '–' },
          { title: t('created'), dataIndex: 'created_at', align: 'right', render: (at: string) => moment(at, lang, true) },
          { title: t('next'), dataIndex: 'next_try_at', align: 'right', render: (at: string | null) => (at === null ? '–' : moment(at, lang, true)) },
          {
            title: '',
            align: 'right',
            render: (_, one) =>
              may && one.state !== 'waiting' ? (
                <Button size="small" onClick={() => void resend(one.id)}>
                  {t('resend')}
                </Button>
              ) : null,
          },
        ]}
      />
      {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>{t('more')}</Button> : null}
    </Flex>
  );
}

function Replay({ endpoint }: { endpoint: string }): ReactNode {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [since, setSince] = useState<string | null>(null);
  const [deadOnly, setDeadOnly] = useState(true);
  const send = async (): Promise<void> => {
    try {
      const { queued } = await ask<{ queued: number }>('POST', `/v1/webhook-endpoints/${endpoint}/replay`, { since, dead_only: deadOnly });
      message.success(t('queued', { n: queued }));
      setOpen(false);
      await queries.invalidateQueries({ queryKey: ['deliveries'] });
    } catch (error) {
      message.error(problemOf(error).title);
    }
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('replay')}</Button>
      <Modal open={open} title={t('replay')} onCancel={() => setOpen(false)} onOk={() => void send()} okButtonProps={{ disabled: since === null }}>
        <Flex vertical gap={12}>
          {t('replaySince')}
          <DatePicker showTime aria-label={t('replay')} onChange={(at) => setSince(at === null || Array.isArray(at) ? null : at.toISOString())} />
          <Checkbox checked={deadOnly} onChange={({ target }) => setDeadOnly(target.checked)}>
            {t('deadOnly')}
          </Checkbox>
        </Flex>
      </Modal>
    </>
  );
}
