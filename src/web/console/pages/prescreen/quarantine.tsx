/** Applications that wait for a person, oldest need first: release lets every rule run again. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Empty, Space, Table } from 'antd';
import type { ReactNode } from 'react';
import { ask, problemOf, reading } from '../../api.ts';
import { moment, useLanguage, useTexts, yuan } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { useMay } from '../../session.ts';
import type { Application } from '../applications/application.ts';
import { texts } from './texts.ts';

export function Quarantine(): ReactNode {
  const query = useQuery({
    queryKey: ['applications', 'quarantine'],
    queryFn: reading<{ data: readonly Application[] }>('/v1/desk/applications?quarantined=true&limit=100'),
    refetchInterval: 15_000,
  });
  return <Answered query={query}>{({ data }) => <Waiting applications={data.toReversed()} />}</Answered>;
}

function Waiting({ applications }: { applications: readonly Application[] }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const may = useMay('operator', 'risk');
  const release = async (id: string): Promise<void> => {
    try {
      await ask('POST', `/v1/desk/applications/${id}/release`);
      message.success(t('done'));
    } catch (error) {
      message.error(problemOf(error).title);
    }
    await queries.invalidateQueries({ queryKey: ['applications'] });
  };
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: 760 }}
      dataSource={applications}
      locale={{ emptyText: <Empty description={t('asideEmpty')} /> }}
      columns={[
        {
          title: '',
          dataIndex: 'id',
          render: (id: string) => (
            <Link to="/applications/$id" params={{ id }}>
              {id}
            </Link>
          ),
        },
        { title: t('reason'), render: (_, { reasons }) => reasons.map(({ code, detail }) => [code, detail].filter(Boolean).join(': ')).join('; ') },
        { title: '', dataIndex: 'amount_fen', align: 'right', render: (fen: number | null) => (fen === null ? '–' : yuan(fen)) },
        { title: t('at'), dataIndex: 'submitted_at', align: 'right', render: (at: string | null) => (at === null ? '–' : moment(at, lang)) },
        {
          title: '',
          align: 'right',
          render: (_, { id }) => (
            <Space>
              <Link to="/applications/$id" params={{ id }}>
                {t('look')}
              </Link>
              {may ? (
                <Button size="small" onClick={() => void release(id)}>
                  {t('release')}
                </Button>
              ) : null}
            </Space>
          ),
        },
      ]}
    />
  );
}
