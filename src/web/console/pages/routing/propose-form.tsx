/** A sentence why and a time, and the draft goes to a second person. Funders that were moved to another tier go along, each as a change of its own. */
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form } from 'antd';
import { useState, type ReactNode } from 'react';
import type { Funder } from '../../../../domain/funder.ts';
import { ask, problemOf, type ProblemBody } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { ProposalRefused, Proposed } from '../../policy/proposal-end.tsx';
import type { Change, WholeDraft } from '../../policy/records.ts';
import { NO_PROPOSAL, ProposalFields, proposalOf, type ProposalValues } from '../../policy/proposal-fields.tsx';
import { newKey } from '../../policy/use-proposal.ts';
import type { Written } from './draft-writer.ts';
import { texts } from './texts.ts';

interface Props {
  readonly written: Written;
  readonly moved: readonly Funder[];
  readonly disabled: boolean;
  readonly onDone: () => void;
}
export function ProposeForm({ written, moved, disabled, onDone }: Props): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const [form] = Form.useForm<ProposalValues>();
  const [key, setKey] = useState(newKey);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<ProblemBody | null>(null);
  const [made, setMade] = useState<readonly Change[]>([]);
  const { saved, faults, status } = written;
  const hasDraft = saved !== null && saved.diff.length > 0;
  const isReady = (hasDraft || moved.length > 0) && faults.length === 0 && status === 'kept';

  const propose = async (values: ProposalValues): Promise<void> => {
    setBusy(true);
    setWrong(null);
    try {
      setMade(await proposeAll(key, hasDraft ? saved : null, moved, values));
      await queries.invalidateQueries({ queryKey: ['policies'] });
      await queries.invalidateQueries({ queryKey: ['changes'] });
    } catch (error) {
      setWrong(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  if (disabled) return <p className="quiet">{t('mayNotPropose')}</p>;
  if (made.length > 0)
    return (
      <Proposed
        changes={made}
        onClose={() => {
          setMade([]);
          onDone();
        }}
      />
    );
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={NO_PROPOSAL}
      onValuesChange={() => setKey(newKey())}
      onFinish={(values) => void propose(values)}
      disabled={!isReady || busy}
    >
      <ProposalFields />
      <ProposalRefused problem={wrong} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('proposeNow')}
      </Button>{' '}
      {faults.length > 0 ? <span className="fault">{t('hasFaults', { n: faults.length })}</span> : null}
    </Form>
  );
}

/** One press is one proposal of each, however often it is repeated after a failure: `key` goes with all of them. */
async function proposeAll(key: string, draft: WholeDraft | null, moved: readonly Funder[], values: ProposalValues): Promise<readonly Change[]> {
  const wish = proposalOf(values);
  const changes = [];
  if (draft !== null) changes.push(await ask<Change>('POST', `/v1/desk/policies/${draft.id}/propose`, wish, { key: `${key}-${draft.revision}` }));
  for (const funder of moved)
    changes.push(
      await ask<Change>('POST', '/v1/desk/changes', { ...wish, kind: 'funder', id: funder.id, body: funder }, { key: `${key}-${funder.id}` }),
    );
  return changes;
}
