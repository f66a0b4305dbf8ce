/** A funder's record as it shall be, proposed to a second person. */
import { Button, Drawer, Form, Input } from 'antd';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Funder } from '../../../../domain/funder.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { fieldAt } from '../../policy/fields.ts';
import { NO_PROPOSAL, ProposalFields, proposalOf, type ProposalValues } from '../../policy/proposal-fields.tsx';
import { ProposalRefused, Proposed } from '../../policy/proposal-end.tsx';
import { useProposal, type Proposing } from '../../policy/use-proposal.ts';
import { CommonFields } from './common-fields.tsx';
import { texts } from './form-texts.ts';
import { recordOf, valuesOf, type FormValues } from './form-values.ts';

const RuleBuilder = lazy(() => import('../../parts/rule-builder.tsx'));

export default function FunderForm({ record, onEnd }: { record: Funder; onEnd: () => void }): ReactNode {
  const t = useTexts(texts);
  const proposing = useProposal();
  return (
    <Drawer open size={820} title={t('title', { name: record.name })} onClose={onEnd}>
      {proposing.made === null ? <Fields record={record} proposing={proposing} /> : <Proposed changes={[proposing.made]} />}
    </Drawer>
  );
}

function Fields({ record, proposing: { busy, wrong, propose, faultAt } }: { record: Funder; proposing: Proposing }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [rule, setRule] = useState<Funder['rule']>(record.rule);
  const [isWhole, setIsWhole] = useState(true);
  const submit = (values: FormValues & ProposalValues): void =>
    void propose({ kind: 'funder', id: record.id, body: recordOf(values, rule, JSON.parse(values.rest) as object), ...proposalOf(values) });
  return (
    <Form layout="vertical" initialValues={{ ...valuesOf(record), ...NO_PROPOSAL }} onFinish={submit} scrollToFirstError>
      <p className="quiet">{t('lead')}</p>
      <CommonFields faultAt={faultAt} />
      <Form.Item label={fieldAt('funder', '/rule')!.field.words[lang]} {...faultAt('/rule')}>
        <Suspense>
          <RuleBuilder
            rule={rule}
            onChange={(next, whole) => {
              setRule(next);
              setIsWhole(whole);
            }}
          />
        </Suspense>
      </Form.Item>
      <Form.Item name="rest" label={t('rest')} extra={t('restMeans')} rules={[{ validator: isObject(t('notJson')) }]}>
        <Input.TextArea autoSize={{ minRows: 4, maxRows: 18 }} style={{ fontFamily: 'monospace' }} />
      </Form.Item>
      <ProposalFields />
      <ProposalRefused problem={wrong} />
      <Button type="primary" htmlType="submit" loading={busy} disabled={!isWhole}>
        {t('propose')}
      </Button>
    </Form>
  );
}

function isObject(message: string) {
  return async (_: unknown, text: string): Promise<void> => {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
    } catch {
      // Said below.
    }
    throw new Error(message);
  };
}
