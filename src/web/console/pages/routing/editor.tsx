/** A policy and its draft side by side: knobs on the left, what past applications say on the right, the proposal below. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Button, Card, Popconfirm, Tabs } from 'antd';
import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Funder } from '../../../../domain/funder.ts';
import type { Policy } from '../../../../domain/policy.ts';
import { ask } from '../../api.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { useMay } from '../../session.ts';
import { DifferenceList } from '../../policy/difference-list.tsx';
import { useFunders, useNames } from '../../policy/names.ts';
import type { WholeDraft, WholePolicy } from '../../policy/records.ts';
import { SimulationAnswers } from '../../policy/simulation-answers.tsx';
import { useSimulation } from '../../policy/use-simulation.ts';
import { DraftWriter, type Written } from './draft-writer.ts';
import { Knobs, type Editing } from './knobs.tsx';
import { Faults } from './knob.tsx';
import { ProposeForm } from './propose-form.tsx';
import { texts } from './texts.ts';
import { Weights } from './weights.tsx';
import { Window } from './window.tsx';

interface Props {
  readonly active: WholePolicy;
  readonly draft: WholeDraft | null;
  readonly onCreated: (id: string) => void;
  readonly onDone: () => void;
}

/** Fields that have a control here; a fault anywhere else is shown apart. */
const SHOWN = [
  '/strategy',
  '/wave_size',
  '/max_attempts',
  '/tier_order',
  '/choice',
  '/patience',
  '/weights/',
  '/exposure_cost_fen',
  '/partner_offer_value_fen',
  '/exploration_share',
  '/max_steering',
];

export function Editor({ active, draft, onCreated, onDone }: Props): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const nameOf = useNames();
  const funders = useFunders();
  const mayWrite = useMay('operator', 'risk', 'approver');
  const [writer] = useState(() => new DraftWriter(active, draft, (made) => onCreated(made.id)));
  const written = useSyncExternalStore(writer.subscribe, writer.state);
  useEffect(() => () => writer.flush(), [writer]);
  useEffect(() => void writer.follow(active).catch(() => undefined), [writer, active]);
  const [tiers, setTiers] = useState<Readonly<Record<string, number>>>({});
  const { asking, window } = useAnswers(active, written, mayWrite);
  const editing: Editing = useMemo(
    () => ({
      now: active.body,
      body: written.body,
      disabled: !mayWrite,
      faultsAt: (pointer) =>
        written.faults.filter((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`)).map((each) => each.message[lang]),
      edit: (change: (body: Policy) => Policy) => writer.edit(change),
    }),
    [active, written, mayWrite, lang, writer],
  );
  const others = written.faults.filter((each) => !SHOWN.some((shown) => each.pointer.startsWith(shown)));
  const moved = Object.entries(tiers).flatMap(([id, tier]) => {
    const funder = funders?.find((each) => each.id === id);
    return funder === undefined || funder.tier === tier ? [] : [{ ...funder, tier }];
  });
  return (
    <div className="sides">
      <div>
        <Card size="small">
          <State writer={writer} written={written} active={active} onDone={onDone} />
          <Tabs
            size="small"
            items={[
              {
                key: 'weights',
                label: t('weights'),
                children:
                  funders === undefined || funders.length === 0 ? (
                    t('noFunders')
                  ) : (
                    <Weights editing={editing} funders={funders} tiers={tiers} onTier={(id, tier) => setTiers({ ...tiers, [id]: tier })} />
                  ),
              },
              { key: 'knobs', label: t('knobs'), children: <Knobs editing={editing} /> },
            ]}
          />
          {others.length === 0 ? null : (
            <>
              <strong>{t('otherFault')}</strong>
              <Faults faults={others.map((each) => `${each.pointer}: ${each.message[lang]}`)} />
            </>
          )}
        </Card>
        <Proposal written={written} funders={funders ?? []} moved={moved} disabled={!mayWrite} onDone={onDone} />
      </div>
      <div>
        <SimulationAnswers asking={asking} nameOf={nameOf} may={mayWrite} extra={window} />
      </div>
    </div>
  );
}

interface ProposalProps {
  readonly written: Written;
  readonly funders: readonly Funder[];
  /** Those that shall be in another tier. */
  readonly moved: readonly Funder[];
  readonly disabled: boolean;
  readonly onDone: () => void;
}

function Proposal({ written, funders, moved, disabled, onDone }: ProposalProps): ReactNode {
  const t = useTexts(texts);
  const nameOf = useNames();
  return (
    <Card size="small" title={t('differences')} style={{ marginTop: 12 }}>
      <DifferenceList kind="policy" diff={written.saved?.diff ?? []} nameOf={nameOf} empty={t('nothingChanged')} />
      {moved.length === 0 ? null : <p className="quiet">{t('tierNote')}</p>}
      {moved.map((funder) => (
        <div key={funder.id}>
          {funder.name}: {t('tier', { n: funders.find(({ id }) => id === funder.id)?.tier ?? '' })} → {t('tier', { n: funder.tier })}
        </div>
      ))}
      <ProposeForm written={written} moved={moved} disabled={disabled} onDone={onDone} />
    </Card>
  );
}

/** Asks past applications about the draft as last saved, once it is sound; before the first edit, about the policy itself. */
function useAnswers(active: WholePolicy, { saved, faults, status }: Written, may: boolean) {
  const search = useSearch({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const navigate = useNavigate();
  const days = search['days'] === undefined ? 30 : search['days'] === 'all' ? null : Number(search['days']);
  const channel = search['channel'] ?? null;
  const isSound = faults.length === 0 && (status === 'kept' || status === 'saving' || status === 'waiting');
  const stamp = saved === null ? `${active.version}` : `${saved.revision} ${active.version}`;
  const asking = useSimulation(may && isSound ? { id: saved?.id ?? active.id, stamp, days, channel } : null);
  const go = (more: Readonly<Record<string, string | undefined>>): void =>
    void navigate({ to: '/routing', search: ((was: object) => ({ ...was, ...more })) as never, replace: true });
  const window = (
    <Window
      days={search['days'] ?? '30'}
      channel={channel}
      onDays={(next) => go({ days: next === '30' ? undefined : next })}
      onChannel={(next) => go({ channel: next ?? undefined })}
    />
  );
  return { asking, window };
}

function State({ writer, written, active, onDone }: { writer: DraftWriter; written: Written; active: WholePolicy; onDone: () => void }): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const { saved, status, problem } = written;
  const drop = async (): Promise<void> => {
    await ask('DELETE', `/v1/desk/policies/${saved!.id}`);
    await queries.invalidateQueries({ queryKey: ['policies'] });
    onDone();
  };
  if (status === 'conflict')
    return (
      <Alert
        type="warning"
        title={t('conflict')}
        description={t('conflictWhat')}
        action={
          <>
            <Button size="small" onClick={() => void writer.takeTheirs()}>
              {t('theirs')}
            </Button>{' '}
            <Button size="small" onClick={() => void writer.keepMine()}>
              {t('mine')}
            </Button>
          </>
        }
      />
    );
  return (
    <>
      <div role="status" className="quiet state" data-status={saved === null && status === 'kept' ? 'untouched' : status}>
        {saved === null && status === 'kept' ? t('untouched') : status === 'failed' ? t('failed', { why: problem?.title ?? '' }) : t(status)}
        {saved === null ? null : (
          <Popconfirm title={t('dropSure')} onConfirm={() => void drop()}>
            <Button type="link" size="small">
              {t('drop')}
            </Button>
          </Popconfirm>
        )}
      </div>
      {saved?.stale === true ? (
        <Alert
          type="info"
          title={t('stale')}
          description={t('staleWhat')}
          action={
            <Button size="small" onClick={() => void writer.rebase(active.version)}>
              {t('rebase')}
            </Button>
          }
        />
      ) : null}
    </>
  );
}
