/** The plans: who was asked in which order and why, who was not and what would have changed that. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Table, Tag, Tooltip, Typography } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, reading } from '../../api.ts';
import { moment, percent, useLanguage, useTexts, yuan, type Say } from '../../language.tsx';
import { attemptState, stateColour } from '../../parts/words.ts';
import { useNames } from '../../policy/names.ts';
import type { Detail, Explained, Lever } from './detail.ts';
import { texts } from './texts.ts';

type T = Say<keyof typeof texts.zh>;
type Explanation = NonNullable<Explained['plans'][number]['explanation']>;

export function Plans({ detail }: { detail: Detail }): ReactNode {
  const t = useTexts(texts);
  const { data } = useQuery({
    queryKey: ['explanation', detail.id, detail.plans.length],
    queryFn: reading<Explained>(`/v1/desk/applications/${detail.id}/explanation`),
  });
  if (detail.plans.length === 0) return null;
  return (
    <Card size="small" title={t('plan')} extra={<Replay id={detail.id} />}>
      {detail.plans.map((plan, index) => (
        <PlanTable key={plan.id} detail={detail} index={index} explanation={data?.plans.find(({ id }) => id === plan.id)?.explanation ?? null} />
      ))}
    </Card>
  );
}

function PlanTable({ detail, index, explanation }: { detail: Detail; index: number; explanation: Explanation | null }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const plan = detail.plans[index]!;
  const nameOf = useNames();
  const hinted = (name: 'likelihood' | 'value' | 'index'): ReactNode => (
    <Tooltip title={t(`${name}Hint`)}>
      <span tabIndex={0}>{t(name)}</span>
    </Tooltip>
  );
  return (
    <section style={{ marginBottom: 20 }}>
      <Typography.Paragraph>
        <strong>{t('planOf', { n: index + 1, at: moment(plan.at, lang) })}</strong> {explanation?.summary[lang]}{' '}
        {plan.explored ? <Tag>{t('explored')}</Tag> : null}
      </Typography.Paragraph>
      {plan.steps.length === 0 ? null : (
        <Table
          size="small"
          rowKey="funder"
          pagination={false}
          dataSource={plan.steps}
          columns={[
            {
              title: t('funder'),
              dataIndex: 'funder',
              render: (funder: string) => {
                const step = explanation?.steps.find((one) => one.funder === funder);
                const lever = step?.to_be_first ?? null;
                return (
                  <Tooltip title={[step?.words[lang], lever === null ? '' : t('first', { what: leverWords(lever, t) })].filter(Boolean).join(' ')}>
                    {nameOf(funder)}
                  </Tooltip>
                );
              },
            },
            {
              title: hinted('likelihood'),
              align: 'right',
              render: (_, step) => `${percent(step.used)} (${percent(step.low, 0)}–${percent(step.high, 0)})`,
            },
            { title: hinted('value'), dataIndex: 'value_fen', align: 'right', render: (fen: number) => yuan(Math.round(fen)) },
            { title: t('cost'), dataIndex: 'cost_fen', align: 'right', render: (fen: number) => yuan(Math.round(fen)) },
            { title: hinted('index'), dataIndex: 'index', align: 'right', render: (value: number) => Math.round(value).toLocaleString('en-US') },
            {
              title: t('outcome'),
              render: (_, step) => {
                const attempt = detail.attempts.find((one) => one.funder.id === step.funder && one.plan_id === plan.id);
                if (attempt === undefined || attempt.state === 'planned') return t('notYet');
                return (
                  <Tooltip title={attempt.reason === null ? undefined : `${attempt.reason.code} ${attempt.reason.detail}`}>
                    <Tag color={stateColour(attempt.state)}>{attemptState(attempt.state, lang)}</Tag>
                  </Tooltip>
                );
              },
            },
          ]}
        />
      )}
      {explanation === null ? null : <LeftOut explanation={explanation} />}
    </section>
  );
}

function LeftOut({ explanation }: { explanation: Explanation }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const nameOf = useNames();
  if (explanation.left_out.length === 0) return null;
  return (
    <details>
      <summary>{`${t('left')}: ${explanation.left_out.length}`}</summary>
      <ul>
        {explanation.left_out.map((one) => (
          <li key={one.funder}>
            <strong>{nameOf(one.funder)}</strong>: {one.words[lang]}{' '}
            {one.would_change === null ? '' : `${t('would')}: ${changeWords(one.would_change, t)}`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function changeWords(change: NonNullable<Explanation['left_out'][number]['would_change']>, t: T): string {
  if ('lever' in change) return leverWords(change.lever, t);
  return t('needs', { fact: change.fact, is: JSON.stringify(change.is), needed: JSON.stringify(change.needed) });
}

function leverWords({ weight_factor: factor, likelihood }: Lever, t: T): string {
  const ways = [
    ...(factor === null ? [] : [t('factor', { n: factor.toFixed(2) })]),
    ...(likelihood === null ? [] : [t('chance', { n: percent(likelihood) })]),
  ];
  return ways.length === 0 ? t('nothing') : ways.join(' / ');
}

function Replay({ id }: { id: string }): ReactNode {
  const t = useTexts(texts);
  const [told, setTold] = useState<{ equal: boolean | null; differences: number } | null>(null);
  const replay = async (): Promise<void> => {
    const { equal, plans } = await ask<{ equal: boolean | null; plans: readonly { diff: readonly unknown[] }[] }>(
      'POST',
      `/v1/desk/applications/${id}/replay`,
    );
    setTold({ equal, differences: plans.reduce((sum, plan) => sum + plan.diff.length, 0) });
  };
  if (told === null) return <Button onClick={() => void replay()}>{t('replay')}</Button>;
  const said = told.equal === null ? t('lost') : told.equal ? t('replayed') : t('differs', { n: told.differences });
  return <Alert type={told.equal === true ? 'success' : 'warning'} title={said} />;
}
