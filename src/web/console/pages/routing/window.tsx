/** Which past applications are asked. */
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import type { ReactNode } from 'react';
import { useTexts } from '../../language.tsx';
import { recordsQuery } from '../../parts/names.ts';
import { texts } from './texts.ts';

interface Props {
  readonly days: string;
  readonly channel: string | null;
  readonly onDays: (days: string) => void;
  readonly onChannel: (channel: string | null) => void;
}

export function Window({ days, channel, onDays, onChannel }: Props): ReactNode {
  const t = useTexts(texts);
  const channels = useQuery(recordsQuery<{ name: string }>('channel')).data?.data ?? [];
  return (
    <div style={{ display: 'flex', gap: 8 }}>
      <Select
        size="small"
        aria-label={t('days')}
        value={days}
        onChange={onDays}
        options={[...['7', '30', '90'].map((n) => ({ value: n, label: t('lastDays', { n }) })), { value: 'all', label: t('always') }]}
      />
      <Select
        size="small"
        aria-label={t('channel')}
        value={channel ?? ''}
        onChange={(next) => onChannel(next === '' ? null : next)}
        options={[{ value: '', label: t('allChannels') }, ...channels.map((row) => ({ value: row.id, label: row.body.name }))]}
        style={{ minWidth: 110 }}
      />
    </div>
  );
}
