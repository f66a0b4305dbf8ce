import { Link } from '@tanstack/react-router';
import { Tag, Tooltip, type TableColumnsType } from 'antd';
import { moment, useLanguage, useTexts, yuan } from '../../language.tsx';
import { applicationState, stateColour } from '../../parts/words.ts';
import type { Application } from './application.ts';
import { texts } from './texts.ts';

export function useColumns(): TableColumnsType<Application> {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  return [
    {
      title: t('id'),
      dataIndex: 'id',
      width: 210,
      render: (id: string) => (
        <Link to="/applications/$id" params={{ id }}>
          {id}
        </Link>
      ),
    },
    {
      title: t('state'),
      dataIndex: 'state',
      width: 130,
      render: (state: string, row) => (
        <Tag color={row.quarantined ? 'orange' : stateColour(state)}>
          {row.quarantined ? applicationState('screening', lang) + ' !' : applicationState(state, lang)}
        </Tag>
      ),
    },
    {
      title: t('applicant'),
      dataIndex: 'applicant',
      width: 150,
      render: (applicant: Application['applicant']) => (applicant === null ? t('erased') : `${applicant.name ?? ''} ${applicant.phone}`),
    },
    { title: t('amount'), dataIndex: 'amount_fen', width: 100, align: 'right', render: (fen: number | null) => (fen === null ? '–' : yuan(fen)) },
    { title: t('term'), dataIndex: 'term_months', width: 90, align: 'right', render: (n: number | null) => (n === null ? '–' : t('months', { n })) },
    { title: t('channel'), dataIndex: 'channel', width: 110, render: (channel: string, row) => [channel, row.variant].filter(Boolean).join(' / ') },
    { title: t('policy'), dataIndex: 'policy_id', width: 120 },
    {
      title: t('reasons'),
      dataIndex: 'reasons',
      width: 160,
      render: (reasons: Application['reasons']) => (
        <Tooltip title={reasons.map(({ code, detail }) => `${code} ${detail}`).join('; ')}>{reasons.map(({ code }) => code).join(', ')}</Tooltip>
      ),
    },
    {
      title: t('submitted'),
      dataIndex: 'submitted_at',
      width: 150,
      align: 'right',
      render: (at: string | null) => (at === null ? '–' : moment(at, lang)),
    },
  ];
}
