/** What left the house: what funders were sent under whose consent, what they called back with, and the offers that came of it. */
import { Card, Table, Tag } from 'antd';
import type { ReactNode } from 'react';
import { moment, useLanguage, useTexts, yuan } from '../../language.tsx';
import { span, stateColour } from '../../parts/words.ts';
import { useNames } from '../../policy/names.ts';
import type { Detail } from './detail.ts';
import { texts } from './texts.ts';

export function Sent({ detail }: { detail: Detail }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const nameOf = useNames();
  const rate = (bps: number | null): string => (bps === null ? '–' : `${(bps / 100).toFixed(2)}%`);
  const usual = { size: 'small', pagination: false, scroll: { x: 480 }, locale: { emptyText: t('none') } } as const;
  return (
    <>
      <Card size="small" title={t('attempts')}>
        <Table
          {...usual}
          rowKey="id"
          dataSource={detail.receipts}
          columns={[
            { title: t('to'), dataIndex: 'legal_entity' },
            { title: t('capability'), dataIndex: 'capability' },
            { title: t('fields'), dataIndex: 'fields', render: (fields: readonly string[]) => fields.join(', ') },
            { title: t('outcome'), dataIndex: 'outcome' },
            { title: t('took'), dataIndex: 'latency_ms', align: 'right', render: (ms: number | null) => span(ms) },
          ]}
        />
      </Card>
      <Card size="small" title={t('offers')}>
        <Table
          {...usual}
          rowKey="id"
          dataSource={detail.offers}
          columns={[
            { title: t('funder'), dataIndex: 'funder', render: nameOf },
            { title: t('outcome'), dataIndex: 'state', render: (state: string) => <Tag color={stateColour(state)}>{state}</Tag> },
            { title: t('asked'), align: 'right', render: (_, offer) => `${yuan(offer.amount_fen)} · ${t('months', { n: offer.term_months })}` },
            { title: t('allIn'), dataIndex: 'all_in_apr_bps', align: 'right', render: rate },
            { title: t('quoted'), dataIndex: 'quoted_apr_bps', align: 'right', render: rate },
          ]}
        />
      </Card>
      <Card size="small" title={t('callbacks')}>
        <Table
          {...usual}
          rowKey="id"
          dataSource={detail.callbacks}
          columns={[
            { title: t('funder'), dataIndex: 'funder', render: nameOf },
            { title: t('outcome'), dataIndex: 'state' },
            { title: t('reason'), dataIndex: 'detail' },
            { title: '', dataIndex: 'received_at', align: 'right', render: (at: string) => moment(at, lang) },
          ]}
        />
      </Card>
      <Card size="small" title={t('consents')}>
        <ul style={{ margin: 0, paddingLeft: 18 }}>
          {detail.consents.map((one) => (
            <li key={one.id}>
              {`${one.legal_entity} · ${moment(one.agreed_at, lang)}`}
              {one.withdrawn_at === null ? '' : ` · ${t('until', { at: moment(one.withdrawn_at, lang) })}`}
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}
