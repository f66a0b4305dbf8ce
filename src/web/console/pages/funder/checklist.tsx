/** What must hold for a funder to be asked, point by point, and what became of it in the plans of the last day. */
import { useQuery } from '@tanstack/react-query';
import { Badge, Card } from 'antd';
import type { ReactNode } from 'react';
import type { ExclusionCode } from '../../../../domain/plan.ts';
import { reading } from '../../api.ts';
import type { Lang } from '../../language-kept.ts';
import { moment, percent, useLanguage, useTexts } from '../../language.tsx';
import { secondsWords } from '../../policy/difference-words.ts';
import { EXCLUSION_WORDS } from '../../policy/exclusion-words.ts';
import type { CheckId, Plans, Standing } from './funder-reads.ts';
import { texts } from './texts.ts';

type Say = ReturnType<typeof useTexts<keyof (typeof texts)['zh']>>;
type State = 'ok' | 'bad' | 'look';
interface Point {
  readonly id: string;
  readonly name: string;
  readonly state: State;
  readonly words: ReactNode;
}
const BADGES = { ok: 'success', bad: 'error', look: 'warning' } as const;

export function Checklist({ status }: { status: Standing }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const plans = useQuery({ queryKey: ['funder', status.id, 'plans'], queryFn: reading<Plans>(`/v1/desk/funders/${status.id}/plans`) }).data;
  const points: Point[] = [
    ...status.checks.map(({ id, ok, detail }): Point => ({ id, name: t(id), state: ok ? 'ok' : 'bad', words: checkWords(id, ok, detail, t) })),
    breakerPoint(status, t, lang),
    capsPoint(status, t),
    {
      id: 'callbacks',
      name: t('callbacks'),
      state: status.alarms.some(({ kind }) => kind === 'callback_gap') ? 'bad' : 'ok',
      words: status.last_callback_at === null ? t('callbackNone') : t('callbackAt', { at: moment(status.last_callback_at, lang) }),
    },
    ...(plans === undefined ? [] : [plansPoint(plans, t, lang)]),
  ];
  return (
    <Card size="small" title={t('why')}>
      <dl className="checklist">
        {points.map(({ id, name, state, words }) => (
          <div key={id} data-state={state}>
            <dt>
              <Badge status={BADGES[state]} text={name} /> <span className="unseen">{t(state)}</span>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function checkWords(id: CheckId, ok: boolean, detail: Standing['checks'][number]['detail'], t: Say): string {
  const text = (name: string): string => String(detail[name] ?? '');
  const rate = (name: string): string => percent(Number(detail[name]) / 10_000);
  switch (id) {
    case 'status':
      return t(ok ? 'statusLive' : 'statusPaused');
    case 'whitelist':
      return t(ok ? 'whitelistIs' : 'whitelistNot', { evidence: text('evidence'), from: text('from'), to: text('to'), date: text('date') });
    case 'hours':
      return t('hoursAre', { opens: text('opens'), closes: text('closes'), hour: text('hour') });
    case 'cost_cap':
      return detail['max_apr_bps'] === undefined
        ? t('costNone', { quoted: rate('quoted_apr_bps') })
        : t('costIs', { quoted: rate('quoted_apr_bps'), max: rate('max_apr_bps') });
    case 'configuration': {
      const missing = Array.isArray(detail['missing']) ? detail['missing'].join(', ') : '';
      return t(ok ? 'configured' : 'missing', { adapter: text('adapter'), what: missing });
    }
  }
}

function breakerPoint({ breaker, latency_ms: latency }: Standing, t: Say, lang: Lang): Point {
  const head = { id: 'breaker', name: t('breaker') };
  if (breaker.state === 'open') return { ...head, state: 'bad', words: t('breakerOpen', { until: moment(breaker.until ?? '', lang) }) };
  if (breaker.state === 'half_open') return { ...head, state: 'look', words: t('breakerHalf') };
  const words = t('breakerClosed', {
    calls: breaker.calls ?? 0,
    failures: breaker.failures ?? 0,
    latency: secondsWords(Math.round(latency / 100) / 10, lang),
  });
  return { ...head, state: (breaker.failures ?? 0) > 0 ? 'look' : 'ok', words };
}

function capsPoint({ caps }: Standing, t: Say): Point {
  const gone = caps.filter((cap) => cap.used >= cap.limit).map((cap) => cap.id);
  const words = caps.length === 0 ? t('capsNone') : gone.length === 0 ? t('capsLeft') : t('capsGone', { what: gone.join(', ') });
  return { id: 'caps', name: t('caps'), state: gone.length === 0 ? 'ok' : 'bad', words };
}

function plansPoint({ applications, planned, first, left_out: leftOut, unknown }: Plans, t: Say, lang: Lang): Point {
  const head = { id: 'matched', name: t('matched') };
  if (applications === 0) return { ...head, state: 'look', words: t('matchedNone') };
  const reasons = Object.entries(leftOut).toSorted(([, a], [, b]) => b - a);
  const words = (
    <>
      {t('matchedIs', { applications: count(applications), planned: count(planned), first: count(first) })}
      {reasons.length === 0 && unknown === 0 ? null : (
        <div className="quiet">
          {t('leftOut')}:{' '}
          {[
            ...reasons.map(([code, n]) => `${EXCLUSION_WORDS[code as ExclusionCode]?.[lang] ?? code} ${count(n)}`),
            ...(unknown === 0 ? [] : [`${t('unknown')} ${count(unknown)}`]),
          ].join(' · ')}
        </div>
      )}
    </>
  );
  return { ...head, state: planned === 0 ? 'bad' : 'ok', words };
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
