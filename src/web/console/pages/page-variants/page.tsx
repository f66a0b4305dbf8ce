/** The variants of the borrower's page by channel: who sees which, how each does, and changes to them by two people. */
import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Typography } from 'antd';
import { useState, type ReactNode } from 'react';
import type { PageVariant } from '../../../../domain/page-variant.ts';
import { reading } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { CsvButton } from '../../parts/csv.tsx';
import { recordsQuery, useNames } from '../../parts/names.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { RangeChoice, rangeOf, spanOf } from '../../parts/range.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { useMay } from '../../session.ts';
import type { Funnel } from '../funnel/model.ts';
import { ChannelVariants, countOf, STAGES } from './channel-variants.tsx';
import { shareOf } from './share.ts';
import { texts } from './texts.ts';
import { VariantForm } from './variant-form.tsx';

const USUAL_DAYS = '28';

export default function PageVariants(): ReactNode {
  const t = useTexts(texts);
  const [search] = useFilters();
  const may = useMay('operator', 'risk', 'approver');
  const channels = useNames('channel');
  const [editing, setEditing] = useState<PageVariant | 'new' | null>(null);
  const range = rangeOf(search, USUAL_DAYS, Date.now());
  const query = useQuery(recordsQuery<PageVariant>('page_variant'));
  const url = `/v1/desk/funnel${queryOf({ ...spanOf(range), by: 'variant' })}`;
  const { data: funnel } = useQuery({ queryKey: ['funnel', url], queryFn: reading<Funnel>(url), placeholderData: (before) => before });
  const records = query.data?.data.filter(({ retired }) => !retired) ?? [];
  const inForce = records.map(({ body }) => body);
  // In the order of the channels, with those that they do not hold at the end.
  const withVariants = [...new Set([...channels.keys(), ...inForce.map(({ channel }) => channel)])].filter((id) =>
    inForce.some(({ channel }) => channel === id),
  );
  return (
    <>
      <PageHead title={t('title')}>
        <RangeChoice range={range} usual={USUAL_DAYS} />
        {may ? <Button onClick={() => setEditing('new')}>{t('add')}</Button> : null}
        <CsvButton
          name="page-variants"
          rows={() => [
            ['channel', 'id', 'name', 'status', 'weight', 'share', ...STAGES],
            ...inForce.map((one) => [
              one.channel,
              one.id,
              one.name,
              one.status,
              one.weight,
              shareOf(one, inForce),
              ...STAGES.map((stage) => countOf(funnel, one.id, stage)),
            ]),
          ]}
        />
      </PageHead>
      <Typography.Paragraph type="secondary">{t('lead')}</Typography.Paragraph>
      <Answered query={query}>
        {() =>
          withVariants.length === 0 ? (
            <Empty description={t('empty')} />
          ) : (
            withVariants.map((channel) => (
              <ChannelVariants
                key={channel}
                channel={channel}
                name={channels.get(channel) ?? channel}
                records={records.filter(({ body }) => body.channel === channel)}
                funnel={funnel}
                span={{ days: search['days'] ?? USUAL_DAYS, from: search['from'], to: search['to'] }}
                may={may}
                onOpen={setEditing}
              />
            ))
          )
        }
      </Answered>
      {editing === null ? null : (
        <VariantForm
          variant={editing === 'new' ? null : editing}
          channel={channels.size === 1 ? [...channels.keys()][0] : undefined}
          all={inForce}
          may={may}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
