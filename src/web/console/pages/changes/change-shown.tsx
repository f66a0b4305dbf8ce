/** One change for whoever is to decide on it: in words, field by field, as past applications would have fared, and as it is written. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Badge, Button, Card, Collapse, Popconfirm, Tooltip } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { DifferenceList, DifferenceTable } from '../../policy/difference-list.tsx';
import { KIND_WORDS } from '../../policy/fields.ts';
import { useNames } from '../../policy/names.ts';
import type { Change } from '../../policy/records.ts';
import { SimulationAnswers } from '../../policy/simulation-answers.tsx';
import { useSimulation } from '../../policy/use-simulation.ts';
import { sessionQuery, useMay } from '../../session.ts';
import { STATE_BADGES } from './states.ts';
import { texts } from './texts.ts';

export function ChangeShown({ change }: { change: Change }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const nameOf = useNames();
  const { state, publish_at: publishAt } = change;
  const isOpen = state === 'proposed' || state === 'scheduled';
  return (
    <Card
      size="small"
      title={
        <>
          {KIND_WORDS[change.kind]?.[lang] ?? change.kind} · {nameOf(change.record_id)} <Badge status={STATE_BADGES[state]} text={t(state)} />
        </>
      }
    >
      <blockquote className="note">{change.note}</blockquote>
      <p className="quiet">
        {t('author')} {change.author} · {moment(change.created_at, lang)}
        {change.decided_by === null ? null : ` · ${t('decided')} ${change.decided_by} · ${moment(change.decided_at!, lang)}`}
        {' · '}
        {publishAt === null ? t('atOnce') : t('publishAt', { at: moment(publishAt, lang) })}
      </p>
      {change.stale ? <Alert type="warning" title={t('stale')} style={{ marginBottom: 8 }} /> : null}
      {change.faults === null ? null : (
        <Alert
          type="error"
          title={t('faults')}
          description={change.faults.map((each) => (
            <div key={each.pointer}>{`${each.pointer} ${each.message[lang]}`}</div>
          ))}
          style={{ marginBottom: 8 }}
        />
      )}
      <h3>{t('words')}</h3>
      <DifferenceList kind={change.kind} diff={change.diff} nameOf={nameOf} empty={t('sameContent')} />
      {change.diff.some((each) => each.pointer !== '') ? (
        <DifferenceTable kind={change.kind} diff={change.diff} nameOf={nameOf} words={{ field: t('field'), now: t('now'), after: t('after') }} />
      ) : null}
      {isOpen ? <Decide change={change} /> : null}
      <Collapse
        ghost
        size="small"
        items={[{ key: 'json', label: t('json'), children: <pre className="json">{JSON.stringify(change.body, null, 2)}</pre> }]}
      />
      {isOpen && change.kind === 'policy' && !change.retire ? <Tried change={change} /> : null}
    </Card>
  );
}

/** The same two columns as its author saw. */
function Tried({ change }: { change: Change }): ReactNode {
  const t = useTexts(texts);
  const may = useMay('operator', 'risk', 'approver');
  const nameOf = useNames();
  const [wanted, setWanted] = useState(true);
  const asking = useSimulation(may && wanted ? { id: change.id, stamp: change.hash, days: 30, channel: null } : null);
  return wanted ? <SimulationAnswers asking={asking} nameOf={nameOf} may={may} /> : <Button onClick={() => setWanted(true)}>{t('simulate')}</Button>;
}

function Decide({ change }: { change: Change }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const queries = useQueryClient();
  const me = useQuery(sessionQuery).data?.operator.id;
  const mayApprove = useMay('approver');
  const mayPropose = useMay('operator', 'risk', 'approver');
  const [wrong, setWrong] = useState<string | null>(null);
  const isOwn = me === change.author;
  const act = async (deed: 'approve' | 'reject' | 'withdraw'): Promise<void> => {
    setWrong(null);
    try {
      await ask<Change>('POST', `/v1/desk/changes/${change.id}/${deed}`, deed === 'approve' ? { hash: change.hash } : undefined);
    } catch (error) {
      setWrong(problemOf(error).title);
    }
    await queries.invalidateQueries();
  };
  const whyNot = isOwn ? t('ownChange') : mayApprove ? (change.stale ? t('stale') : null) : t('needApprover');
  const at = change.publish_at;
  return (
    <div style={{ margin: '12px 0' }}>
      {wrong === null ? null : <Alert type="error" title={wrong} style={{ marginBottom: 8 }} />}
      {change.state === 'proposed' ? (
        <Sure
          question={at === null ? t('approveSure') : t('approveSchedule', { at: moment(at, lang) })}
          whyNot={whyNot}
          onSure={() => void act('approve')}
        >
          {t('approve')}
        </Sure>
      ) : null}{' '}
      <Sure question={t('rejectSure')} whyNot={mayApprove ? null : t('needApprover')} onSure={() => void act('reject')} danger>
        {t('reject')}
      </Sure>{' '}
      <Sure question={t('withdrawSure')} whyNot={isOwn && mayPropose ? null : t('notOwn')} onSure={() => void act('withdraw')} plain>
        {t('withdraw')}
      </Sure>
      {whyNot === null || change.state !== 'proposed' ? null : <p className="why-not">{whyNot}</p>}
      <p className="quiet">{t('twoPeople')}</p>
    </div>
  );
}

interface SureProps {
  readonly question: string;
  /** Why it cannot be done; null when it can. */
  readonly whyNot: string | null;
  readonly onSure: () => void;
  readonly danger?: boolean;
  readonly plain?: boolean;
  readonly children: ReactNode;
}

function Sure({ question, whyNot, onSure, danger = false, plain = false, children }: SureProps): ReactNode {
  const button = (
    <Button type={danger || plain ? 'default' : 'primary'} danger={danger} disabled={whyNot !== null}>
      {children}
    </Button>
  );
  if (whyNot !== null) return <Tooltip title={whyNot}>{button}</Tooltip>;
  return (
    <Popconfirm title={question} onConfirm={onSure}>
      {button}
    </Popconfirm>
  );
}
