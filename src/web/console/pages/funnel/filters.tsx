/** What the funnel is narrowed down to and told apart by, all of it in the address. */
import { useQuery } from '@tanstack/react-query';
import { Segmented, Select, Space, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { reading } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { useNames } from '../../parts/names.ts';
import { RangeChoice, spanOf, type Range } from '../../parts/range.tsx';
import type { Funnel } from './model.ts';
import { texts } from './texts.ts';

export const BY = ['channel', 'variant', 'funder', 'policy', 'segment', 'arm', 'day'] as const;
export type By = (typeof BY)[number] | 'hour';
export const FILTERS = ['channel', 'variant', 'funder', 'policy', 'segment'] as const;

export function Filters({ range, by }: { range: Range; by: By }): ReactNode {
  const t = useTexts(texts);
  const [search, put] = useFilters();
  const basis = search['basis'] === 'activity' ? 'activity' : 'cohort';
  const choices = {
    channel: useNames('channel'),
    funder: useNames('funder'),
    policy: useNames('policy'),
    segment: useNames('segment'),
    variant: useVariants(range),
  };
  return (
    <Space size={[8, 8]} wrap style={{ marginBottom: 16 }}>
      <RangeChoice range={range} usual="7" />
      {FILTERS.map((name) => (
        <Select
          key={name}
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t(name)}
          placeholder={`${t(name)}: ${t('all')}`}
          style={{ minWidth: 132 }}
          popupMatchSelectWidth={false}
          value={search[name]}
          options={[...choices[name]].map(([value, label]) => ({ value, label }))}
          onChange={(value: string | undefined) => put({ [name]: value })}
        />
      ))}
      <Select
        aria-label={t('by')}
        value={by === 'hour' ? 'day' : by}
        popupMatchSelectWidth={false}
        options={BY.map((value) => ({ value, label: `${t('by')} ${t(value)}` }))}
        onChange={(value) => put({ by: value })}
      />
      <Tooltip title={t(`${basis}Hint`)}>
        <Segmented
          aria-label={t('basis')}
          value={basis}
          options={[
            { value: 'cohort', label: t('cohort') },
            { value: 'activity', label: t('activity') },
          ]}
          onChange={(value) => put({ basis: value === 'cohort' ? undefined : value })}
        />
      </Tooltip>
    </Space>
  );
}

/** Variants are known from applications alone. */
function useVariants(range: Range): ReadonlyMap<string, string> {
  const url = `/v1/desk/funnel${queryOf({ ...spanOf(range), by: 'variant' })}`;
  const { data } = useQuery({ queryKey: ['funnel', url], queryFn: reading<Funnel>(url), staleTime: 60_000 });
  return new Map(data?.groups.flatMap(({ key }) => (key === null ? [] : [[key, key] as const])) ?? []);
}
