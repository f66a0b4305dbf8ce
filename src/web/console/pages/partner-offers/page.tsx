/** The catalogue of partner offers: what declined borrowers may see, what it pays, and changes to it by two people. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Flex, Statistic, Table, Tag, Tooltip, Typography } from 'antd';
import { useState, type ReactNode } from 'react';
import type { PartnerOffer } from '../../../../domain/desk.ts';
import { reading } from '../../api.ts';
import { percent, useLanguage, useTexts, yuan } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { CsvButton } from '../../parts/csv.tsx';
import { recordsQuery } from '../../parts/names.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { dayOf, rangeOf, spanOf } from '../../parts/range.tsx';
import { queryOf } from '../../parts/search.ts';
import type { RecordRow } from '../../policy/records.ts';
import { useMay } from '../../session.ts';
import { OfferForm } from './offer-form.tsx';
import { texts } from './texts.ts';

interface Sums {
  readonly total: { readonly sums: Readonly<{ [name: string]: number }> };
}
/** As far back as the desk adds up at once: three years. */
const MOST_DAYS = 1_090;

export default function PartnerOffers(): ReactNode {
  const t = useTexts(texts);
  const may = useMay('operator', 'risk', 'approver');
  const [editing, setEditing] = useState<PartnerOffer | 'new' | null>(null);
  const query = useQuery(recordsQuery<PartnerOffer>('partner_offer'));
  const sums = `/v1/desk/funnel${queryOf({ ...spanOf(rangeOf({ from: dayOf(Date.now() - MOST_DAYS * 86_400_000) }, '90', Date.now())), basis: 'activity' })}`;
  const summary = useQuery({ queryKey: ['funnel', sums], queryFn: reading<Sums>(sums) }).data?.total.sums;
  const records = query.data?.data.filter(({ retired }) => !retired) ?? [];
  return (
    <>
      <PageHead title={t('title')}>
        {may ? <Button onClick={() => setEditing('new')}>{t('add')}</Button> : null}
        <CsvButton
          name="partner-offers"
          rows={() => [
            ['id', 'partner_id', 'class', 'title', 'status', 'click_fen', 'lead_fen', 'sale_fen'],
            ...records.map(({ body: one }) => [
              one.id,
              one.partner_id,
              one.class,
              one.title.zh,
              one.status,
              one.payouts.click_fen,
              one.payouts.lead_fen,
              one.payouts.sale_fen,
            ]),
          ]}
        />
      </PageHead>
      <Typography.Paragraph type="secondary">{t('lead')}</Typography.Paragraph>
      {summary === undefined ? null : (
        <Flex gap={12} wrap style={{ marginBottom: 16 }}>
          {(['shown', 'clicks', 'leads', 'sales'] as const).map((name) => (
            <Card key={name} size="small">
              <Statistic title={t(name)} value={summary[`partner_${name}`] ?? 0} />
            </Card>
          ))}
          <Card size="small">
            <Statistic title={t('earned')} value={yuan(summary['partner_earned_fen'] ?? 0)} />
          </Card>
        </Flex>
      )}
      <Answered query={query}>{() => <Offers records={records} onEdit={may ? setEditing : null} />}</Answered>
      {editing === null ? null : <OfferForm offer={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function Offers({ records, onEdit }: { records: readonly RecordRow<PartnerOffer>[]; onEdit: ((offer: PartnerOffer) => void) | null }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: 900 }}
      dataSource={records}
      locale={{ emptyText: <Empty description={t('empty')} /> }}
      columns={[
        {
          title: t('product'),
          render: (_, { body, version }) => (
            <Tooltip title={`${body.text[lang]} (${body.id}, ${t('version', { n: version })})`}>
              <span tabIndex={0}>{body.title[lang]}</span>
            </Tooltip>
          ),
        },
        { title: t('partner'), render: (_, { body }) => body.partner_id },
        { title: t('class'), render: (_, { body }) => t(body.class) },
        { title: t('status'), render: (_, { body }) => <Tag color={body.status === 'live' ? 'green' : 'default'}>{t(body.status)}</Tag> },
        {
          title: t('payout'),
          align: 'right',
          render: (_, { body: { payouts } }) => [payouts.click_fen, payouts.lead_fen, payouts.sale_fen].map(yuan).join(' / '),
        },
        {
          title: t('guess'),
          align: 'right',
          render: (_, { body: { prior } }) => [prior.click, prior.lead, prior.sale].map((one) => percent(one)).join(' → '),
        },
        {
          title: t('frequency'),
          align: 'right',
          render: (_, { body: { frequency } }) => t('times', { max: frequency.max, days: frequency.window_days }),
        },
        {
          title: '',
          align: 'right',
          render: (_, { body }) =>
            onEdit === null ? null : (
              <Button size="small" onClick={() => onEdit(body)}>
                {t('edit')}
              </Button>
            ),
        },
      ]}
    />
  );
}
