/** What past applications say of a policy: now and after side by side, each figure with its interval and its meaning, what is not known said as well. */
import { Alert, Card, Empty, Progress, Table } from 'antd';
import type { ReactNode } from 'react';
import type { Estimate, SimulationReport } from '../../../domain/simulation.ts';
import { percent, useTexts, yuan } from '../language.tsx';
import { Meaning } from '../parts/meaning.tsx';
import type { NameOf } from './difference-words.ts';
import { Change, Interval } from './estimate.tsx';
import { SimulationShares } from './simulation-shares.tsx';
import { texts } from './simulation-texts.ts';
import type { Asking } from './use-simulation.ts';

type Say = ReturnType<typeof useTexts<keyof (typeof texts)['zh']>>;

export function SimulationAnswers({ asking, nameOf, may, extra }: { asking: Asking; nameOf: NameOf; may: boolean; extra?: ReactNode }): ReactNode {
  const t = useTexts(texts);
  const { status, result } = asking;
  if (!may) return <Alert type="info" title={t('mayNot')} />;
  return (
    <section aria-label={t('title')} aria-busy={status === 'running' || status === 'busy'} data-status={status}>
      <Card size="small" title={t('title')} extra={extra}>
        <div role="status" style={{ minHeight: 30 }}>
          <Standing asking={asking} t={t} />
        </div>
        {result === null ? null : <Figures result={result} isOld={status === 'running' || status === 'busy'} t={t} />}
      </Card>
      {result === null ? null : (
        <>
          <SimulationShares result={result} nameOf={nameOf} />
          <Known result={result} nameOf={nameOf} t={t} />
        </>
      )}
    </section>
  );
}

function Standing({ asking, t }: { asking: Asking; t: Say }): ReactNode {
  const { status, progress, result, reason, problem, everybody } = asking;
  if (status === 'busy') return t('busy');
  if (status === 'running') {
    const words = progress.total === 0 ? t('starting') : t('running', { done: progress.done, total: progress.total });
    return (
      <>
        {words} {result === null ? null : `· ${t('old')}`}
        {progress.total === 0 ? null : (
          <Progress aria-label={words} percent={Math.round((100 * progress.done) / progress.total)} showInfo={false} size="small" />
        )}
      </>
    );
  }
  if (status === 'failed' && reason === 'nothing_to_simulate')
    return <Empty description={`${t('nothing')}。${t('nothingDo')}`} image={Empty.PRESENTED_IMAGE_SIMPLE} />;
  if (status === 'failed')
    return <Alert type="warning" title={problem?.title ?? t('failed')} description={problem?.errors?.map((each) => each.message).join('; ')} />;
  if (result === null) return null;
  const { unusable } = result;
  return (
    <span>
      {t('basis', { n: result.applications.toLocaleString('en-US') })}
      {unusable.open > 0 ? t('basisOpen', { n: unusable.open }) : ''}
      {unusable.erased > 0 ? t('basisErased', { n: unusable.erased }) : ''} · {t('interval')}
      {everybody ? ` · ${t('everybody')}` : ''}
    </span>
  );
}

const FIGURES = ['approvals', 'revenue_fen', 'attempts', 'attempt_cost_fen', 'steering'] as const;
type Name = (typeof FIGURES)[number];
const SAID: Readonly<Record<Name, (value: number) => string>> = {
  approvals: (value) => percent(value),
  revenue_fen: (value) => yuan(Math.round(value)),
  attempts: (value) => value.toFixed(2),
  attempt_cost_fen: (value) => yuan(Math.round(value)),
  steering: (value) => value.toFixed(3),
};

function Figures({ result, isOld, t }: { result: SimulationReport; isOld: boolean; t: Say }): ReactNode {
  const { active, candidate, difference, actual } = result;
  const rows = FIGURES.map((name) => ({
    name,
    actual: name === 'steering' ? null : actual[name],
    active: active[name],
    candidate: candidate[name],
    difference: difference[name],
  }));
  const number = { align: 'right' as const, className: 'number' };
  return (
    <>
      <Table
        style={{ opacity: isOld ? 0.55 : 1 }}
        size="small"
        pagination={false}
        rowKey="name"
        dataSource={rows}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('figure'), dataIndex: 'name', render: (name: Name) => <Meaning words={t(`${name}Means`)}>{t(name)}</Meaning> },
          {
            title: t('actual'),
            dataIndex: 'actual',
            ...number,
            render: (value: number | null, row) => (value === null ? '–' : SAID[row.name](value)),
          },
          { title: t('now'), dataIndex: 'active', ...number, render: (value: Estimate, row) => <Interval estimate={value} say={SAID[row.name]} /> },
          {
            title: t('after'),
            dataIndex: 'candidate',
            ...number,
            render: (value: Estimate, row) => <Interval estimate={value} say={SAID[row.name]} />,
          },
          {
            title: t('difference'),
            dataIndex: 'difference',
            ...number,
            render: (value: Estimate, row) => <Change estimate={value} say={SAID[row.name]} />,
          },
        ]}
      />
      <p style={{ margin: '8px 0 0' }}>
        <Meaning words={t('observedMeans')}>{t('observed')}</Meaning>
        {'  '}
        {t('now')} {percent(active.observed.approvals, 0)} · {t('after')} {percent(candidate.observed.approvals, 0)}
      </p>
    </>
  );
}

function Known({ result, nameOf, t }: { result: SimulationReport; nameOf: NameOf; t: Say }): ReactNode {
  const robust = result.doubly_robust;
  const second =
    'refused' in robust
      ? t('secondRefused', { why: t(robust.refused) })
      : t('secondSays', {
          approvals: `${percent(robust.approvals.value)} (${percent(robust.approvals.low)} – ${percent(robust.approvals.high)})`,
          revenue: `${yuan(Math.round(robust.revenue_fen.value))} (${yuan(Math.round(robust.revenue_fen.low))} – ${yuan(Math.round(robust.revenue_fen.high))})`,
          n: robust.applications,
        });
  return (
    <Card size="small" style={{ marginTop: 12 }}>
      <ul style={{ margin: 0, paddingInlineStart: 18 }}>
        {result.not_simulated.length === 0 ? null : <li>{t('notSimulated', { what: result.not_simulated.map((part) => t(part)).join(' · ') })}</li>}
        {result.funders_without_history.length === 0 ? null : (
          <li>{t('withoutHistory', { who: result.funders_without_history.map(nameOf).join(' · ') })}</li>
        )}
        <li>
          <Meaning words={t('secondMeans')}>{t('second')}</Meaning>: {second}
        </li>
        <li>{t('calibration', { n: result.calibration.answers, stay: percent(result.calibration.stay, 0) })}</li>
      </ul>
    </Card>
  );
}
