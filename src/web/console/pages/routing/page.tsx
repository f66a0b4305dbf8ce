/** Routing: a policy beside what it would become, answered from past applications while one turns the knobs; then proposed to a second person. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { reading } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { policiesQuery } from '../../policy/names.ts';
import type { Policies, WholeDraft, WholePolicy } from '../../policy/records.ts';
import { Editor } from './editor.tsx';
import { Segments } from './segments.tsx';
import { texts } from './texts.ts';

export default function Page(): ReactNode {
  const t = useTexts(texts);
  const policies = useQuery(policiesQuery);
  return (
    <>
      <PageHead title={t('title')} />
      <Answered query={policies}>{(found) => <Chosen found={found} />}</Answered>
    </>
  );
}

function Chosen({ found }: { found: Policies }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const search = useSearch({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [created, setCreated] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const general = found.policies.find((policy) => policy.general) ?? found.policies[0];
  const chosen = found.policies.find((policy) => policy.id === search['policy']) ?? general;
  if (chosen === undefined) return null;
  const go = (more: Readonly<Record<string, string | undefined>>, replace = false): void =>
    void navigate({ to: '/routing', search: ((was: object) => ({ ...was, ...more })) as never, replace });
  // A draft that was begun here goes on under the same hand; one that was chosen is read anew.
  const draftId = search['draft'] === created ? undefined : search['draft'];
  const begin = (id: string | undefined, replace: boolean): void => {
    setCreated(null);
    setTurn(turn + 1);
    go({ draft: id }, replace);
  };
  const drafts = found.drafts.filter((draft) => draft.policy === chosen.id && draft.proposal === null);
  return (
    <>
      <div className="bar">
        <label>
          {t('policy')}{' '}
          <Select
            aria-label={t('policy')}
            value={chosen.id}
            onChange={(id) => go({ policy: id, draft: undefined })}
            options={found.policies.map((policy) => ({ value: policy.id, label: policy.name }))}
            style={{ minWidth: 180 }}
          />
        </label>
        <label>
          {t('draft')}{' '}
          <Select
            aria-label={t('draft')}
            value={search['draft'] ?? ''}
            onChange={(id) => begin(id === '' ? undefined : id, false)}
            options={[
              { value: '', label: t('fresh') },
              ...drafts.map((draft) => ({ value: draft.id, label: t('draftOf', { who: draft.updated_by, at: moment(draft.updated_at, lang) }) })),
              ...(search['draft'] === undefined || drafts.some((draft) => draft.id === search['draft'])
                ? []
                : [{ value: search['draft'], label: search['draft'] }]),
            ]}
            style={{ minWidth: 220 }}
          />
        </label>
        <span className="quiet">
          {t('version', { n: chosen.version })} · {usage(chosen, t)}
        </span>
      </div>
      <Loaded
        key={`${chosen.id} ${draftId ?? ''} ${turn}`}
        policyId={chosen.id}
        version={chosen.version}
        draftId={draftId}
        onCreated={(id) => {
          setCreated(id);
          go({ policy: chosen.id, draft: id }, true);
          void queries.invalidateQueries({ queryKey: policiesQuery.queryKey });
        }}
        onDone={() => begin(undefined, true)}
      />
      <Segments policyId={chosen.id} />
    </>
  );
}

function usage(policy: Policies['policies'][number], t: ReturnType<typeof useTexts<keyof (typeof texts)['zh']>>): string {
  if (policy.segments.length > 0) return t('usedBy', { names: policy.segments.map((each) => each.segment).join(', ') });
  return policy.general ? t('general') : t('notUsed');
}

interface LoadedProps {
  readonly policyId: string;
  readonly version: number;
  readonly draftId: string | undefined;
  readonly onCreated: (id: string) => void;
  readonly onDone: () => void;
}

function Loaded({ policyId, version, draftId, onCreated, onDone }: LoadedProps): ReactNode {
  const active = useQuery({
    queryKey: ['policy', policyId, version],
    queryFn: reading<WholePolicy>(`/v1/desk/policies/${policyId}`),
    placeholderData: keepPreviousData,
  });
  const draft = useQuery({
    queryKey: ['draft', draftId],
    queryFn: reading<WholeDraft>(`/v1/desk/policies/${draftId}`),
    enabled: draftId !== undefined,
    // What is being written must not be read over by itself.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Answered query={active}>
      {(policy) =>
        draftId === undefined ? (
          <Editor active={policy} draft={null} onCreated={onCreated} onDone={onDone} />
        ) : (
          <Answered query={draft}>{(read) => <Editor key={read.id} active={policy} draft={read} onCreated={onCreated} onDone={onDone} />}</Answered>
        )
      }
    </Answered>
  );
}
