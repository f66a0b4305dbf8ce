/** Champion against challenger, from the applications that have ended. */
import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import type { ReactNode } from 'react';
import type { Segment } from '../../../../domain/segment.ts';
import type { Estimate } from '../../../../domain/simulation.ts';
import { reading } from '../../api.ts';
import { moment, percent, useLanguage, useTexts, yuan } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { Meaning } from '../../parts/meaning.tsx';
import { Interval } from '../../policy/estimate.tsx';
import { useNames } from '../../policy/names.ts';
import { texts } from './texts.ts';

interface Arm {
  readonly policy: string;
  readonly applications: number;
  readonly immature: number;
  readonly offered_share: Estimate | null;
  readonly revenue_per_application_fen: Estimate | null;
}
interface Verdict {
  readonly since: string;
  readonly champion: Arm;
  readonly challenger: Arm | null;
  readonly challenger_better: { readonly offered_share: number | null; readonly revenue_per_application_fen: number | null } | null;
}

export function VerdictShown({ segment }: { segment: Segment }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const nameOf = useNames();
  const verdict = useQuery({ queryKey: ['verdict', segment.id], queryFn: reading<Verdict>(`/v1/desk/segments/${segment.id}/verdict`) });
  const said = (say: (value: number) => string) => (estimate: Estimate | null) =>
    estimate === null ? '–' : <Interval estimate={estimate} say={say} />;
  return (
    <section style={{ marginTop: 12 }}>
      <h3>
        {t('verdict')} <small className="quiet">{segment.name}</small>
      </h3>
      <Answered query={verdict}>
        {({ since, champion, challenger, challenger_better: better }) => (
          <>
            <Table
              size="small"
              pagination={false}
              rowKey="arm"
              dataSource={[{ arm: t('champion'), ...champion }, ...(challenger === null ? [] : [{ arm: t('challenger'), ...challenger }])]}
              columns={[
                { title: t('arm'), dataIndex: 'arm', render: (arm: string, row) => `${arm} · ${nameOf(row.policy)}` },
                { title: t('applications'), dataIndex: 'applications', align: 'right', className: 'number' },
                { title: t('immature'), dataIndex: 'immature', align: 'right', className: 'number' },
                {
                  title: <Meaning words={t('offeredMeans')}>{t('offered')}</Meaning>,
                  dataIndex: 'offered_share',
                  align: 'right',
                  render: said((value) => percent(value)),
                },
                {
                  title: <Meaning words={t('revenueMeans')}>{t('revenue')}</Meaning>,
                  dataIndex: 'revenue_per_application_fen',
                  align: 'right',
                  render: said((value) => yuan(Math.round(value))),
                },
              ]}
            />
            <p>
              {better === null || better.offered_share === null
                ? t('betterUnknown')
                : t('better', { offered: percent(better.offered_share, 0), revenue: percent(better.revenue_per_application_fen, 0) })}{' '}
              · {t('since', { at: moment(since, lang) })}
            </p>
          </>
        )}
      </Answered>
    </section>
  );
}
