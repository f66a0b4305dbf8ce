/** One funder: why it has traffic or none, its caps, how it changed, whether predictions came true, what it told us; and its record, changed by two people. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Badge, Button, Card, Empty } from 'antd';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useFunders } from '../../policy/names.ts';
import { useMay } from '../../session.ts';
import { Callbacks } from './callbacks.tsx';
import { Caps } from './caps.tsx';
import { Checklist } from './checklist.tsx';
import { Curves } from './curves.tsx';
import { fundersNowQuery, type Standing } from './funder-reads.ts';
import { InterfaceCheck } from './interface-check.tsx';
import { Reliability } from './reliability.tsx';
import { texts } from './texts.ts';

const FunderForm = lazy(() => import('./funder-form.tsx'));

export default function Page(): ReactNode {
  const { id = '' } = useParams({ strict: false });
  const t = useTexts(texts);
  const funders = useQuery(fundersNowQuery);
  return (
    <Answered query={funders}>
      {({ data }) => {
        const found = data.find((each) => each.id === id);
        return found === undefined ? <Empty description={t('noFunder')} /> : <Shown status={found} />;
      }}
    </Answered>
  );
}

function Shown({ status }: { status: Standing }): ReactNode {
  const t = useTexts(texts);
  const search = useSearch({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const navigate = useNavigate();
  const mayPropose = useMay('operator', 'risk', 'approver');
  const mayCheck = useMay('operator', 'risk');
  const record = useFunders()?.find(({ id }) => id === status.id);
  const [isEdited, setIsEdited] = useState(false);
  const onDays = (days: string): void =>
    void navigate({ to: '/funders/$id', params: { id: status.id }, search: ((was: object) => ({ ...was, days })) as never, replace: true });
  return (
    <>
      <PageHead title={status.name}>
        <Link to="/funders">{t('back')}</Link>
        <Badge status={status.status === 'live' ? 'success' : 'default'} text={t(status.status)} />
        <InterfaceCheck id={status.id} disabled={!mayCheck} />
        <Button type="primary" disabled={!mayPropose || record === undefined} onClick={() => setIsEdited(true)}>
          {t('edit')}
        </Button>
      </PageHead>
      <p className="quiet" style={{ marginTop: 0 }}>
        {record === undefined ? status.id : `${record.legal_entity} · ${status.id} · ${record.adapter}`}
      </p>
      <div className="halves">
        <Checklist status={status} />
        <div>
          <Caps status={status} />
          <Waiting status={status} />
        </div>
      </div>
      <Curves id={status.id} days={search['days'] ?? '28'} onDays={onDays} />
      <div className="halves">
        <Reliability id={status.id} decisionMs={record?.timeouts.decision_ms} />
        <Callbacks id={status.id} />
      </div>
      {isEdited && record !== undefined ? (
        <Suspense>
          <FunderForm record={record} onEnd={() => setIsEdited(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

/** What is under way there, and what needs somebody to look. */
function Waiting({ status }: { status: Standing }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  return (
    <Card size="small" title={t('waiting')} style={{ marginTop: 12 }}>
      {status.waiting.length === 0 ? <span className="quiet">{t('waitingNone')}</span> : null}
      {status.waiting.map(({ state, count, oldest_at: at }) => (
        <div key={state}>{t('waitingIs', { state, n: count, at: moment(at, lang) })}</div>
      ))}
      <h3>{t('alarms')}</h3>
      {status.alarms.length === 0 ? <span className="quiet">{t('noAlarms')}</span> : null}
      {status.alarms.map((alarm) => (
        <div key={alarm.kind}>
          <Badge status="error" text={alarm.detail} /> <span className="quiet">{moment(alarm.since, lang)}</span>
        </div>
      ))}
    </Card>
  );
}
